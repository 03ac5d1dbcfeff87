//! What is so with a run directory, as the operating system and the providers tell it. All that the checks know.

use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use netipc::Endpoint;
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
use rustix::io::Errno;

use crate::run_dir::{Refusal, RunDir};
use crate::survey::{Item, look, survey};

/// What is so with a run directory.
pub(in super::super) struct Facts {
    pub(in super::super) run_dir: PathBuf,
    /// Whether `netipc serve` makes it where it is missing.
    pub(super) is_made_by_providers: bool,
    /// Why the commands refuse it, if they do: one that should be private and is not.
    pub(super) refused: Option<Refusal>,
    /// The service that was asked for.
    pub(super) service: Option<String>,
    /// The user who asks.
    pub(super) uid: u32,
    /// [`ErrorKind::NotADirectory`] for anything else.
    pub(super) directory: io::Result<Directory>,
    /// The contract's files in it. Providers have been asked unless the directory is refused.
    pub(super) items: io::Result<Vec<Item>>,
}

/// A run directory that is there.
pub(super) struct Directory {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Permission bits.
    pub(super) mode: u32,
    /// What the user who asks may do.
    pub(super) may_list: bool,
    pub(super) may_enter: bool,
    pub(super) may_write: bool,
    pub(super) space: io::Result<Space>,
}

/// The room on a file system.
pub(super) struct Space {
    pub(super) is_read_only: bool,
    /// Bytes that the user who asks may still fill.
    pub(super) free_bytes: u64,
    /// Files that it may still make; `None` where that is not counted.
    pub(super) free_files: Option<u64>,
}

impl Facts {
    pub(in super::super) fn gather(
        run_dir: &RunDir,
        service: Option<&str>,
        auth_token: u64,
        timeout: Duration,
    ) -> Self {
        let path = run_dir.path();
        let refused = run_dir.refusal();
        // Whoever may have put sockets into a directory that is refused is not shown the token.
        let items = match refused {
            Some(_) => look(path, service),
            None => survey(path, service, auth_token, timeout),
        };
        Self {
            run_dir: path.to_owned(),
            is_made_by_providers: run_dir.is_made_by_providers(),
            refused,
            service: service.map(str::to_owned),
            uid: rustix::process::geteuid().as_raw(),
            directory: Directory::of(path),
            items,
        }
    }

    /// What to do about a provider that cannot be called.
    pub(super) fn advice_on(&self, item: &Item) -> String {
        if item.user.is_none() {
            "mend what is wrong with the directory first".to_owned()
        } else if Endpoint::new(&self.run_dir, item.service.as_str()).is_err() {
            "take a directory with a shorter path".to_owned()
        } else {
            format!("if you have no permission, be the user that its socket belongs to ({})", item.user())
        }
    }
}

impl Directory {
    fn of(path: &Path) -> io::Result<Self> {
        let found = std::fs::metadata(path)?;
        if !found.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        // A file system that is read-only has a check of its own.
        let may = |what| matches!(access(path, what), Ok(()) | Err(Errno::ROFS));
        Ok(Self {
            uid: found.uid(),
            gid: found.gid(),
            mode: found.mode() & 0o7777,
            may_list: may(Access::READ_OK),
            may_enter: may(Access::EXEC_OK),
            may_write: may(Access::WRITE_OK),
            space: Space::at(path),
        })
    }
}

impl Space {
    fn at(path: &Path) -> io::Result<Self> {
        let found = statvfs(path)?;
        Ok(Self {
            is_read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
            free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
            // Some file systems make inodes as they need them, and say 0 of 0.
            free_files: (found.f_files != 0).then_some(found.f_favail),
        })
    }
}

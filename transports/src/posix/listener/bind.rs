//! Making an endpoint: taking over one that was left behind, never one that is alive.
//!
//! Contract: `docs/contract/posix.md`, "Taking over"; `docs/contract/transport.md`, "Endpoints left behind".

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::FileType;
use rustix::io::Errno;

use crate::Endpoint;
use crate::listener::ListenError;
use crate::posix::address::{address, not_made};
use crate::posix::file_id::FileId;
use crate::posix::own_name::OwnName;
use crate::posix::run_dir::{DirectoryLock, NotLocked, Probe, probe};
use crate::posix::sys::{self, listen, lstat, rmdir, unlink};

/// A listening socket and, where it is this listener's to remove, the name that it has in the file system.
#[derive(Debug)]
pub(super) struct BoundSocket {
    // Removed while the socket still listens: nobody takes over a name where somebody answers, so that a name that is
    // found to be its own stays its own until it is gone.
    _name: Option<OwnName>,
    fd: OwnedFd,
}

impl BoundSocket {
    /// Binds and listens, non-blocking, mode 0600.
    pub(super) fn new(endpoint: &Endpoint, backlog: u32) -> Result<Self, ListenError> {
        let lock =
            DirectoryLock::take(endpoint.run_dir()).map_err(|problem| not_locked(problem, endpoint))?;
        make_way(endpoint)?;
        let bound = bind(endpoint, backlog)?;
        drop(lock);
        Ok(bound)
    }

    /// One that listens already, and whose name belongs to whoever has made it.
    pub(super) fn nameless(fd: OwnedFd) -> Self {
        Self { _name: None, fd }
    }
}

impl AsFd for BoundSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Leaves nothing at the endpoint's name, or says why that is not possible.
fn make_way(endpoint: &Endpoint) -> Result<(), ListenError> {
    let path = endpoint.socket_path();
    let before = match lstat(path) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(in_the_way(error, endpoint, "cannot be looked at")),
    };
    match probe(path) {
        Probe::Connected(_) | Probe::Busy | Probe::OtherKind => return Err(in_use(endpoint, None)),
        Probe::Unknown(error) => return Err(in_use(endpoint, Some(error))),
        Probe::Dead(_) => {}
    }
    // Another file than the one that was judged has an owner who is just starting.
    match lstat(path) {
        Ok(now) if FileId::of(&now) == FileId::of(&before) => {}
        Ok(_) => return Err(in_use(endpoint, None)),
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(in_the_way(error, endpoint, "cannot be looked at")),
    }
    let is_directory = FileType::from_raw_mode(before.st_mode) == FileType::Directory;
    match if is_directory { rmdir(path) } else { unlink(path) } {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(Errno::NOTEMPTY | Errno::EXIST) => {
            Err(in_the_way(Errno::NOTEMPTY, endpoint, "is a directory with something in it"))
        }
        Err(error) => Err(in_the_way(error, endpoint, "is left behind and cannot be removed")),
    }
}

fn bind(endpoint: &Endpoint, backlog: u32) -> Result<BoundSocket, ListenError> {
    let failed = |error: Errno| ListenError::Io { endpoint: endpoint.clone(), source: error.into() };
    let path = endpoint.socket_path();
    let fd = sys::socket()
        .map_err(|error| ListenError::Io { endpoint: endpoint.clone(), source: not_made(error) })?;
    let address = address(path).map_err(failed)?;
    match sys::bind(&fd, &address, path) {
        Ok(()) => {}
        // Somebody without our lock came in between.
        Err(Errno::ADDRINUSE) => return Err(in_use(endpoint, None)),
        Err(error) => return Err(in_the_way(error, endpoint, "cannot be made")),
    }
    let file = match lstat(path) {
        Ok(stat) => FileId::of(&stat),
        // They took it for one that was left behind. What they put there meanwhile is theirs.
        Err(Errno::NOENT) => return Err(in_use(endpoint, None)),
        Err(error) => {
            // It was bound just now.
            let _ = unlink(path);
            return Err(failed(error));
        }
    };
    let bound = BoundSocket { _name: Some(OwnName::new(path, file)), fd };
    start_to_listen(&bound, backlog).map_err(failed)?;
    // From here on whoever looks finds a live server; whoever looked before may have taken the name in the meantime.
    match lstat(path) {
        Ok(now) if FileId::of(&now) == file => Ok(bound),
        Ok(_) | Err(Errno::NOENT) => Err(in_use(endpoint, None)),
        Err(error) => Err(failed(error)),
    }
}

pub(super) fn start_to_listen(socket: impl AsFd, backlog: u32) -> Result<(), Errno> {
    listen(socket, i32::try_from(backlog).unwrap_or(i32::MAX))
}

/// A run directory that cannot be locked. Where it is for lack of descriptors, liveness cannot be tested either.
fn not_locked(problem: NotLocked, endpoint: &Endpoint) -> ListenError {
    let at = |path: PathBuf, problem, error: Errno| ListenError::Path {
        endpoint: endpoint.clone(),
        path,
        problem,
        source: error.into(),
    };
    let exists = || !matches!(lstat(endpoint.socket_path()), Err(Errno::NOENT));
    match problem {
        NotLocked::Held => in_use(endpoint, Some(Errno::WOULDBLOCK)),
        NotLocked::Blocked(path, error) => at(path, "cannot be locked", error),
        NotLocked::Os(error @ (Errno::MFILE | Errno::NFILE)) if exists() => in_use(endpoint, Some(error)),
        NotLocked::Os(error @ (Errno::MFILE | Errno::NFILE)) => {
            ListenError::Io { endpoint: endpoint.clone(), source: error.into() }
        }
        NotLocked::Os(error) => {
            at(endpoint.run_dir().to_owned(), "is not a directory that can be used", error)
        }
    }
}

fn in_use(endpoint: &Endpoint, reason: Option<Errno>) -> ListenError {
    ListenError::AddressInUse { endpoint: endpoint.clone(), source: reason.map(io::Error::from) }
}

fn in_the_way(error: Errno, endpoint: &Endpoint, problem: &'static str) -> ListenError {
    ListenError::Path {
        endpoint: endpoint.clone(),
        path: endpoint.socket_path().to_owned(),
        problem,
        source: error.into(),
    }
}

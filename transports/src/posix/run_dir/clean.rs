//! Removing what dead servers have left.

use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::inventory::{FileState, Inventory, RunFile};
use super::lock::{DirectoryLock, NotLocked};
use crate::posix::file_id::FileId;
use crate::posix::sys::{lstat, unlink};

/// What cleaning has done to a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Cleaned {
    /// The file, as it was found.
    pub file: RunFile,
    /// What was done.
    pub outcome: Outcome,
}

/// What cleaning does to a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It was left behind, and has been removed.
    Removed,
    /// It was left behind, and somebody else has removed it, or made another one in its place.
    Gone,
    /// It is not left behind, and is left alone.
    Kept,
    /// It is left behind and cannot be removed.
    Failed(io::Error),
}

impl Inventory {
    /// Removes what servers that are gone have left in a run directory, all of it or that of one service: dead sockets
    /// and regions. All other files are left alone, garbage under the contract's names included.
    ///
    /// Servers that start meanwhile wait for it, as they do for one another. Right before a file is removed it is judged
    /// once more. The lock that keeps them apart, `.netipc.lock`, goes too where a server has left it.
    ///
    /// # Errors
    /// The directory cannot be read, or there is something to remove and it cannot be locked;
    /// [`io::ErrorKind::WouldBlock`] means that somebody has held its lock for five seconds. Nothing has been removed
    /// then.
    ///
    /// Contract: `docs/contract/posix.md`, "Taking over" and "Left-behind regions".
    ///
    /// ```
    /// use std::os::unix::net::UnixListener;
    /// use netipc_transport::{Inventory, Outcome};
    /// let directory = tempfile::tempdir()?;
    /// let socket = directory.path().join("web.sock");
    /// drop(UnixListener::bind(&socket)?);
    ///
    /// let cleaned = Inventory::clean(directory.path(), None)?;
    /// assert!(matches!(cleaned[0].outcome, Outcome::Removed));
    /// assert!(!socket.exists());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clean(run_dir: &Path, service: Option<&str>) -> io::Result<Vec<Cleaned>> {
        let files = Self::take(run_dir, service)?.into_files();
        // A lock that is there is one that was left behind, or goes by itself.
        let is_in_order = !files.iter().any(RunFile::is_left_behind) && !DirectoryLock::is_there(run_dir);
        let _lock = if is_in_order { None } else { locked(run_dir)? };
        Ok(files.into_iter().map(|file| Cleaned { outcome: file.clean(), file }).collect())
    }
}

/// Locks a directory; `None` for one in which this process may make no file, and so may remove none: that is for each
/// file to say.
fn locked(run_dir: &Path) -> io::Result<Option<DirectoryLock>> {
    match DirectoryLock::take(run_dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(NotLocked::Os(Errno::ROFS | Errno::ACCESS | Errno::PERM)) => Ok(None),
        Err(problem) => Err(problem.into()),
    }
}

impl From<NotLocked> for io::Error {
    fn from(problem: NotLocked) -> Self {
        match problem {
            NotLocked::Held => Errno::WOULDBLOCK.into(),
            NotLocked::Os(error) => error.into(),
            NotLocked::Blocked(path, error) => {
                let error = Self::from(error);
                Self::new(error.kind(), format!("{} cannot be locked: {error}", path.display()))
            }
        }
    }
}

impl RunFile {
    pub(super) fn clean(&self) -> Outcome {
        let Some(file) = self.file.filter(|_| self.is_left_behind()) else { return Outcome::Kept };
        // Another file than the one that was judged has an owner who is just starting, without our lock.
        let stat = match lstat(&self.path) {
            Ok(stat) if FileId::of(&stat) == file => stat,
            Ok(_) | Err(Errno::NOENT) => return Outcome::Gone,
            Err(error) => return Outcome::Failed(error.into()),
        };
        // So may this one by now: others were judged, and removed, in between.
        match self.state_now(&stat) {
            Some(FileState::LeftBehind) => {}
            Some(_) => return Outcome::Kept,
            None => return Outcome::Gone,
        }
        match unlink(&self.path) {
            Ok(()) => Outcome::Removed,
            Err(Errno::NOENT) => Outcome::Gone,
            Err(error) => Outcome::Failed(error.into()),
        }
    }
}

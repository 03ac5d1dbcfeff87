//! Keeping servers apart that start at the same moment, and whoever cleans up from them.
//!
//! What is locked is a file that only its owner may open: anybody who may read the run directory may lock that.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::Deadline;
use crate::posix::file_id::FileId;
use crate::posix::sys::{fchmod, flock, fstat, lstat, open, unlink};

/// No name of a socket or region.
const NAME: &str = ".netipc.lock";

/// Taking an endpoint over is a matter of a few system calls; whoever holds the lock for longer than this does
/// something else with it.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(2);

/// The lock of a run directory, for as long as this lives: an flock on a file in it, which then goes.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    fd: OwnedFd,
    path: PathBuf,
    file: FileId,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Somebody has held it for too long.
    Held,
    /// There is something at the lock's name that this process cannot lock: another user's lock, or no file.
    Blocked(PathBuf, Errno),
    /// What the OS says of the directory, or in general.
    Os(Errno),
}

impl DirectoryLock {
    /// Waits for its turn.
    pub(crate) fn take(directory: &Path) -> Result<Self, NotLocked> {
        let path = path(directory);
        let deadline = Deadline::after(PATIENCE);
        loop {
            match try_take(&path) {
                Ok(Some((fd, file))) => return Ok(Self { fd, path, file }),
                Ok(None) | Err(Errno::INTR) => {}
                Err(Errno::WOULDBLOCK) if deadline.is_past() => return Err(NotLocked::Held),
                Err(Errno::WOULDBLOCK) => thread::sleep(PAUSE),
                Err(error @ (Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => {
                    return Err(NotLocked::Os(error));
                }
                Err(error) if lstat(&path).is_err() => return Err(NotLocked::Os(error)),
                // Another user's: it goes in a moment, unless that user's process was killed.
                Err(Errno::ACCESS) if !deadline.is_past() => thread::sleep(PAUSE),
                Err(error) => return Err(NotLocked::Blocked(path, error)),
            }
        }
    }

    /// Whether somebody has the lock, or had it when it was killed.
    pub(crate) fn is_there(directory: &Path) -> bool {
        lstat(&path(directory)).is_ok()
    }
}

fn path(directory: &Path) -> PathBuf {
    directory.join(NAME)
}

/// Locks the file at the lock's name, which it makes if it is not there. `None` where somebody has removed it meanwhile:
/// then another one may be there, and locked.
fn try_take(path: &Path) -> Result<Option<(OwnedFd, FileId)>, Errno> {
    let private = Mode::RUSR | Mode::WUSR;
    let fd = open(path, OFlags::CREATE | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK, private)?;
    flock(&fd, FlockOperation::NonBlockingLockExclusive)?;
    let stat = fstat(&fd)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Errno::INVAL);
    }
    if Mode::from_raw_mode(stat.st_mode) != private {
        // Whatever the umask says, and whoever has made it.
        fchmod(&fd, private)?;
    }
    // Only who has the lock removes it, so that it stays what it is from here on.
    let file = FileId::of(&stat);
    match lstat(path) {
        Ok(now) if FileId::of(&now) == file => Ok(Some((fd, file))),
        Ok(_) | Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the file while it is locked. One that cannot be removed, or that a process leaves which is killed, is in
/// nobody's way: whoever is next locks and removes it.
impl Drop for DirectoryLock {
    fn drop(&mut self) {
        if self.file.is_at(&self.path) {
            let _ = unlink(&self.path);
        }
        // Closing alone would leave the lock with a child that was forked meanwhile.
        let _ = flock(&self.fd, FlockOperation::Unlock);
    }
}

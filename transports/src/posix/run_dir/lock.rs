//! Keeping servers apart that start at the same moment, and whoever cleans up from them.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::Deadline;
use crate::posix::sys::{flock, open};

/// Taking an endpoint over is a matter of a few system calls; whoever holds the lock for longer than this does
/// something else with it.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(2);

/// An flock on a run directory, for as long as this lives.
pub(crate) struct DirectoryLock(OwnedFd);

impl DirectoryLock {
    /// Waits for its turn; `EWOULDBLOCK` where that does not come.
    pub(crate) fn take(directory: &Path) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let fd = open(directory, flags, Mode::empty())?;
        let deadline = Deadline::after(PATIENCE);
        loop {
            match flock(&fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(fd)),
                Err(Errno::INTR) => {}
                Err(Errno::WOULDBLOCK) if !deadline.is_past() => thread::sleep(PAUSE),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Closing alone would leave the lock with a child that was forked meanwhile.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

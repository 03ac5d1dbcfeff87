//! What POSIX has of it.

use std::io::{self, PipeReader, PipeWriter};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use netipc::Deadline;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
pub(super) use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
pub(crate) use signal_hook::iterator::{Handle, Signals};

/// Rings once, and is heard from then on.
pub(super) struct Bell {
    heard: PipeReader,
    // Rung by closing it.
    silent: Mutex<Option<PipeWriter>>,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        let (heard, silent) = io::pipe()?;
        Ok(Self { heard, silent: Mutex::new(Some(silent)) })
    }

    pub(super) fn ring(&self) {
        drop(self.silent.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Waits so long, or until it rings.
    ///
    /// # Errors
    /// [`io::ErrorKind::BrokenPipe`] as soon as whoever reads stdout has gone.
    pub(super) fn wait(&self, time: Duration) -> io::Result<()> {
        let deadline = Deadline::after(time);
        let stdout = io::stdout();
        // That the other end is closed is told of whatever is asked for.
        let mut watched =
            [PollFd::new(&self.heard, PollFlags::empty()), PollFd::new(&stdout, PollFlags::empty())];
        loop {
            // What is too long for the kernel is longer than anything runs.
            let left = deadline.remaining().and_then(|left| Timespec::try_from(left).ok());
            match poll(&mut watched, left.as_ref()) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let [bell, stdout] = &watched;
        if bell.revents().is_empty() && stdout.revents().intersects(PollFlags::ERR | PollFlags::HUP) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

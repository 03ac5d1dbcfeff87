//! What POSIX has of it.

use std::io::{self, PipeReader, PipeWriter};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use netipc::Deadline;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat};
use rustix::io::Errno;
pub(super) use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
pub(crate) use signal_hook::iterator::{Handle, Signals};

use super::Reader;

/// Rings once, and is heard from then on.
pub(super) struct Bell {
    heard: PipeReader,
    // Rung by closing it.
    silent: Mutex<Option<PipeWriter>>,
    /// Whether stdout is of a kind that has a reader. Devices tell of errors that are none of a reader's.
    has_reader: bool,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        let (heard, silent) = io::pipe()?;
        let has_reader = fstat(io::stdout()).is_ok_and(|stdout| {
            matches!(FileType::from_raw_mode(stdout.st_mode), FileType::Fifo | FileType::Socket)
        });
        Ok(Self { heard, silent: Mutex::new(Some(silent)), has_reader })
    }

    pub(super) fn ring(&self) {
        drop(self.silent.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Waits so long, until it rings, or until whoever reads stdout has gone.
    pub(super) fn wait(&self, time: Duration) -> io::Result<Reader> {
        let deadline = Deadline::after(time);
        let stdout = io::stdout();
        // That the other end is closed is told of whatever is asked for.
        let mut watched =
            [PollFd::new(&self.heard, PollFlags::empty()), PollFd::new(&stdout, PollFlags::empty())];
        let watched = if self.has_reader { &mut watched[..] } else { &mut watched[..1] };
        loop {
            // What is too long for the kernel is longer than anything runs.
            let left = deadline.remaining().and_then(|left| Timespec::try_from(left).ok());
            match poll(watched, left.as_ref()) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match watched {
            [bell, stdout] if bell.revents().is_empty() && !stdout.revents().is_empty() => Ok(Reader::Gone),
            _ => Ok(Reader::There),
        }
    }
}

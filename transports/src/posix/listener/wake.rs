//! Waking a listener that waits.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::abort::Wake;
use crate::posix::sys::{eventfd, read, write};

/// An event descriptor: readable from when it was woken until it was drained.
#[derive(Debug)]
pub(super) struct Waker(OwnedFd);

impl Waker {
    pub(super) fn new() -> Result<Self, Errno> {
        Ok(Self(eventfd()?))
    }

    /// Takes note that it was woken.
    pub(super) fn drain(&self) {
        // Fails only where it was not woken.
        let _ = read(&self.0, &mut [0; 8]);
    }
}

impl Wake for Waker {
    fn wake(&self) {
        // Fails only where it has been woken nearly 2^64 times.
        let _ = write(&self.0, &1u64.to_ne_bytes());
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

//! Waiting for many descriptors at a time: epoll.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{Event, EventFlags};
use rustix::io::Errno;
use rustix::time::Timespec;

use crate::abort::Wake;
use crate::posix::sys;

/// What the waker's events have for their data.
const WAKER: u64 = 0;

/// Events taken from the kernel at a time.
const EVENTS_PER_PASS: usize = 64;

/// Descriptors that are watched, each with a number of its user's that is not 0, and a way to end a wait for them.
///
/// Its own descriptor is readable when there is something to do.
#[derive(Debug)]
pub(in crate::posix) struct Readiness {
    epoll: OwnedFd,
    /// An event descriptor: readable from when it was woken until that was noticed.
    waker: OwnedFd,
}

impl Readiness {
    /// That watches nothing yet.
    pub(in crate::posix) fn new() -> Result<Self, Errno> {
        let readiness = Self { epoll: sys::epoll_create()?, waker: sys::eventfd()? };
        readiness.watch(readiness.waker.as_fd(), WAKER)?;
        Ok(readiness)
    }

    /// Reports `data` for as long as there is something to read.
    pub(in crate::posix) fn watch(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        sys::epoll_add(&self.epoll, source, data, EventFlags::IN)
    }

    /// Reports nothing of a descriptor that is watched, until [`Readiness::resume`].
    pub(in crate::posix) fn pause(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        sys::epoll_modify(&self.epoll, source, data, EventFlags::empty())
    }

    /// Watches again.
    pub(in crate::posix) fn resume(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        sys::epoll_modify(&self.epoll, source, data, EventFlags::IN)
    }

    /// Reports `data` once, when there is something to read or the peer has ended. The descriptor is being watched.
    pub(in crate::posix) fn watch_once(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        sys::epoll_modify(&self.epoll, source, data, EventFlags::IN | EventFlags::RDHUP | EventFlags::ONESHOT)
    }

    /// Watches a descriptor no longer.
    pub(in crate::posix) fn forget(&self, source: BorrowedFd<'_>) {
        // It is being watched, so that this cannot fail.
        let _ = sys::epoll_delete(&self.epoll, source);
    }

    /// Waits for so long (`None`: for ever), or until something is ready or somebody wakes it; tells what is ready.
    pub(in crate::posix) fn wait(
        &self,
        timeout: Option<Duration>,
        mut ready: impl FnMut(u64),
    ) -> Result<(), Errno> {
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut events = [MaybeUninit::<Event>::uninit(); EVENTS_PER_PASS];
        match sys::epoll_wait(&self.epoll, &mut events, timeout.as_ref()) {
            Ok(events) => {
                for event in events {
                    match event.data.u64() {
                        // Fails only where it was not woken.
                        WAKER => drop(sys::read(&self.waker, &mut [0; 8])),
                        data => ready(data),
                    }
                }
                Ok(())
            }
            Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Wake for Readiness {
    fn wake(&self) {
        // Fails only where it has been woken nearly 2^64 times.
        let _ = sys::write(&self.waker, &1u64.to_ne_bytes());
    }
}

impl AsFd for Readiness {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

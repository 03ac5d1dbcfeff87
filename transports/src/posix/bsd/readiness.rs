//! Waiting for many descriptors at a time: kqueue.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::Duration;

use nix::libc::timespec;
use nix::sys::event::{EvFlags, EventFilter, FilterFlag, KEvent, Kqueue};
use rustix::io::Errno;

use crate::abort::Wake;
use crate::posix::sys;

/// Events taken from the kernel at a time.
const EVENTS_PER_PASS: usize = 64;

/// Descriptors that are watched, each with a number of its user's that is not 0, and a way to end a wait for them.
///
/// Its own descriptor is readable when there is something to do.
#[derive(Debug)]
pub(in crate::posix) struct Readiness(Kqueue);

impl Readiness {
    /// That watches nothing yet.
    pub(in crate::posix) fn new() -> Result<Self, Errno> {
        let readiness = Self(sys::kqueue()?);
        // Noticing that it was woken resets it.
        readiness.change(waker(EvFlags::EV_ADD | EvFlags::EV_CLEAR, FilterFlag::empty()))?;
        Ok(readiness)
    }

    /// Reports `data` for as long as there is something to read.
    pub(in crate::posix) fn watch(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        self.change(reading(source, EvFlags::EV_ADD, data))
    }

    /// Reports nothing of a descriptor that is watched, until [`Readiness::resume`].
    pub(in crate::posix) fn pause(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        self.change(reading(source, EvFlags::EV_DISABLE, data))
    }

    /// Watches again.
    pub(in crate::posix) fn resume(&self, source: BorrowedFd<'_>, data: u64) -> Result<(), Errno> {
        self.change(reading(source, EvFlags::EV_ENABLE, data))
    }

    /// Watches a descriptor no longer.
    pub(in crate::posix) fn forget(&self, source: BorrowedFd<'_>) {
        // It is being watched, so that this cannot fail.
        let _ = self.change(reading(source, EvFlags::EV_DELETE, 0));
    }

    /// Waits for so long (`None`: for ever), or until something is ready or somebody wakes it; tells what is ready.
    pub(in crate::posix) fn wait(
        &self,
        timeout: Option<Duration>,
        mut ready: impl FnMut(u64),
    ) -> Result<(), Errno> {
        let timeout = timeout.map(|timeout| timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let mut events = [waker(EvFlags::empty(), FilterFlag::empty()); EVENTS_PER_PASS];
        match sys::kevent(&self.0, &[], &mut events, timeout) {
            Ok(count) => {
                for event in &events[..count] {
                    if event.filter() == Ok(EventFilter::EVFILT_READ) {
                        ready(event.udata().cast_unsigned() as u64);
                    }
                }
                Ok(())
            }
            Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn change(&self, change: KEvent) -> Result<(), Errno> {
        sys::kevent(&self.0, &[change], &mut [], None).map(drop)
    }
}

impl Wake for Readiness {
    fn wake(&self) {
        // Cannot fail for an event that was added.
        let _ = self.change(waker(EvFlags::empty(), FilterFlag::NOTE_TRIGGER));
    }
}

impl AsFd for Readiness {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn reading(source: BorrowedFd<'_>, flags: EvFlags, data: u64) -> KEvent {
    // The data comes back as it was, and has to fit.
    const { assert!(size_of::<isize>() == size_of::<u64>()) };
    let descriptor = source.as_raw_fd().cast_unsigned() as usize;
    KEvent::new(
        descriptor,
        EventFilter::EVFILT_READ,
        flags,
        FilterFlag::empty(),
        0,
        data.cast_signed() as isize,
    )
}

fn waker(flags: EvFlags, what: FilterFlag) -> KEvent {
    KEvent::new(0, EventFilter::EVFILT_USER, flags, what, 0, 0)
}

//! A file in memory that both processes have mapped, and futexes in it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::thread::futex;

use super::{Direction, LEN};
use crate::mapping::{Mapping, View};

/// What a process has of a region.
#[derive(Debug)]
pub(super) struct Shared(Mapping);

impl Shared {
    pub(super) fn create() -> io::Result<(Self, OwnedFd)> {
        let file = memfd_create("netipc-floor", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, LEN as u64)?;
        Ok((Self::attach(&file)?, file))
    }

    pub(super) fn attach(file: &OwnedFd) -> io::Result<Self> {
        Ok(Self(Mapping::new(View::new(file.as_fd(), LEN)?)))
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.0
    }

    /// Wakes whoever waits, in whichever process: the futex is not a private one.
    pub(super) fn wake(&self, direction: Direction) {
        // It fails for addresses that are none alone.
        let _ = futex::wake(self.sequence(direction), futex::Flags::empty(), 1);
    }

    /// Waits until the sequence is no longer the one that was seen. It returns at once where it has changed meanwhile;
    /// whatever it returns for, the sequence says more.
    pub(super) fn wait(&self, direction: Direction, seen: u32) {
        let _ = futex::wait(self.sequence(direction), futex::Flags::empty(), seen, None);
    }
}

/// After so many looks, before the next one.
#[inline]
pub(super) fn pause(_looks: u32) {
    std::hint::spin_loop();
}

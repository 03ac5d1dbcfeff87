//! Words to wait for.

use std::sync::atomic::AtomicU32;

use rustix::io::Result;
use rustix::thread::futex::{self, Flags, Wait, WaitvFlags};
use rustix::time::{ClockId, Timespec};

use crate::posix::sys::enter;

/// `futex(2)` with `FUTEX_WAIT`, for a duration.
#[inline]
pub(crate) fn futex_wait(
    word: &AtomicU32,
    flags: Flags,
    value: u32,
    timeout: Option<&Timespec>,
) -> Result<()> {
    enter("futex_wait")?;
    futex::wait(word, flags, value, timeout)
}

/// `futex_waitv(2)`, until a moment of the monotonic clock.
#[inline]
pub(crate) fn futex_waitv(words: &[Wait], until: Option<&Timespec>) -> Result<usize> {
    enter("futex_waitv")?;
    futex::waitv(words, WaitvFlags::empty(), until, ClockId::Monotonic)
}

/// `futex(2)` with `FUTEX_WAKE`: how many were woken.
#[inline]
pub(crate) fn futex_wake(word: &AtomicU32, flags: Flags, count: u32) -> Result<usize> {
    enter("futex_wake")?;
    futex::wake(word, flags, count)
}

//! Waking as Windows has it: a receiver announces that it waits, and a sender wakes nobody else.
//!
//! ```text
//! sender                                   receiver
//!   publish                                  waiting = 1
//!   full fence                               full fence
//!   waiting?                                 seq: published?        (acquire)
//!     yes: signal the event                    no: wait for the event
//!                                            waiting = 0
//! ```
//!
//! Of the sender's look at the flag and the receiver's look at the sequence one comes after the other side's fence, and
//! sees what was written before it. The event stays signalled until somebody has waited for it, so that a signal that comes
//! before the wait is not lost.

use std::sync::atomic::Ordering;

use super::{Fence, OutOfSequence, Sequence, Word};

/// The words of one direction.
#[derive(Debug)]
pub(crate) struct Announced<'a, W32, W64> {
    pub(crate) sequence: Sequence<'a, W32, W64>,
    /// Not 0 while the receiver waits.
    pub(crate) waiting: &'a W32,
}

impl<W32: Fence<Value = u32>, W64: Word<Value = u64>> Announced<'_, W32, W64> {
    /// Publishes the message that lies in the area, of `len` bytes, as number `number`, and has a receiver woken that waits.
    #[inline]
    pub(crate) fn publish(&self, number: u64, len: u32, wake: impl FnOnce()) {
        self.sequence.announce(number, len, |_| {});
        W32::full_fence();
        if self.waiting.load(Ordering::Relaxed) != 0 {
            wake();
        }
    }

    /// Looks for message `number`; where it is not there, lets `park` wait until the event is signalled, or something else
    /// has happened that is worth a look. Gives what it gives, or `None` if the message is there.
    pub(crate) fn round<P>(&self, number: u64, park: impl FnOnce() -> P) -> Result<Option<P>, OutOfSequence> {
        self.waiting.store(1, Ordering::Relaxed);
        W32::full_fence();
        let parked = match self.sequence.is_published(number) {
            Ok(false) => Ok(Some(park())),
            Ok(true) => Ok(None),
            Err(error) => Err(error),
        };
        self.waiting.store(0, Ordering::Relaxed);
        parked
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "announced_tests.rs"]
mod tests;

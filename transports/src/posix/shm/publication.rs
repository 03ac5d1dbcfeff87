//! The protocol by which one side publishes a message and the other one finds it. No memory of its own, no system call:
//! it runs over any words, and so under loom.
//!
//! ```text
//! sender                                   receiver
//!   message into the area                    signal                 (acquire)
//!   len                 (release)            seq: published?        (acquire)
//!   seq + 1             (release)              yes: len (acquire), message out of the area
//!   signal + 1          (release)              no: wait while the signal is as read
//!   wake one that waits for the signal
//! ```
//!
//! A receiver that reads the signal before it is counted up does not fall asleep, or is woken; one that reads it
//! afterwards sees the sequence.
//!
//! Contract: `docs/contract/posix.md`, "Sending" and "Receiving".

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::posix::sys::step;

/// An atomic word.
pub(super) trait Word {
    /// What it holds.
    type Value;

    fn load(&self, order: Ordering) -> Self::Value;
    fn store(&self, value: Self::Value, order: Ordering);
    /// Adds one, and begins anew after the largest value.
    fn count_up(&self, order: Ordering);
}

macro_rules! word {
    ($atomic:ty, $value:ty) => {
        impl Word for $atomic {
            type Value = $value;

            #[inline]
            fn load(&self, order: Ordering) -> $value {
                <$atomic>::load(self, order)
            }

            #[inline]
            fn store(&self, value: $value, order: Ordering) {
                <$atomic>::store(self, value, order);
            }

            #[inline]
            fn count_up(&self, order: Ordering) {
                <$atomic>::fetch_add(self, 1, order);
            }
        }
    };
}

word!(AtomicU32, u32);
word!(AtomicU64, u64);

/// The words of one direction.
#[derive(Debug)]
pub(super) struct Words<'a, W32, W64> {
    /// How many messages have been published.
    pub(super) seq: &'a W64,
    /// Bytes of the last one.
    pub(super) len: &'a W32,
    /// Counts them for those who wait.
    pub(super) signal: &'a W32,
}

/// A sequence that is neither the last one seen nor the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OutOfSequence {
    pub(super) expected: u64,
    pub(super) found: u64,
}

/// What a receiver finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The message is there.
    Published,
    /// The alarm has changed, to this.
    Alarm(u32),
    /// Neither: it may wait while the alarm is as heard and the signal like this.
    Nothing { signal: u32 },
}

impl<W32: Word<Value = u32>, W64: Word<Value = u64>> Words<'_, W32, W64> {
    /// Publishes the message that lies in the area, of `len` bytes, as number `number`.
    #[inline]
    pub(super) fn publish(&self, number: u64, len: u32, wake: impl FnOnce(&W32)) {
        step("step: the message is in the area");
        self.len.store(len, Ordering::Release);
        step("step: its length is there");
        self.seq.store(number, Ordering::Release);
        step("step: it is published");
        self.signal.count_up(Ordering::Release);
        wake(self.signal);
    }

    /// How many messages have been published.
    pub(super) fn sequence(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Whether message `number` is there, the one before it being the last that was seen.
    #[inline]
    pub(super) fn is_published(&self, number: u64) -> Result<bool, OutOfSequence> {
        let found = self.seq.load(Ordering::Acquire);
        if found == number {
            Ok(true)
        } else if found == number.wrapping_sub(1) {
            Ok(false)
        } else {
            Err(OutOfSequence { expected: number, found })
        }
    }

    /// Looks for message `number`, and for an alarm that is not as it was `heard`.
    #[inline(always)]
    pub(super) fn look(&self, number: u64, alarm: &W32, heard: u32) -> Result<Look, OutOfSequence> {
        // Before the sequence: a message that comes after that is read changes it.
        let signal = self.signal.load(Ordering::Acquire);
        let rung = alarm.load(Ordering::Acquire);
        if rung != heard {
            return Ok(Look::Alarm(rung));
        }
        Ok(if self.is_published(number)? { Look::Published } else { Look::Nothing { signal } })
    }

    /// Bytes of the message that is published. The peer may change them at any time: to be loaded once.
    #[inline]
    pub(super) fn published_len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }
}

#[cfg(test)]
#[path = "publication_tests.rs"]
mod tests;

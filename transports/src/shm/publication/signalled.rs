//! Waking as POSIX has it: a signal word that is counted up with every message, and that one waits for.
//!
//! ```text
//! sender                                   receiver
//!   publish                                  signal                 (acquire)
//!   signal + 1          (release)            seq: published?        (acquire)
//!   wake one that waits for the signal         no: wait while the signal is as read
//! ```
//!
//! A receiver that reads the signal before it is counted up does not fall asleep, or is woken; one that reads it
//! afterwards sees the sequence.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{OutOfSequence, Sequence, Word};

/// A word that counts.
pub(crate) trait Count: Word {
    /// Adds one, and begins anew after the largest value.
    fn count_up(&self, order: Ordering);
}

impl Count for AtomicU32 {
    #[inline]
    fn count_up(&self, order: Ordering) {
        self.fetch_add(1, order);
    }
}

/// The words of one direction.
#[derive(Debug)]
pub(crate) struct Signalled<'a, W32, W64> {
    pub(crate) sequence: Sequence<'a, W32, W64>,
    /// Counts the messages for those who wait.
    pub(crate) signal: &'a W32,
}

/// What a receiver finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// The message is there.
    Published,
    /// The alarm has changed, to this.
    Alarm(u32),
    /// Neither: it may wait while the alarm is as heard and the signal like this.
    Nothing { signal: u32 },
}

impl<W32: Count<Value = u32>, W64: Word<Value = u64>> Signalled<'_, W32, W64> {
    /// Publishes the message that lies in the area, of `len` bytes, as number `number`. `step` is told how far it is.
    #[inline]
    pub(crate) fn publish(
        &self,
        number: u64,
        len: u32,
        step: impl Fn(&'static str),
        wake: impl FnOnce(&W32),
    ) {
        self.sequence.announce(number, len, step);
        self.signal.count_up(Ordering::Release);
        wake(self.signal);
    }

    /// Looks for message `number`, and for an alarm that is not as it was `heard`.
    #[inline(always)]
    pub(crate) fn look(&self, number: u64, alarm: &W32, heard: u32) -> Result<Look, OutOfSequence> {
        // Before the sequence: a message that comes after that is read changes it.
        let signal = self.signal.load(Ordering::Acquire);
        let rung = alarm.load(Ordering::Acquire);
        if rung != heard {
            return Ok(Look::Alarm(rung));
        }
        Ok(if self.sequence.is_published(number)? { Look::Published } else { Look::Nothing { signal } })
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "signalled_tests.rs"]
mod tests;

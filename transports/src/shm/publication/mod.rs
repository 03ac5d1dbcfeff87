//! The protocol by which one side publishes a message and the other one finds it. No memory of its own, no system call:
//! it runs over any words, and so under loom.
//!
//! ```text
//! sender                                   receiver
//!   message into the area                    seq: published?        (acquire)
//!   len                 (release)              yes: len (acquire), message out of the area
//!   seq + 1             (release)              no: wait, as the platform has it
//!   wake one that waits, as the platform has it
//! ```
//!
//! Contract: `docs/contract/posix.md` and `docs/contract/windows.md`, "Sending" and "Receiving".

#[cfg(any(windows, test))]
mod announced;
#[cfg(target_os = "linux")]
mod signalled;
#[cfg(all(test, target_os = "linux"))]
pub(crate) mod testing;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(windows)]
pub(crate) use announced::Announced;
#[cfg(target_os = "linux")]
pub(crate) use signalled::{Look, Signalled};

/// An atomic word.
pub(crate) trait Word {
    /// What it holds.
    type Value;

    fn load(&self, order: Ordering) -> Self::Value;
    fn store(&self, value: Self::Value, order: Ordering);
}

/// Makes a word of an atomic type.
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
        }
    };
}

#[cfg(all(test, target_os = "linux"))]
use word;

word!(AtomicU32, u32);
word!(AtomicU64, u64);

/// A word whose world knows fences.
pub(crate) trait Fence: Word {
    /// Keeps all that lies before it before all that lies behind it, for everybody who does the same.
    fn full_fence();
}

impl Fence for AtomicU32 {
    #[inline]
    fn full_fence() {
        fence(Ordering::SeqCst);
    }
}

/// The words of one direction that say what has been published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sequence<'a, W32, W64> {
    /// How many messages have been published.
    pub(crate) seq: &'a W64,
    /// Bytes of the last one.
    pub(crate) len: &'a W32,
}

/// A sequence that is neither the last one seen nor the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfSequence {
    pub(crate) expected: u64,
    pub(crate) found: u64,
}

impl<W32: Word<Value = u32>, W64: Word<Value = u64>> Sequence<'_, W32, W64> {
    /// Publishes the message that lies in the area, of `len` bytes, as number `number`; wakes nobody. `step` is told how far
    /// it is.
    #[inline]
    pub(crate) fn announce(&self, number: u64, len: u32, step: impl Fn(&'static str)) {
        step("step: the message is in the area");
        self.len.store(len, Ordering::Release);
        step("step: its length is there");
        self.seq.store(number, Ordering::Release);
        step("step: it is published");
    }

    /// How many messages have been published.
    pub(crate) fn current(&self) -> u64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Whether message `number` is there, the one before it being the last that was seen.
    #[inline]
    pub(crate) fn is_published(&self, number: u64) -> Result<bool, OutOfSequence> {
        let found = self.seq.load(Ordering::Acquire);
        if found == number {
            Ok(true)
        } else if found == number.wrapping_sub(1) {
            Ok(false)
        } else {
            Err(OutOfSequence { expected: number, found })
        }
    }

    /// Bytes of the message that is published. The peer may change them at any time: to be loaded once.
    #[inline]
    pub(crate) fn published_len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }
}

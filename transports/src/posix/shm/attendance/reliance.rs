//! Who may sleep because somebody else watches. No lock of its own, no system call: it runs over any words, and so under
//! loom.
//!
//! ```text
//! listener that leaves                     session that begins to wait
//!   watch = AWAY                             reliance = RELYING
//!   full fence                               full fence
//!   a reliance that is RELYING?              watch: PRESENT?
//!     SENTINEL instead; ring it                yes: sleep until something happens
//!                                              no: sleep for a slice
//! ```
//!
//! Of both looks one comes after the other side's fence: the listener finds the session, or that one does not rely on it.
//! So whoever sleeps while nobody watches has a sentinel, which sleeps for a slice and then has all others rung. One that
//! has something else to do before that has another one appointed.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::shm::{Fence, Word};

/// A word that is changed and read in one step.
pub(super) trait Exchange: Word {
    /// Puts `value` there and gives what was there.
    fn swap(&self, value: Self::Value, order: Ordering) -> Self::Value;

    /// Puts `new` there if it holds `current`; tells whether it did.
    fn exchange(&self, current: Self::Value, new: Self::Value) -> bool;
}

/// Makes such a word of an atomic type.
macro_rules! exchange {
    ($atomic:ty, $value:ty) => {
        impl Exchange for $atomic {
            fn swap(&self, value: $value, order: Ordering) -> $value {
                <$atomic>::swap(self, value, order)
            }

            fn exchange(&self, current: $value, new: $value) -> bool {
                self.compare_exchange(current, new, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            }
        }
    };
}

exchange!(AtomicU32, u32);

/// Nobody watches, and all sessions know.
const ABSENT: u32 = 0;
/// Somebody is in accept.
const PRESENT: u32 = 1;
/// Somebody has left accept and may be back in a moment. Sessions that waited before that still rely on it.
const AWAY: u32 = 2;

/// Whether somebody watches the sockets of a listener's sessions.
#[derive(Debug, Default)]
pub(super) struct Watch<W>(pub(super) W);

impl<W: Fence<Value = u32> + Exchange> Watch<W> {
    /// Somebody watches from now on.
    pub(super) fn begin(&self) {
        self.0.store(PRESENT, Ordering::Release);
    }

    /// Nobody watches for now. A sentinel is needed.
    pub(super) fn leave(&self) {
        self.0.store(AWAY, Ordering::Release);
    }

    /// Nobody watches any more; tells whether sessions may rely on it, which have to be rung then.
    pub(super) fn end(&self) -> bool {
        self.0.swap(ABSENT, Ordering::AcqRel) != ABSENT
    }

    /// As [`Watch::end`], if somebody has left and has not come back.
    pub(super) fn give_up(&self) -> bool {
        self.0.exchange(AWAY, ABSENT)
    }

    /// Whether sessions that rely on somebody who has left need a sentinel. After a [`Watch::leave`], and after the end
    /// of a sentinel.
    pub(super) fn needs_sentinel(&self) -> bool {
        W::full_fence();
        self.0.load(Ordering::Acquire) == AWAY
    }
}

/// The session looks for itself, or does not wait.
const NONE: u32 = 0;
/// The session waits, and if it has seen somebody watch, then it does not look for itself.
const RELYING: u32 = 1;
/// The session looks for itself, and all others rely on that.
const SENTINEL: u32 = 2;

/// A session's reliance on the watch. The session alone begins and ends it; others make a sentinel of it.
#[derive(Debug, Default)]
pub(super) struct Reliance<W>(pub(super) W);

impl<W: Fence<Value = u32> + Exchange> Reliance<W> {
    /// The session is about to wait: whether somebody watches for it meanwhile. A sentinel is one until then.
    #[inline]
    pub(super) fn begin(&self, watch: &Watch<W>) -> bool {
        let before = self.0.load(Ordering::Relaxed);
        if before != RELYING {
            self.0.store(RELYING, Ordering::Release);
            W::full_fence();
        }
        let is_watched = watch.0.load(Ordering::Acquire) == PRESENT;
        if !is_watched && before == SENTINEL {
            // Whoever has left meanwhile may have seen that it is one, and not have appointed another.
            self.0.store(SENTINEL, Ordering::Release);
        }
        is_watched
    }

    /// The session waits no longer; tells whether it was the sentinel.
    #[inline]
    pub(super) fn end(&self) -> bool {
        // The session's own: nobody else begins it.
        self.0.load(Ordering::Relaxed) != NONE && self.0.swap(NONE, Ordering::AcqRel) == SENTINEL
    }

    /// Makes it the sentinel, if it relies on somebody; then it has to be rung.
    pub(super) fn appoint(&self) -> bool {
        self.0.exchange(RELYING, SENTINEL)
    }

    pub(super) fn is_sentinel(&self) -> bool {
        self.0.load(Ordering::Acquire) == SENTINEL
    }
}

#[cfg(test)]
#[path = "reliance_tests.rs"]
mod tests;

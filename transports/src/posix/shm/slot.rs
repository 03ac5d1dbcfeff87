//! Where one mapping is told to a signal handler. No memory of its own, so that it runs over any words, and so under
//! loom.
//!
//! ```text
//! owner                                    handler, in any thread, at any time
//!   start: from free to reserved             entries  (acquire)
//!   entries + 1      (release)               start    (acquire)
//!   len              (release)               len      (acquire)
//!   start            (release)               entries: as before?
//!   …                                          no: another mapping's by now
//!   start: free      (release)
//! ```
//!
//! A handler that has loaded an old start loads a new length only after the entries have been counted up, and one that
//! knows them counted up loads no old start any more. So it never takes the start of one mapping and the length of
//! another for a mapping; and it never waits for an owner that is about to enter one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Where a slot's mapping begins: nowhere, or about to be told.
const FREE: usize = 0;
const RESERVED: usize = 1;

/// An atomic word of the size of an address.
pub(super) trait Word {
    fn load(&self, order: Ordering) -> usize;
    fn store(&self, value: usize, order: Ordering);
    /// Puts `new` in the place of `old`, and then sees what was done before that was stored; tells whether it was there.
    fn exchange(&self, old: usize, new: usize) -> bool;
}

/// Makes a word of an atomic type.
macro_rules! word {
    ($atomic:ty) => {
        impl Word for $atomic {
            fn load(&self, order: Ordering) -> usize {
                <$atomic>::load(self, order)
            }

            fn store(&self, value: usize, order: Ordering) {
                <$atomic>::store(self, value, order);
            }

            fn exchange(&self, old: usize, new: usize) -> bool {
                self.compare_exchange(old, new, Ordering::Acquire, Ordering::Relaxed).is_ok()
            }
        }
    };
}

#[cfg(test)]
use word;

word!(AtomicUsize);

/// A mapping's entry.
#[derive(Debug)]
pub(super) struct Slot<W = AtomicUsize> {
    /// How many mappings have been entered. Written by the slot's owner alone.
    entries: W,
    start: W,
    len: W,
    truncated: AtomicBool,
}

impl Slot {
    pub(super) const fn new() -> Self {
        Self {
            entries: AtomicUsize::new(0),
            start: AtomicUsize::new(FREE),
            len: AtomicUsize::new(0),
            truncated: AtomicBool::new(false),
        }
    }
}

impl<W> Slot<W> {
    /// Whether the mapping has lost its file.
    #[inline]
    pub(super) fn is_truncated(&self) -> bool {
        // Set by a handler that ran in the thread that asks, in the middle of an earlier access.
        self.truncated.load(Ordering::Acquire)
    }

    /// Notes that the mapping has lost its file.
    pub(super) fn truncate(&self) {
        self.truncated.store(true, Ordering::Release);
    }
}

impl<W: Word> Slot<W> {
    /// Enters a mapping if the slot is free; tells whether it was.
    pub(super) fn enter(&self, start: usize, len: usize) -> bool {
        if !self.start.exchange(FREE, RESERVED) {
            return false;
        }
        self.entries.store(self.entries.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
        self.len.store(len, Ordering::Release);
        self.truncated.store(false, Ordering::Relaxed);
        self.start.store(start, Ordering::Release);
        true
    }

    /// Gives the slot back. Before the mapping goes, so that the handler never takes another one for it.
    pub(super) fn release(&self) {
        self.start.store(FREE, Ordering::Release);
    }

    /// Where the mapping begins and how long it is: both of one mapping. `None` for a slot that is free or that changes
    /// hands meanwhile: that of a mapping which is in use, in the thread that asks say, does not.
    fn mapping(&self) -> Option<(usize, usize)> {
        let entries = self.entries.load(Ordering::Acquire);
        let start = self.start.load(Ordering::Acquire);
        let len = self.len.load(Ordering::Acquire);
        let is_one = self.entries.load(Ordering::Relaxed) == entries;
        (is_one && start > RESERVED).then_some((start, len))
    }

    /// Where the mapping is, if `address` lies in it.
    pub(super) fn holds(&self, address: usize) -> Option<(usize, usize)> {
        self.mapping().filter(|(start, len)| address.checked_sub(*start).is_some_and(|offset| offset < *len))
    }
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;

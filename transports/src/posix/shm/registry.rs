//! The mappings of this process, for a signal handler to find: no lock, no allocation where it looks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const SLOTS: usize = 64;

/// Where a slot's mapping begins: nowhere, or about to be told.
const FREE: usize = 0;
const RESERVED: usize = 1;

/// Mappings, in chunks that are only ever added.
struct Chunk {
    slots: [Slot; SLOTS],
    next: OnceLock<Box<Chunk>>,
}

/// A mapping's entry.
#[derive(Debug)]
pub(super) struct Slot {
    start: AtomicUsize,
    len: AtomicUsize,
    truncated: AtomicBool,
}

static FIRST: Chunk = Chunk::new();

impl Chunk {
    const fn new() -> Self {
        Self { slots: [const { Slot::new() }; SLOTS], next: OnceLock::new() }
    }
}

impl Slot {
    const fn new() -> Self {
        Self { start: AtomicUsize::new(FREE), len: AtomicUsize::new(0), truncated: AtomicBool::new(false) }
    }

    fn claim(&self) -> bool {
        self.start.compare_exchange(FREE, RESERVED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Gives the slot back. Before the mapping goes, so that the handler never takes another one for it.
    pub(super) fn release(&self) {
        self.start.store(FREE, Ordering::Release);
    }

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

    /// Where the mapping is, if `address` lies in it.
    fn holds(&self, address: usize) -> Option<(usize, usize)> {
        let start = self.start.load(Ordering::Acquire);
        let len = self.len.load(Ordering::Relaxed);
        (start > RESERVED && address.checked_sub(start)? < len).then_some((start, len))
    }
}

fn chunks() -> impl Iterator<Item = &'static Chunk> {
    std::iter::successors(Some(&FIRST), |chunk| chunk.next.get().map(Box::as_ref))
}

/// Enters a mapping.
pub(super) fn enter(start: usize, len: usize) -> &'static Slot {
    let mut chunk = &FIRST;
    loop {
        if let Some(slot) = chunk.slots.iter().find(|slot| slot.claim()) {
            slot.len.store(len, Ordering::Relaxed);
            slot.truncated.store(false, Ordering::Relaxed);
            slot.start.store(start, Ordering::Release);
            return slot;
        }
        chunk = chunk.next.get_or_init(|| Box::new(Chunk::new()));
    }
}

/// The mapping in which an address lies, and where that is. For a signal handler.
pub(super) fn find(address: usize) -> Option<(&'static Slot, usize, usize)> {
    chunks()
        .flat_map(|chunk| &chunk.slots)
        .find_map(|slot| slot.holds(address).map(|(start, len)| (slot, start, len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_the_mapping_that_they_lie_in_for_as_long_as_it_is_there() {
        // Far from where anything is mapped.
        let base = usize::MAX / 2;
        let slots: Vec<_> = (0..3 * SLOTS).map(|index| enter(base + index * 100, 50)).collect();
        for (index, slot) in slots.iter().enumerate() {
            let start = base + index * 100;
            for address in [start, start + 49] {
                let (found, at, len) = find(address).unwrap();
                assert!(std::ptr::eq(found, *slot) && (at, len) == (start, 50));
            }
            assert!(find(start + 50).is_none());
        }
        slots[7].truncate();
        assert!(slots[7].is_truncated() && !slots[8].is_truncated());
        for slot in &slots {
            slot.release();
        }
        assert!(find(base).is_none());
        let again = enter(base, 50);
        assert!(!again.is_truncated());
        again.release();
    }
}

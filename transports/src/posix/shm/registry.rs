//! The mappings of this process, for a signal handler to find: no lock, no allocation where it looks.

use std::sync::OnceLock;

use super::slot::Slot;

const SLOTS: usize = 64;

/// Mappings, in chunks that are only ever added.
struct Chunk {
    slots: [Slot; SLOTS],
    next: OnceLock<Box<Chunk>>,
}

static FIRST: Chunk = Chunk::new();

impl Chunk {
    const fn new() -> Self {
        Self { slots: [const { Slot::new() }; SLOTS], next: OnceLock::new() }
    }
}

fn chunks() -> impl Iterator<Item = &'static Chunk> {
    std::iter::successors(Some(&FIRST), |chunk| chunk.next.get().map(Box::as_ref))
}

/// Enters a mapping.
pub(super) fn enter(start: usize, len: usize) -> &'static Slot {
    let mut chunk = &FIRST;
    loop {
        if let Some(slot) = chunk.slots.iter().find(|slot| slot.enter(start, len)) {
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

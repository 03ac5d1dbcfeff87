//! Open addressing: where the item is whose key has a hash.

use super::super::memory::clear;
use super::{Keyed, Place};

/// A power of two of slots, or none. At most half of them are taken.
///
/// ```text
/// slot, 12 bytes:   0  tag     the lower half of the key's hash
///                   4  start   first byte of the item in the payload
///                   8  end     the byte after it
/// ```
///
/// The upper bits of a hash are the number of its first slot; the next ones follow. A slot with the tag of a key almost
/// always is the key's, so that a lookup reads one slot and one item.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) slots: Vec<Slot>,
    /// What is left of a hash is the number of its first slot.
    shift: u32,
    /// Items that are not in their first slot, which items with another tag have.
    displaced: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    tag: u32,
    place: Place,
}

/// A key, and its hash under this table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<K> {
    pub(super) key: K,
    pub(super) hash: u64,
}

/// What an insertion may look at before it gives up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Slots that are taken.
    pub(super) taken: u32,
    /// Items that have another key, and the tag of this one.
    pub(super) compared: u32,
}

/// Too many keys have what hashes have in common.
#[derive(Debug)]
pub(super) struct Crowded;

/// Slots that fit in a processor's nearest memory, even if most of them are free. Up to an eighth as many items are few.
const PLENTY: usize = 1024;

impl Slot {
    /// Of no item: nothing ends before it starts.
    const FREE: Self = Self { tag: 0, place: Place { start: u32::MAX, end: 0 } };

    #[inline]
    pub(super) const fn is_free(&self) -> bool {
        self.place.end < self.place.start
    }

    /// Whether it almost always is the slot of a key with this hash, if that has one.
    #[inline]
    pub(super) const fn has_tag_of(&self, hash: u64) -> bool {
        self.tag == tag(hash)
    }

    /// Its item, if that has this key.
    #[allow(clippy::inline_always, reason = "it is most of what a lookup does")]
    #[inline(always)]
    pub(super) fn item<'p, I: Keyed<'p>>(&self, items: I, key: I::Key<'_>) -> Option<I::Item> {
        let item = items.item(self.place)?;
        items.has_key(item, key).then_some(item)
    }
}

impl Table {
    pub(super) const fn new() -> Self {
        Self { slots: Vec::new(), shift: 0, displaced: 0 }
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether it has slots for few items: then with some hash all of them have their first one.
    pub(super) fn is_small(&self) -> bool {
        self.slots.len() < PLENTY
    }

    /// Items that are not in their first slot, and could be with another hash.
    pub(super) fn displaced(&self) -> u32 {
        self.displaced
    }

    /// Forgets what it has. Makes twice as many slots as items at least, or eight times as many where that costs little, so
    /// that more keys have their first slot; the next power of two.
    pub(super) fn clear(&mut self, items: usize) {
        let slots = match items {
            0 => 0,
            _ => (items * 8).min(PLENTY).max(items * 2).next_power_of_two(),
        };
        clear(&mut self.slots, slots);
        self.slots.resize(slots, Slot::FREE);
        self.shift = u64::BITS - slots.max(2).ilog2();
        self.displaced = 0;
    }

    /// Adds an item, unless there is one with its key.
    pub(super) fn insert<'p, I: Keyed<'p>>(
        &mut self,
        items: I,
        place: Place,
        wanted: &Wanted<I::Key<'_>>,
        patience: Patience,
    ) -> Result<(), Crowded> {
        let (mut taken, mut compared) = (0, 0);
        let mut at = self.first_number(wanted.hash);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.is_free() {
                *slot = Slot { tag: tag(wanted.hash), place };
                self.displaced += u32::from(taken > compared);
                break;
            }
            if slot.has_tag_of(wanted.hash) {
                if slot.item(items, wanted.key).is_some() {
                    // The first one counts.
                    break;
                }
                compared += 1;
            }
            taken += 1;
            if taken > patience.taken || compared > patience.compared {
                return Err(Crowded);
            }
            at = self.next_number(at);
        }
        Ok(())
    }

    /// The slot that a key with this hash has, unless another one took it before.
    #[inline]
    pub(super) fn first(&self, hash: u64) -> Option<&Slot> {
        self.slots.get(self.first_number(hash))
    }

    /// The item with this key, where all were inserted with this patience.
    pub(super) fn find<'p, I: Keyed<'p>>(
        &self,
        items: I,
        wanted: &Wanted<I::Key<'_>>,
        patience: Patience,
    ) -> Option<I::Item> {
        let mut at = self.first_number(wanted.hash);
        // It ends at a free slot at the latest, and half of them are.
        for _ in 0..=patience.taken {
            let slot = self.slots.get(at)?;
            if slot.is_free() {
                return None;
            }
            if slot.has_tag_of(wanted.hash)
                && let Some(found) = slot.item(items, wanted.key)
            {
                return Some(found);
            }
            at = self.next_number(at);
        }
        None
    }

    #[inline]
    fn first_number(&self, hash: u64) -> usize {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "it is less than the number of slots, if there are any"
        )]
        let first = (hash >> self.shift) as usize;
        first
    }

    #[inline]
    fn next_number(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }
}

/// What a slot has of its key's hash.
#[inline]
const fn tag(hash: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    let low = hash as u32;
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_slot_follows_the_last_one() {
        let mut table = Table::new();
        table.clear(64);
        assert_eq!(table.next_number(table.slots.len() - 1), 0);
        assert_eq!(table.next_number(0), 1);
    }

    #[test]
    fn a_slot_is_free_until_it_is_an_items_even_one_without_bytes() {
        assert!(Slot::FREE.is_free());
        assert!(!Slot { tag: 0, place: Place { start: 0, end: 0 } }.is_free());
    }
}

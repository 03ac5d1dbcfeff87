//! Where the item with a key is: an open-addressed table of places, in one allocation.
//!
//! ```text
//! slot, 12 bytes:   0  tag     0 if it is free; else 31 bits of the key's hash, and the lowest bit set
//!                   4  start   first byte of the item in the payload
//!                   8  end     the byte after it
//! ```
//!
//! The upper bits of a key's hash are the number of its first slot; the next ones follow. At most half of the slots are
//! taken. A slot whose tag is that of the key almost always is the key's, so that a lookup reads one slot and one item.
//!
//! What is indexed comes from a provider that may mean harm. Building takes time linear in the payload, and a lookup
//! looks at a bounded number of slots and of items, whatever the keys:
//!
//! - a quick hash comes first. Keys that crowd under it, by chance or on purpose, have the index built once more with
//!   a keyed hash, of which a provider does not know the key;
//! - hashing and comparing read no more bytes than the payload has, in sum over all keys. They could only if keys
//!   share bytes: entries that are the same item count once, and what is still too much is refused.

mod distinct;
mod hashing;
#[cfg(test)]
mod tests;

use std::hash::Hash;

use distinct::Distinct;
use hashing::{Hashing, string_bytes};

use super::memory::clear;

/// Items of a payload that lives for `'p`, and their keys.
pub(super) trait Keyed<'p>: Copy {
    /// One of them.
    type Item: Copy;

    /// What it is looked up by.
    type Key<'k>: Copy + Hash;

    /// The item that is there. Items that begin at one place have one key.
    fn item(self, place: Place) -> Option<Self::Item>;

    /// Its key.
    fn key(self, item: Self::Item) -> Self::Key<'p>;

    /// Whether it has this key.
    fn has_key(self, item: Self::Item, key: Self::Key<'_>) -> bool;
}

/// First byte of an item in its payload, and the byte after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The keys of distinct items have more bytes than the payload that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SharedKeys {
    /// Bytes of the payload.
    pub(super) payload: usize,
}

/// Finds items by key.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// A power of two of them, or none.
    slots: Vec<Slot>,
    /// What is left of a hash is the number of its first slot.
    shift: u32,
    hashing: Hashing,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    tag: u32,
    place: Place,
}

impl Slot {
    /// Its item, if that has this key.
    #[inline]
    fn item<'p, I: Keyed<'p>>(&self, items: I, key: I::Key<'_>) -> Option<I::Item> {
        items.item(self.place).filter(|item| items.has_key(*item, key))
    }
}

/// The tag of a slot without an item.
const FREE: u32 = 0;

/// Items whose slots fit in a processor's nearest memory, even if there are many for each.
const FEW: usize = 256;

/// Slots that a new key may find taken, under the quick hash. By chance so many never are: at half load, of ten million
/// keys about one finds 100.
const MOST_TAKEN: u32 = 256;

/// Items with another key that a new key may be compared with, under the quick hash.
const MOST_COMPARED: u32 = 8;

/// Why an index is not complete.
enum Incomplete {
    /// Too many keys collide.
    Crowded,
    /// Their keys have more bytes than the payload.
    Shared,
}

impl Index {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), shift: 0, hashing: Hashing::new() }
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    /// Indexes the items at these places and forgets those before; of two with the same key it finds the first.
    /// `payload` is the number of bytes that hold them.
    pub(super) fn rebuild<'p>(
        &mut self,
        items: impl Keyed<'p>,
        places: &(impl ExactSizeIterator<Item = Place> + Clone),
        payload: usize,
    ) -> Result<(), SharedKeys> {
        self.hashing.is_keyed = false;
        let mut distinct = None;
        loop {
            match self.try_rebuild(items, places.clone(), payload, distinct.as_ref()) {
                Ok(()) => return Ok(()),
                Err(Incomplete::Crowded) => self.hashing.is_keyed = true,
                Err(Incomplete::Shared) if distinct.is_none() => {
                    distinct = Some(Distinct::of(places.clone()));
                }
                Err(Incomplete::Shared) => {
                    self.slots.clear();
                    return Err(SharedKeys { payload });
                }
            }
        }
    }

    fn try_rebuild<'p>(
        &mut self,
        items: impl Keyed<'p>,
        places: impl ExactSizeIterator<Item = Place>,
        payload: usize,
        distinct: Option<&Distinct>,
    ) -> Result<(), Incomplete> {
        self.make_room(places.len());
        let mut bytes = 0usize;
        for (number, place) in places.enumerate() {
            if distinct.is_some_and(|distinct| !distinct.contains(number)) {
                continue;
            }
            let Some(item) = items.item(place) else { continue };
            let key = items.key(item);
            bytes = bytes.saturating_add(string_bytes(&key));
            if bytes > payload {
                return Err(Incomplete::Shared);
            }
            self.insert(items, place, key)?;
        }
        Ok(())
    }

    /// Free slots, twice as many as items at least; where that costs little, four times as many, so that more keys have
    /// their first slot.
    fn make_room(&mut self, items: usize) {
        let slots = match items {
            0 => 0,
            1..=FEW => (items * 4).next_power_of_two(),
            _ => (items * 2).next_power_of_two(),
        };
        clear(&mut self.slots, slots);
        self.slots.resize(slots, Slot::default());
        self.shift = u64::BITS - slots.max(2).ilog2();
    }

    fn insert<'p, I: Keyed<'p>>(
        &mut self,
        items: I,
        place: Place,
        key: I::Key<'_>,
    ) -> Result<(), Incomplete> {
        let hash = self.hashing.of(key);
        let (mut taken, mut compared) = (0, 0);
        let mut at = self.first(hash);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.tag == FREE {
                *slot = Slot { tag: tag(hash), place };
                break;
            }
            if slot.tag == tag(hash) {
                if slot.item(items, key).is_some() {
                    // The first one counts.
                    break;
                }
                compared += 1;
            }
            taken += 1;
            if !self.hashing.is_keyed && (taken > MOST_TAKEN || compared > MOST_COMPARED) {
                return Err(Incomplete::Crowded);
            }
            at = self.next(at);
        }
        Ok(())
    }

    /// The item with this key.
    #[allow(
        clippy::inline_always,
        reason = "in a loop of lookups most of what it reads is the same each time"
    )]
    #[inline(always)]
    pub(super) fn find<'p, I: Keyed<'p>>(&self, items: I, key: I::Key<'_>) -> Option<I::Item> {
        let hash = self.hashing.of(key);
        let slot = self.slots.get(self.first(hash))?;
        if slot.tag == tag(hash)
            && let Some(found) = slot.item(items, key)
        {
            return Some(found);
        }
        if slot.tag == FREE { None } else { self.find_further(items, key, hash) }
    }

    /// The same, where the first slot has another key. Apart, so that a caller's loop is short and has no loop inside.
    #[cold]
    #[inline(never)]
    fn find_further<'p, I: Keyed<'p>>(&self, items: I, key: I::Key<'_>, hash: u64) -> Option<I::Item> {
        let mut at = self.first(hash);
        // At most half of the slots are taken, so that it ends.
        loop {
            at = self.next(at);
            let slot = self.slots.get(at)?;
            if slot.tag == FREE {
                return None;
            }
            if slot.tag == tag(hash)
                && let Some(found) = slot.item(items, key)
            {
                return Some(found);
            }
        }
    }

    /// The slot that a key with this hash has, if it is free.
    #[inline]
    fn first(&self, hash: u64) -> usize {
        #[allow(clippy::cast_possible_truncation, reason = "it is less than the number of slots")]
        let first = (hash >> self.shift) as usize;
        first
    }

    /// The one to try after that.
    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }
}

/// What a slot has of its key's hash.
#[inline]
const fn tag(hash: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    let low = hash as u32;
    low | 1
}

//! Where the item with a key is: an open-addressed table of item numbers, in one allocation.
//!
//! ```text
//! slot, 32 bits:   0                  free
//!                  tag | item + 1     as many low bits as the items need, the rest from the hash
//! ```
//!
//! A key's first slot is given by its hash; the next ones follow. At most half of the slots are taken. A slot whose tag
//! is that of the key almost always is the key's, so that one item is looked at in a lookup.
//!
//! What is indexed comes from a provider that may mean harm. Building takes time linear in the payload, and a lookup
//! looks at a bounded number of slots and of items, whatever the keys:
//!
//! - a quick hash comes first. Keys that crowd under it, by chance or on purpose, have the index built once more with
//!   a keyed hash, of which a provider does not know the key;
//! - hashing and comparing read no more bytes than the payload has, in sum over all keys. They could only if keys
//!   share bytes: entries that are the same item count once, and what is still too much is refused.

mod hashing;
#[cfg(test)]
mod tests;

use std::hash::Hash;

use hashing::{Hashing, string_bytes};

use super::memory::clear;

/// Items that have keys.
pub(super) trait Keyed {
    /// What an item is looked up by.
    type Key<'a>: Copy + Hash
    where
        Self: 'a;

    /// How many items there are.
    fn len(&self) -> usize;

    /// The key of an item.
    fn key(&self, item: u32) -> Option<Self::Key<'_>>;

    /// Whether an item has this key.
    fn has_key(&self, item: u32, key: Self::Key<'_>) -> bool;

    /// Where an item begins, counted from a place before all of them. Items that begin at one place have one key.
    fn position(&self, item: u32) -> usize;
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
    slots: Vec<u32>,
    /// What is left of a hash is the number of its first slot.
    shift: u32,
    /// The bits of a slot that are an item's number.
    item_mask: u32,
    hashing: Hashing,
}

/// Items whose slots fit in a processor's nearest memory, even if there are many for each.
const FEW: usize = 1_024;

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
        Self { slots: Vec::new(), shift: 0, item_mask: 0, hashing: Hashing::new() }
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    /// Indexes these items and forgets those before; of two with the same key it finds the first. `payload` is the
    /// number of bytes that hold them.
    pub(super) fn rebuild(&mut self, items: &impl Keyed, payload: usize) -> Result<(), SharedKeys> {
        self.hashing.is_keyed = false;
        let mut distinct = None;
        loop {
            match self.try_rebuild(items, payload, distinct.as_ref()) {
                Ok(()) => return Ok(()),
                Err(Incomplete::Crowded) => self.hashing.is_keyed = true,
                Err(Incomplete::Shared) if distinct.is_none() => distinct = Some(Distinct::of(items)),
                Err(Incomplete::Shared) => {
                    self.slots.clear();
                    return Err(SharedKeys { payload });
                }
            }
        }
    }

    fn try_rebuild(
        &mut self,
        items: &impl Keyed,
        payload: usize,
        distinct: Option<&Distinct>,
    ) -> Result<(), Incomplete> {
        self.make_room(items.len());
        let mut bytes = 0usize;
        for item in 0..u32::try_from(items.len()).unwrap_or(u32::MAX) {
            if distinct.is_some_and(|distinct| !distinct.contains(item)) {
                continue;
            }
            let Some(key) = items.key(item) else { continue };
            bytes = bytes.saturating_add(string_bytes(&key));
            if bytes > payload {
                return Err(Incomplete::Shared);
            }
            self.insert(item, key, items)?;
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
        self.slots.resize(slots, 0);
        self.shift = u64::BITS - slots.max(2).ilog2();
        // At least one bit more than the largest number that has to fit, which is `items`.
        self.item_mask = u32::try_from(slots).unwrap_or(u32::MAX).saturating_sub(1);
    }

    fn insert<S: Keyed>(&mut self, item: u32, key: S::Key<'_>, items: &S) -> Result<(), Incomplete> {
        let hash = self.hashing.of(&key);
        let (mut taken, mut compared) = (0, 0);
        let mut at = self.first(hash);
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = tag(hash, self.item_mask) | (item + 1);
                break;
            }
            if let Some(other) = candidate(*slot, hash, self.item_mask) {
                if items.has_key(other, key) {
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

    /// What `check` makes of the item with this key. It is given the items that may have it, and gives nothing for those
    /// that have another one.
    #[allow(
        clippy::inline_always,
        reason = "in a loop of lookups most of what it reads is the same each time"
    )]
    #[inline(always)]
    pub(super) fn find<T>(&self, key: &impl Hash, check: impl Fn(u32) -> Option<T>) -> Option<T> {
        let hash = self.hashing.of(key);
        let first = self.first(hash);
        let slot = *self.slots.get(first)?;
        // Of a free slot this makes an item that there is not.
        match candidate(slot, hash, self.item_mask).and_then(&check) {
            Some(found) => Some(found),
            None if slot == 0 => None,
            None => self.find_further(hash, first, check),
        }
    }

    /// The same, where the first slot has another key. Apart, so that a caller's loop is short.
    #[inline(never)]
    fn find_further<T>(&self, hash: u64, first: usize, check: impl Fn(u32) -> Option<T>) -> Option<T> {
        let mut at = first;
        // At most half of the slots are taken, so that it ends.
        loop {
            at = self.next(at);
            let slot = *self.slots.get(at)?;
            if slot == 0 {
                return None;
            }
            if let Some(found) = candidate(slot, hash, self.item_mask).and_then(&check) {
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

/// What a slot has besides the item.
#[inline]
fn tag(hash: u64, item_mask: u32) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
    let low = hash as u32;
    low & !item_mask
}

/// The item in a taken slot, if it may be that of a key with this hash.
#[inline]
fn candidate(slot: u32, hash: u64, item_mask: u32) -> Option<u32> {
    (slot & !item_mask == tag(hash, item_mask)).then(|| (slot & item_mask).wrapping_sub(1))
}

/// Which items are the first to begin where they do: a bit for each.
struct Distinct(Vec<u64>);

impl Distinct {
    fn of(items: &impl Keyed) -> Self {
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let end = (0..count).map(|item| items.position(item)).max().map_or(0, |last| last + 1);
        let (mut begun, mut distinct) = (vec![0; end.div_ceil(64)], vec![0; items.len().div_ceil(64)]);
        for item in 0..count {
            if set(&mut begun, items.position(item)) {
                set(&mut distinct, item as usize);
            }
        }
        Self(distinct)
    }

    fn contains(&self, item: u32) -> bool {
        let item = item as usize;
        self.0.get(item / 64).is_some_and(|word| word >> (item % 64) & 1 == 1)
    }
}

/// Sets a bit, and tells whether it was not.
fn set(bits: &mut [u64], at: usize) -> bool {
    let Some(word) = bits.get_mut(at / 64) else { return false };
    let (before, bit) = (*word, 1 << (at % 64));
    *word |= bit;
    before & bit == 0
}

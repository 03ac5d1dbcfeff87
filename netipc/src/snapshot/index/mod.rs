//! Where the item with a key is: one of two open-addressed tables of places. The other one has no memory.
//!
//! What is indexed comes from a provider that may mean harm. Building takes time linear in the payload, and a lookup
//! looks at a bounded number of slots and of items, whatever the keys:
//!
//! - a quick hash comes first. Keys that crowd under it, by chance or on purpose, have the index built once more with
//!   a keyed hash, of which a provider does not know the key;
//! - where a few keys collide under the quick hash by chance, its secret is drawn again, a bounded number of times;
//! - hashing and comparing read at most some times as many bytes as the payload has, in sum over all keys. They could read
//!   more only if keys share bytes: entries that are the same item count once, and what is still too much is refused.

mod distinct;
mod hashing;
mod table;
#[cfg(test)]
mod tests;

use std::hash::Hash;
use std::mem;

use distinct::Distinct;
use hashing::{Hashing, string_bytes};
use table::{Crowded, Patience, Table, Wanted};

/// Items of a payload that lives for `'p`, and their keys.
pub(super) trait Keyed<'p>: Copy {
    /// One of them.
    type Item: Copy;

    /// What it is looked up by.
    type Key<'k>: Copy + Hash;

    /// The item that is there; none where a place ends before it starts. Items that begin at one place have one key.
    fn item(self, place: Place) -> Option<Self::Item>;

    /// Its key.
    fn key(self, item: Self::Item) -> Self::Key<'p>;

    /// Whether it has this key.
    fn has_key(self, item: Self::Item, key: Self::Key<'_>) -> bool;
}

/// First byte of an item in its payload, and the byte after it.
#[derive(Clone, Copy, Debug)]
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
    /// By a quick hash. Of nothing, if too many keys crowd under it.
    quick: Table,
    /// By a keyed hash, then. Of nothing otherwise.
    keyed: Table,
    hashing: Hashing,
    /// What was good enough last: so many slots, and so many items that are displaced in them.
    accepted: (usize, u32),
}

/// How often the quick hash is drawn again at most.
const DRAWS: u32 = 16;

/// Bytes of a payload whose items may be indexed so often.
const SHORT: usize = 64 << 10;

/// Under the quick hash. By chance so many slots are never taken: at half load, of ten million keys about one finds 100.
const QUICK: Patience = Patience { taken: 256, compared: 8 };

/// Under the keyed hash, which a provider cannot foresee.
const KEYED: Patience = Patience { taken: u32::MAX, compared: u32::MAX };

/// Why an index is not complete.
enum Incomplete {
    /// Too many keys collide.
    Crowded,
    /// Their keys have more bytes than the payload.
    Shared,
}

impl From<Crowded> for Incomplete {
    fn from(_: Crowded) -> Self {
        Self::Crowded
    }
}

impl Index {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self { quick: Table::new(), keyed: Table::new(), hashing: Hashing::new(), accepted: (0, 0) }
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.quick.heap_bytes() + self.keyed.heap_bytes()
    }

    /// Indexes the items at these places and forgets those before; of two with the same key it finds the first.
    /// `payload` is the number of bytes that hold them.
    pub(super) fn rebuild<'p>(
        &mut self,
        items: impl Keyed<'p>,
        places: &(impl ExactSizeIterator<Item = Place> + Clone),
        payload: usize,
    ) -> Result<(), SharedKeys> {
        let mut is_keyed = false;
        let mut distinct = None;
        let mut draws = 0;
        loop {
            match self.try_rebuild(items, places.clone(), payload, is_keyed, distinct.as_ref()) {
                Ok(()) if payload > SHORT || self.is_fair(draws) => {
                    self.accepted = (self.quick.slots.len(), self.quick.displaced());
                    return Ok(());
                }
                Ok(()) => {
                    self.hashing.draw();
                    draws += 1;
                }
                Err(Incomplete::Crowded) => is_keyed = true,
                Err(Incomplete::Shared) if distinct.is_none() => {
                    distinct = Some(Distinct::of(places.clone()));
                }
                Err(Incomplete::Shared) => {
                    self.quick.clear(0);
                    self.keyed.clear(0);
                    return Err(SharedKeys { payload });
                }
            }
        }
    }

    /// Whether the quick hash, which was drawn again so many times, is good enough for its items: the fewer are displaced,
    /// the fewer lookups search. Less is asked of it with each draw, and no more than last time if there are as many slots.
    fn is_fair(&self, draws: u32) -> bool {
        let (slots, displaced) = self.accepted;
        let last = if slots == self.quick.slots.len() { displaced } else { 0 };
        !self.quick.is_small() || draws >= DRAWS || self.quick.displaced() <= last.max(draws / 4)
    }

    fn try_rebuild<'p>(
        &mut self,
        items: impl Keyed<'p>,
        places: impl ExactSizeIterator<Item = Place>,
        payload: usize,
        is_keyed: bool,
        distinct: Option<&Distinct>,
    ) -> Result<(), Incomplete> {
        let (table, unused, patience) = if is_keyed {
            (&mut self.keyed, &mut self.quick, KEYED)
        } else {
            (&mut self.quick, &mut self.keyed, QUICK)
        };
        if table.is_empty() {
            // Its memory serves as well.
            mem::swap(table, unused);
        }
        unused.clear(0);
        table.clear(places.len());
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
            let hash = if is_keyed { self.hashing.keyed(key) } else { self.hashing.quick(key) };
            table.insert(items, place, &Wanted { key, hash }, patience)?;
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
        let hash = self.hashing.quick(key);
        match self.quick.first(hash) {
            Some(slot) if slot.has_tag_of(hash) => {
                let found = slot.item(items, key);
                if found.is_some() {
                    return found;
                }
            }
            Some(slot) if slot.is_free() => return None,
            _ => {}
        }
        self.find_further(items, Wanted { key, hash })
    }

    /// The same, where the first slot has another key or there is none. Apart, so that a caller's loop is short and has no
    /// loop inside.
    #[cold]
    #[inline(never)]
    fn find_further<'p, I: Keyed<'p>>(&self, items: I, wanted: Wanted<I::Key<'_>>) -> Option<I::Item> {
        if self.keyed.is_empty() {
            return self.quick.find(items, &wanted, QUICK);
        }
        let hash = self.hashing.keyed(wanted.key);
        self.keyed.find(items, &Wanted { hash, ..wanted }, KEYED)
    }
}

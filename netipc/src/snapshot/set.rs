//! One published data set.

use std::fmt;
use std::marker::PhantomData;

use netipc_codec::{Items, Snapshot, WireMessage};

use super::index::{Index, Keyed, Place, SharedKeys};
use super::memory::clear;

/// A snapshot as it came, and where its items are. Two allocations, however many items there are.
pub(super) struct Set<S> {
    payload: Payload<S>,
    index: Index,
    pub(super) generation: Option<u64>,
}

impl<S: Snapshot> Set<S> {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self { payload: Payload::new(), index: Index::new(), generation: None }
    }

    /// Takes a copy of a payload that was checked, in place of what was there. After an error the set is of no use,
    /// until it is filled again.
    pub(super) fn fill(&mut self, payload: &[u8]) -> Result<(), SharedKeys> {
        self.payload.fill(payload);
        self.generation = S::generation(self.view());
        self.index.rebuild(&self.payload, &self.payload.places(), payload.len())
    }

    /// Whether there has been a snapshot.
    pub(super) const fn is_filled(&self) -> bool {
        !self.payload.bytes.is_empty()
    }

    pub(super) fn view(&self) -> S::View<'_> {
        self.payload.view()
    }

    #[inline]
    pub(super) fn items(&self) -> Items<'_, S::Item> {
        S::items(self.payload.view())
    }

    #[allow(
        clippy::inline_always,
        reason = "in a loop of lookups most of what it reads is the same each time"
    )]
    #[inline(always)]
    pub(super) fn get(&self, key: S::Key<'_>) -> Option<<S::Item as WireMessage>::View<'_>> {
        self.index.find(&self.payload, key)
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.payload.bytes.capacity() + self.index.heap_bytes()
    }
}

impl<S: Snapshot> fmt::Debug for Set<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Set")
            .field("items", &self.items().len())
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// A copy of a payload that was checked. Empty before the first success, which is how an empty message reads, too.
struct Payload<S> {
    bytes: Vec<u8>,
    snapshot: PhantomData<fn() -> S>,
}

impl<S: Snapshot> Payload<S> {
    const fn new() -> Self {
        Self { bytes: Vec::new(), snapshot: PhantomData }
    }

    fn fill(&mut self, payload: &[u8]) {
        clear(&mut self.bytes, payload.len());
        self.bytes.extend_from_slice(payload);
    }

    #[inline]
    fn view(&self) -> S::View<'_> {
        S::view(&self.bytes)
    }

    /// Where its items are.
    fn places(&self) -> impl ExactSizeIterator<Item = Place> + Clone {
        let items = S::items(self.view());
        let narrow = |at: usize| u32::try_from(S::LAYOUT.header_len.saturating_add(at)).unwrap_or(u32::MAX);
        (0..items.len()).map(move |item| {
            let range = items.range(item).unwrap_or_default();
            Place { start: narrow(range.start), end: narrow(range.end) }
        })
    }
}

impl<'p, S: Snapshot> Keyed<'p> for &'p Payload<S> {
    type Item = <S::Item as WireMessage>::View<'p>;
    type Key<'k> = S::Key<'k>;

    #[inline]
    fn item(self, place: Place) -> Option<Self::Item> {
        let bytes = self.bytes.get(place.start as usize..place.end as usize)?;
        // None is shorter. To say so here is less work than a view that has to be ready for it.
        (bytes.len() >= S::Item::LAYOUT.header_len).then(|| S::Item::view(bytes))
    }

    #[inline]
    fn key(self, item: Self::Item) -> S::Key<'p> {
        S::key(item)
    }

    #[allow(clippy::inline_always, reason = "it is most of what a lookup does")]
    #[inline(always)]
    fn has_key(self, item: Self::Item, key: S::Key<'_>) -> bool {
        S::has_key(item, key)
    }
}

#[cfg(test)]
mod tests {
    use netipc_codec::Encode;

    use super::*;
    use crate::{WireMessage as Message, WireString};

    /// All units of this host.
    #[derive(Message)]
    #[wire(crate = crate, method = 0x8130, header = 4, snapshot(items = units, key = name))]
    pub(super) struct Units {
        #[wire(count_at = 0, directory = free)]
        pub(super) units: Vec<Unit>,
    }

    /// One that is nothing but its name: where that ends, the item does.
    #[derive(Message)]
    #[wire(crate = crate, key = nul_terminated)]
    pub(super) struct Unit {
        pub(super) name: WireString,
    }

    #[test]
    fn items_that_are_only_a_string_are_found_and_end_where_they_do() {
        let names = ["a.service", "b.service", "", "a"];
        let units = names.map(|name| Unit { name: name.into() }).into();
        let units = Units { units };
        let mut bytes = vec![0; units.encoded_len()];
        units.encode(&mut bytes).expect("it has the right length");
        let mut set = Set::<Units>::new();
        set.fill(&bytes).expect("no name shares bytes");
        for name in names {
            assert_eq!(set.get(name.as_bytes()).expect("it is there").name(), name);
        }
        assert!(set.get(b"b").is_none());
    }
}

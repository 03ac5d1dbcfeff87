//! One published data set.

use std::fmt;
use std::marker::PhantomData;

use netipc_codec::{Items, Snapshot, WireMessage};

use super::index::{Index, Keyed, SharedKeys};
use super::memory::clear;

/// A snapshot as it came, and where its items are. Three allocations, however many items there are.
pub(super) struct Set<S> {
    /// Checked. Empty before the first success, which is how an empty message reads, too.
    payload: Vec<u8>,
    /// First byte and end of each item in it, for lookups: less to do than what the message says of it.
    places: Vec<(u32, u32)>,
    index: Index,
    pub(super) generation: Option<u64>,
    snapshot: PhantomData<fn() -> S>,
}

impl<S: Snapshot> Set<S> {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self {
            payload: Vec::new(),
            places: Vec::new(),
            index: Index::new(),
            generation: None,
            snapshot: PhantomData,
        }
    }

    /// Takes a copy of a payload that was checked, in place of what was there. After an error the set is of no use,
    /// until it is filled again.
    pub(super) fn fill(&mut self, payload: &[u8]) -> Result<(), SharedKeys> {
        clear(&mut self.payload, payload.len());
        self.payload.extend_from_slice(payload);
        self.generation = S::generation(self.view());
        let items = S::items(S::view(payload));
        clear(&mut self.places, items.len());
        let narrow = |at: usize| u32::try_from(S::LAYOUT.header_len.saturating_add(at)).unwrap_or(u32::MAX);
        self.places.extend((0..items.len()).map(|item| {
            let range = items.range(item).unwrap_or_default();
            (narrow(range.start), narrow(range.end))
        }));
        self.index.rebuild(&Source::<S>(items), payload.len())
    }

    /// Whether there has been a snapshot.
    pub(super) const fn is_filled(&self) -> bool {
        !self.payload.is_empty()
    }

    pub(super) fn view(&self) -> S::View<'_> {
        S::view(&self.payload)
    }

    #[inline]
    pub(super) fn items(&self) -> Items<'_, S::Item> {
        S::items(S::view(&self.payload))
    }

    #[allow(
        clippy::inline_always,
        reason = "in a loop of lookups most of what it reads is the same each time"
    )]
    #[inline(always)]
    pub(super) fn get(&self, key: S::Key<'_>) -> Option<<S::Item as WireMessage>::View<'_>> {
        self.index.find(&key, |item| {
            let (start, end) = *self.places.get(item as usize)?;
            let item = S::Item::view(self.payload.get(start as usize..end as usize)?);
            S::has_key(item, key).then_some(item)
        })
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let places = self.places.capacity() * size_of::<(u32, u32)>();
        self.payload.capacity() + places + self.index.heap_bytes()
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

/// The items of a payload, to be indexed.
struct Source<'a, S: Snapshot>(Items<'a, S::Item>);

impl<S: Snapshot> Keyed for Source<'_, S> {
    type Key<'k>
        = S::Key<'k>
    where
        Self: 'k;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, item: u32) -> Option<S::Key<'_>> {
        self.0.get(item as usize).map(S::key)
    }

    fn has_key(&self, item: u32, key: S::Key<'_>) -> bool {
        self.0.get(item as usize).is_some_and(|item| S::has_key(item, key))
    }

    fn position(&self, item: u32) -> usize {
        self.0.range(item as usize).map_or(0, |range| range.start)
    }
}

//! One published data set.

use std::fmt;
use std::marker::PhantomData;

use netipc_codec::{Items, Snapshot, WireMessage};

use super::index::{Index, Keyed, SharedKeys};

/// A snapshot as it came, and where its items are. Two allocations, however many items there are.
pub(super) struct Set<S> {
    /// Checked. Empty before the first success, which is how an empty message reads, too.
    payload: Vec<u8>,
    index: Index,
    pub(super) generation: Option<u64>,
    snapshot: PhantomData<fn() -> S>,
}

impl<S: Snapshot> Set<S> {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self { payload: Vec::new(), index: Index::new(), generation: None, snapshot: PhantomData }
    }

    /// Takes a copy of a payload that was checked, in place of what was there. After an error the set is of no use,
    /// until it is filled again.
    pub(super) fn fill(&mut self, payload: &[u8]) -> Result<(), SharedKeys> {
        if self.payload.capacity() / 4 > payload.len() {
            self.payload = Vec::new();
        }
        self.payload.clear();
        self.payload.extend_from_slice(payload);
        self.generation = S::generation(self.view());
        self.index.rebuild(&Source::<S>(S::items(S::view(payload))), payload.len())
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

    #[inline]
    pub(super) fn get(&self, key: S::Key<'_>) -> Option<<S::Item as WireMessage>::View<'_>> {
        let items = self.items();
        self.index.find(&key, |item| items.get(item as usize).filter(|item| S::has_key(*item, key)))
    }

    /// Bytes that it has on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.payload.capacity() + self.index.heap_bytes()
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
        self.0.position(item as usize).unwrap_or_default()
    }
}

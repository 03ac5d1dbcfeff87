//! What a reader sees, for as long as it looks.

use std::fmt;
use std::sync::Arc;

use netipc_codec::{Items, Snapshot, WireMessage};

use super::set::Set;

/// The snapshot that was the last good one when [`SnapshotCache::read`](crate::SnapshotCache::read) gave this guard. It
/// stays what it is for as long as the guard lives, whatever is refreshed meanwhile; it holds up no refresh. Its
/// memory is given back with the last guard, unless it still is published, or was so just before: the next refresh uses
/// that again.
///
/// Everything here is memory only: no lock, no system call, no allocation. Lookups and iteration give views that borrow
/// the guard; `to_owned` on an item makes a copy that outlives it. Before the first success the guard is of an empty
/// snapshot.
///
/// ```
/// use netipc::messages::{Cgroup, CgroupsSnapshot};
/// use netipc::CacheGuard;
///
/// /// The path of a cgroup, by hash and name.
/// fn path_of(guard: &CacheGuard<CgroupsSnapshot>, hash: u32, name: &str) -> Option<Cgroup> {
///     Some(guard.get((hash, name.as_bytes()))?.to_owned())
/// }
/// ```
///
/// Contract: `docs/contract/snapshot.md`.
pub struct CacheGuard<S>(arc_swap::Guard<Arc<Set<S>>>);

impl<S: Snapshot> CacheGuard<S> {
    pub(super) const fn new(set: arc_swap::Guard<Arc<Set<S>>>) -> Self {
        Self(set)
    }

    /// The item with this key; of two, the first. The key is the value of the message's key field, or a tuple of them in
    /// the order in which its `snapshot(key = (…))` names them; strings are `&[u8]`.
    ///
    /// Takes the same time whatever the number of items.
    #[must_use]
    #[allow(clippy::inline_always, reason = "what a caller's loop does not change is read once")]
    #[inline(always)]
    pub fn get(&self, key: S::Key<'_>) -> Option<<S::Item as WireMessage>::View<'_>> {
        self.0.get(key)
    }

    /// All items, in the provider's order, those with equal keys included.
    #[must_use]
    #[inline]
    pub fn items(&self) -> Items<'_, S::Item> {
        self.0.items()
    }

    /// How many items there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole message, for the fields beside the list.
    #[must_use]
    #[inline]
    pub fn view(&self) -> S::View<'_> {
        self.0.view()
    }

    /// What tells this snapshot from the one before; `None` if the message has no such field, and before the first
    /// success.
    #[must_use]
    #[inline]
    pub fn generation(&self) -> Option<u64> {
        self.0.generation
    }

    /// Whether there was a success when this guard was given. An empty snapshot is one.
    #[must_use]
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.0.is_filled()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

impl<S: Snapshot> fmt::Debug for CacheGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheGuard")
            .field("items", &self.len())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

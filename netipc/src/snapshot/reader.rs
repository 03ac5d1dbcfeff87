//! Reading in other threads than the one that refreshes.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use netipc_codec::Snapshot;

use super::guard::CacheGuard;
use super::set::Set;

/// Reads what a [`SnapshotCache`](crate::SnapshotCache) has published, from any thread. All clones read the same; a
/// refresh shows in all of them at once. It outlives the cache and then goes on to read what was published last.
///
/// ```
/// use std::thread;
/// use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest};
/// use netipc::{ClientConfig, Endpoint, SnapshotCache};
///
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
/// let cache = SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(endpoint, ClientConfig::default());
/// let reader = cache.reader();
/// let lookups = thread::spawn(move || reader.read().get((0xe4f3_9f2b, b"web")).is_some());
/// assert!(!lookups.join().expect("it does not panic"), "nothing was refreshed yet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: `docs/contract/snapshot.md`.
pub struct CacheReader<S>(Arc<ArcSwap<Set<S>>>);

impl<S: Snapshot> CacheReader<S> {
    pub(super) fn new() -> Self {
        Self(Arc::new(ArcSwap::from_pointee(Set::new())))
    }

    /// The snapshot of the last refresh that succeeded, for as long as the guard lives. Costs a few nanoseconds: take one
    /// for a loop, not one for each lookup.
    #[must_use]
    #[inline]
    pub fn read(&self) -> CacheGuard<S> {
        CacheGuard::new(self.0.load())
    }

    /// Whether a refresh has ever succeeded. No system call.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load().is_filled()
    }

    /// Shows `next` to all readers, and gives what they saw before.
    pub(super) fn publish(&self, next: Arc<Set<S>>) -> Arc<Set<S>> {
        self.0.swap(next)
    }
}

impl<S> Clone for CacheReader<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Snapshot> fmt::Debug for CacheReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheReader").field(&*self.0.load()).finish()
    }
}

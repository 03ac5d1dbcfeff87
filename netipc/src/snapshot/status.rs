//! Where a cache stands.

use std::time::Instant;

use crate::ClientStatus;

/// What a refresh that succeeded has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Readers see the new snapshot.
    Replaced,
    /// The provider has the snapshot that readers see already, by its generation
    /// ([`CacheConfig::skip_unchanged`](crate::CacheConfig::skip_unchanged)).
    Unchanged,
}

/// Where a cache stands, and what it has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStatus {
    /// The connection, with its state and counters.
    pub connection: ClientStatus,
    /// Items of the published snapshot.
    pub items: usize,
    /// Its generation, where the message names one.
    pub generation: Option<u64>,
    /// Refreshes that succeeded.
    pub refreshes: u64,
    /// Refreshes that failed.
    pub failures: u64,
    /// When the last one succeeded.
    pub last_success: Option<Instant>,
    /// Bytes that the published snapshot has on the heap: its payload and the index. Besides, the cache keeps the memory
    /// of the one before for the next.
    pub heap_bytes: usize,
}

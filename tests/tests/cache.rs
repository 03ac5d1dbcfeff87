//! The snapshot cache over real sockets. Contract: docs/contract/snapshot.md.

mod common;

#[path = "cache/guards.rs"]
mod guards;
#[path = "cache/hostile.rs"]
mod hostile;
#[path = "cache/lookups.rs"]
mod lookups;
#[path = "cache/provider.rs"]
mod provider;
#[path = "cache/refreshes.rs"]
mod refreshes;

//! The snapshot cache over real sessions. Contract: docs/contract/snapshot.md.

mod guards;
mod hostile;
mod lookups;
mod provider;
mod refreshes;

//! The contract's messages: derived structs, nothing else. Contract: `docs/contract/messages.md`.
//!
//! They need the codec alone; `tests/no-std` builds this folder without std.

mod cgroups_snapshot;
mod increment;
mod string_reverse;

pub use cgroups_snapshot::*;
pub use increment::*;
pub use string_reverse::*;

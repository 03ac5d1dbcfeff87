//! The contract's messages: derived structs, nothing else. Contract: `docs/contract/messages.md`.
//!
//! They need the codec alone; `tests/no-std` builds this folder without std.

mod apps_lookup;
mod cgroups_lookup;
mod cgroups_snapshot;
mod increment;
mod ip_to_asn;
mod label;
mod orchestrator;
mod pid_traffic;
mod string_reverse;

pub use apps_lookup::*;
pub use cgroups_lookup::*;
pub use cgroups_snapshot::*;
pub use increment::*;
pub use ip_to_asn::*;
pub use label::*;
pub use orchestrator::*;
pub use pid_traffic::*;
pub use string_reverse::*;

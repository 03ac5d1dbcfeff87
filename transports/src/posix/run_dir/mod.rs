//! A run directory as a whole: what lies in it, and whose that is.
//!
//! Contract: `docs/contract/posix.md`, "Names", "Taking over" and "Left-behind regions".

mod clean;
mod inventory;
mod lock;
mod probe;
#[cfg(not(target_os = "linux"))]
#[path = "no_regions.rs"]
mod regions;
#[cfg(target_os = "linux")]
mod regions;

pub use clean::{Cleaned, Outcome};
pub use inventory::{Doubt, FileState, Foreign, Inventory, RunFile, RunFileKind};
pub(crate) use lock::{DirectoryLock, NotLocked};
pub(crate) use probe::{Probe, probe};

//! Shared memory: the profile SHM_HYBRID.
//!
//! ```text
//! sessions ── link ─┬─ create ── leftovers ── name, owner   a region's file
//!                   ├─ attach
//!                   ├─ peer                                 what the socket tells
//!                   ├─ wait                                 futexes
//!                   ├─ attendance                           who watches a server's sockets
//!                   └─ region ─┬─ mapping ── registry ── slot
//!                              └─ header                    what lies where
//! guard ── registry                                         surviving SIGBUS
//! ```
//!
//! What is the same on Windows is in [`crate::shm`].
//!
//! Contract: `docs/contract/posix.md`, "Shared memory".

mod attach;
mod attendance;
mod create;
mod guard;
mod header;
mod leftovers;
mod link;
mod mapping;
mod name;
mod owner;
mod peer;
mod region;
mod registry;
mod sessions;
mod slot;
mod wait;

pub(crate) use attendance::Attendance;
pub(crate) use create::create;
pub use guard::guard_against_truncation;
pub use header::RegionHeader;
pub(crate) use leftovers::{Judged, Verdict, judge, sweep};
pub(crate) use link::Side;
pub(crate) use name::service_and_session;
pub(crate) use region::Region;

//! Shared memory: the profile SHM_HYBRID.
//!
//! ```text
//! sessions                                      who gets a region
//! link ─┬─ create ── leftovers ── name, owner   a region's file
//!       ├─ attach
//!       ├─ publication                          the protocol, without I/O
//!       ├─ peer                                 what the socket tells
//!       ├─ wait                                 futexes
//!       ├─ attendance                           who watches a server's sockets
//!       └─ region ─┬─ mapping ── registry       the only place that touches shared bytes
//!                  └─ geometry ── header        what lies where
//! guard ── registry                             surviving SIGBUS
//! ```
//!
//! Contract: `docs/contract/posix.md`, "Shared memory".

mod attach;
mod attendance;
mod create;
mod geometry;
mod guard;
mod header;
mod leftovers;
mod link;
mod mapping;
mod name;
mod owner;
mod peer;
mod publication;
mod region;
mod registry;
mod sessions;
mod wait;

pub(crate) use attendance::Attendance;
pub(crate) use create::create;
pub use guard::guard_against_truncation;
pub use header::RegionHeader;
pub(crate) use leftovers::{Judged, Verdict, judge, sweep};
pub(crate) use link::Shm;
pub(crate) use name::service_and_session;
pub(crate) use region::Region;

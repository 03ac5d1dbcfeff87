//! Shared memory: the profile SHM_HYBRID.
//!
//! ```text
//! link ─┬─ create ── leftovers ── name, owner   a region's file
//!       ├─ attach
//!       ├─ publication                          the protocol, without I/O
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
mod error;
mod geometry;
mod guard;
mod header;
mod leftovers;
mod link;
mod mapping;
mod name;
mod owner;
mod publication;
mod region;
mod registry;
mod wait;

pub(crate) use attendance::{Attendance, Seat};
pub(crate) use create::create;
pub use error::{AttachError, CreateError, RegionFault};
pub use guard::guard_against_truncation;
pub use header::RegionHeader;
pub(crate) use leftovers::sweep;
pub(crate) use link::Shm;
pub(crate) use region::Region;

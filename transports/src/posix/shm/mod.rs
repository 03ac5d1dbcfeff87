//! Shared memory: the profile SHM_HYBRID.
//!
//! ```text
//! link ─┬─ create ── leftovers ── name      a region's file
//!       ├─ attach
//!       ├─ publication                      the protocol, without I/O
//!       ├─ wait                             futexes
//!       ├─ attendance                       who watches a server's sockets
//!       └─ region ── mapping                the only place that touches shared bytes
//!               └── geometry ── header      what lies where
//! ```
//!
//! Contract: `docs/contract/posix.md`, "Shared memory".

mod attach;
mod attendance;
mod create;
mod error;
mod geometry;
mod header;
mod leftovers;
mod link;
mod mapping;
mod name;
mod owner;
mod publication;
mod region;
mod wait;

pub(crate) use attendance::{Attendance, Seat};
pub(crate) use create::create;
pub use error::{AttachError, CreateError, RegionFault};
pub use header::RegionHeader;
pub(crate) use leftovers::sweep;
pub(crate) use link::Shm;
pub(crate) use region::Region;

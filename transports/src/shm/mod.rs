//! Shared memory: what is the same wherever there is any, and its errors, which all platforms know.
//!
//! ```text
//! link ─┬─ publication    the protocol, without I/O
//!       └─ geometry       what lies where
//! bytes                   the only place that touches shared bytes
//! ```
//!
//! How memory is shared, and how a side waits, is the platform's: what it implements is [`Sharing`].

#[cfg(any(target_os = "linux", windows))]
mod bytes;
mod error;
#[cfg(any(target_os = "linux", windows))]
mod geometry;
#[cfg(any(target_os = "linux", windows))]
mod link;
#[cfg(any(target_os = "linux", windows))]
mod publication;

#[cfg(any(target_os = "linux", windows))]
pub(crate) use bytes::SharedBytes;
pub use error::{AttachError, CreateError, RegionFault};
#[cfg(any(target_os = "linux", windows))]
pub(crate) use geometry::{Area, Direction, Geometry, Layout};
#[cfg(any(target_os = "linux", windows))]
pub(crate) use link::{Peer, Sharing, Shm, Waited, attaching_failed};
#[cfg(windows)]
pub(crate) use publication::Announced;
#[cfg(any(target_os = "linux", windows))]
pub(crate) use publication::Sequence;
#[cfg(all(test, target_os = "linux"))]
pub(crate) use publication::testing;
#[cfg(target_os = "linux")]
pub(crate) use publication::{Fence, Look, Signalled, Word};

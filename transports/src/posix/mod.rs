//! What POSIX brings: packets over Unix domain sockets of type `SOCK_SEQPACKET`.
//!
//! Contract: `docs/contract/posix.md`.

mod address;
mod alarm;
mod connect;
mod cpus;
mod credentials;
mod file_id;
mod link;
mod listener;
mod shm;
mod socket;
pub(crate) mod sys;
mod timeout;
mod uds;

pub(crate) use address::{SUN_PATH_MAX, address};
pub(crate) use connect::Dialing;
pub(crate) use credentials::peer_credentials;
pub(crate) use link::PosixLink;
pub use listener::{AcceptError, ListenError, Listener};
pub use shm::{AttachError, CreateError, RegionFault, RegionHeader, guard_against_truncation};
pub(crate) use socket::SocketRef;
pub(crate) use uds::Uds;

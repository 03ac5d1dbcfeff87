//! What POSIX brings: packets over Unix domain sockets of type `SOCK_SEQPACKET`.
//!
//! Contract: `docs/contract/posix.md`.

mod address;
mod connect;
mod credentials;
mod listener;
mod socket;
mod timeout;

pub(crate) use address::{SUN_PATH_MAX, address};
pub(crate) use connect::connect;
pub(crate) use credentials::peer_credentials;
pub use listener::{AcceptError, ListenError, Listener};
pub(crate) use socket::{SocketRef, Uds};

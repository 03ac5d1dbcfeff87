//! What Windows brings: packets over named pipes in message mode.
//!
//! ```text
//! listener ─┬─ instance       a server's end of a pipe, before it is a session's
//! connect ──┤
//! link ─────┴─ pipe ─┬─ connection ─── sys   a session's pipe, which any thread may end
//!                    └─ failure
//! windows_session                            whether there is shared memory between two processes
//! inventory ─── name                         what pipes and regions are called, and which there are
//! ```
//!
//! Contract: `docs/contract/windows.md`.

mod connect;
mod connection;
mod cpus;
mod failure;
mod inventory;
mod link;
mod listener;
mod name;
mod pipe;
mod shm;
mod sys;
mod windows_session;

pub(crate) use connect::Dialing;
pub(crate) use connection::ConnectionRef;
pub use inventory::{Inventory, PipeState, ServedPipe};
pub(crate) use link::WindowsLink as PlatformLink;
pub use listener::Listener;
pub(crate) use name::name;
pub(crate) use pipe::Pipe as Baseline;
pub(crate) use shm::{Region, create_region};

/// The name of an endpoint's pipe.
pub(crate) type Name = String;

/// A user, as Windows writes it.
pub(crate) type User = String;

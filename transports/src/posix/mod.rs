//! What POSIX brings: packets over Unix domain sockets of type `SOCK_SEQPACKET`, and on Linux shared memory.
//!
//! Linux is the one that is run; what other systems have instead is in `bsd`, and in `sys/bsd.rs`.
//!
//! Contract: `docs/contract/posix.md`.

mod address;
#[cfg(not(target_os = "linux"))]
mod bsd;
mod connect;
mod credentials;
mod file_id;
mod link;
#[cfg(target_os = "linux")]
mod linux;
mod listener;
mod run_dir;
#[cfg(target_os = "linux")]
mod shm;
mod socket;
pub(crate) mod sys;
mod timeout;
mod uds;

pub(crate) use address::{SUN_PATH_MAX, address};
#[cfg(not(target_os = "linux"))]
use bsd::{Alarm, Readiness, several_cpus, shm};
pub(crate) use connect::Dialing;
pub(crate) use credentials::peer_credentials;
pub(crate) use link::PosixLink;
#[cfg(target_os = "linux")]
use linux::{Alarm, Readiness, several_cpus};
pub use listener::{AcceptError, ListenError, Listener, Misfit};
pub use run_dir::{Cleaned, Doubt, FileState, Foreign, Inventory, Outcome, RunFile, RunFileKind};
#[cfg(target_os = "linux")]
pub use shm::{RegionHeader, guard_against_truncation};
pub(crate) use socket::SocketRef;
pub(crate) use uds::Uds;

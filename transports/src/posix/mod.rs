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
mod maker;
mod own_name;
mod run_dir;
#[cfg(target_os = "linux")]
mod shm;
mod socket;
pub(crate) mod sys;
mod timeout;
mod uds;

pub(crate) use address::name;
#[cfg(not(target_os = "linux"))]
use bsd::{Alarm, Readiness, several_cpus, shm};
pub(crate) use connect::Dialing;
pub(crate) use link::PosixLink as PlatformLink;
#[cfg(target_os = "linux")]
use linux::{Alarm, Readiness, several_cpus};
pub use listener::Listener;
pub use run_dir::{Cleaned, Doubt, FileState, Foreign, Inventory, Outcome, RunFile, RunFileKind};
pub(crate) use shm::Region;
#[cfg(target_os = "linux")]
pub use shm::{RegionHeader, guard_against_truncation};
pub(crate) use socket::SocketRef as ConnectionRef;
pub(crate) use uds::Uds as Baseline;

use std::path::PathBuf;

use crate::{Agreed, CreateError, Endpoint, ListenOptions};

/// The path of an endpoint's socket.
pub(crate) type Name = PathBuf;

/// A user ID.
pub(crate) type User = u32;

/// Makes the region of a session that was agreed.
pub(crate) fn create_region(
    endpoint: &Endpoint,
    _options: &ListenOptions,
    agreed: &Agreed,
) -> Result<Region, CreateError> {
    let Agreed { session_id, max_request_payload_bytes, max_response_payload_bytes, .. } = *agreed;
    shm::create(endpoint, session_id, max_request_payload_bytes, max_response_payload_bytes)
}

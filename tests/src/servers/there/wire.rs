//! How what `netipc_transport` has is told to another process.
//!
//! serde's remote derives write down what a type has once more; one that has more than this is not compiled, or for an
//! error is not told.
#![allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes all by reference")]

use std::fmt::Display;
use std::io;
use std::time::Duration;

use netipc_transport::{
    AcceptError, Credentials, Deadline, Limit, ListenOptions, MessageHeader, Profiles, ReceiveError,
    SendError, Status, Waiting,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A deadline: how long it is until then.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Wait(Option<Duration>);

impl From<Deadline> for Wait {
    fn from(deadline: Deadline) -> Self {
        Self(deadline.remaining())
    }
}

impl From<Wait> for Deadline {
    fn from(wait: Wait) -> Self {
        wait.0.map_or(Self::NEVER, Self::after)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ListenOptions")]
pub(super) struct WireListenOptions {
    auth_token: u64,
    #[serde(with = "WireProfiles")]
    supported_profiles: Profiles,
    #[serde(with = "WireProfiles")]
    preferred_profiles: Profiles,
    max_request_payload_bytes: u32,
    max_response_payload_bytes: u32,
    packet_size: u32,
    backlog: u32,
    handshake_timeout: Duration,
    max_sessions: u32,
    max_sessions_per_user: u32,
    #[serde(with = "WireWaiting")]
    waiting: Waiting,
    max_pending_handshakes: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Profiles")]
struct WireProfiles {
    #[serde(getter = "bits")]
    bits: u32,
}

fn bits(profiles: &Profiles) -> u32 {
    profiles.bits()
}

impl From<WireProfiles> for Profiles {
    fn from(wire: WireProfiles) -> Self {
        Self::from_bits(wire.bits)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Waiting")]
struct WireWaiting {
    #[serde(getter = "longest_spin")]
    longest_spin: Duration,
}

fn longest_spin(waiting: &Waiting) -> Duration {
    waiting.longest_spin()
}

impl From<WireWaiting> for Waiting {
    fn from(wire: WireWaiting) -> Self {
        Self::spin_at_most(wire.longest_spin)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Status")]
pub(super) struct WireStatus {
    #[serde(getter = "number")]
    number: u16,
}

fn number(status: &Status) -> u16 {
    status.to_wire()
}

impl From<WireStatus> for Status {
    fn from(wire: WireStatus) -> Self {
        Self::from_wire(wire.number)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Credentials")]
pub(super) struct WireCredentials {
    pid: u32,
    #[cfg(unix)]
    uid: u32,
    #[cfg(unix)]
    gid: u32,
}

/// A message's header, as it is on every wire.
pub(super) mod header {
    use super::{Deserialize, Deserializer, MessageHeader, Serialize, Serializer, de};

    pub(in super::super) fn serialize<S: Serializer>(
        header: &MessageHeader,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        header.encode().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<MessageHeader, D::Error> {
        let bytes = <[u8; MessageHeader::LEN]>::deserialize(deserializer)?;
        MessageHeader::decode(&bytes).map_err(de::Error::custom)
    }
}

/// An error of the operating system, of which the other process gets the text.
mod text {
    use super::{Deserialize, Deserializer, Display, Serializer, io};

    pub(super) fn serialize<S: Serializer>(error: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(error)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<io::Error, D::Error> {
        String::deserialize(deserializer).map(io::Error::other)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Limit")]
enum WireLimit {
    Payload { bytes: u64, limit: u32 },
    Items { count: u32, limit: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AcceptError")]
#[non_exhaustive]
pub(super) enum WireAcceptError {
    TimedOut,
    Aborted,
    Io(#[serde(with = "text")] io::Error),
}

/// Without what a client alone comes to.
#[derive(Serialize, Deserialize)]
#[serde(remote = "SendError")]
#[non_exhaustive]
pub(super) enum WireSendError {
    OverLimit(#[serde(with = "WireLimit")] Limit),
    EmptyBatch,
    Unsent,
    OutOfTurn,
    Disconnected,
    TimedOut,
    Aborted,
    SessionEnded,
    Io(#[serde(with = "text")] io::Error),
}

/// Without violations: clients of the suite, which are ours, do not break the contract.
#[derive(Serialize, Deserialize)]
#[serde(remote = "ReceiveError")]
#[non_exhaustive]
pub(super) enum WireReceiveError {
    Closed,
    Broken {
        mid_message: bool,
    },
    Overflow {
        #[serde(with = "header")]
        header: MessageHeader,
        #[serde(with = "WireLimit")]
        limit: Limit,
    },
    TimedOut,
    Aborted,
    SessionEnded,
    Io(#[serde(with = "text")] io::Error),
}

//! Where a client stands.

use std::fmt;

use netipc_transport::{Agreed, ConnectError};

/// The state of a client's connection.
///
/// Contract: `docs/contract/service.md`, "Client". The contract's CONNECTING is inside
/// [`refresh`](crate::Client::refresh), which has the client to itself, so nobody can see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientState {
    /// Nothing yet, or an attempt failed for a reason that has no state of its own.
    #[default]
    Disconnected,
    /// There is a session.
    Ready,
    /// Nobody serves the endpoint.
    NotFound,
    /// The server refuses the token.
    AuthFailed,
    /// Both sides have no version, profile or packet size in common.
    Incompatible,
    /// There was a session, and it failed.
    Broken,
}

impl ClientState {
    /// The state after an attempt that failed like this.
    pub(super) const fn after(error: &ConnectError) -> Self {
        match error {
            ConnectError::NotFound { .. } => Self::NotFound,
            ConnectError::AuthFailed { .. } => Self::AuthFailed,
            ConnectError::Incompatible { .. } => Self::Incompatible,
            _ => Self::Disconnected,
        }
    }

    /// What has to be done before a refresh connects, where it takes more than a provider that is there.
    pub(super) const fn condition(self) -> &'static str {
        match self {
            Self::AuthFailed => " once both sides have the same token",
            Self::Incompatible => " once both sides have a version, a profile and a packet size in common",
            Self::Disconnected | Self::Ready | Self::NotFound | Self::Broken => "",
        }
    }
}

impl fmt::Display for ClientState {
    /// The contract's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disconnected => "DISCONNECTED",
            Self::Ready => "READY",
            Self::NotFound => "NOT_FOUND",
            Self::AuthFailed => "AUTH_FAILED",
            Self::Incompatible => "INCOMPATIBLE",
            Self::Broken => "BROKEN",
        })
    }
}

/// Where a client stands, and what it has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientStatus {
    /// The state.
    pub state: ClientState,
    /// Sessions that were made.
    pub connects: u64,
    /// Those of them that were not the first.
    pub reconnects: u64,
    /// Calls that were made.
    pub calls: u64,
    /// Those of them that failed.
    pub errors: u64,
    /// Requests that a failure cost their session and that went to another one.
    pub retries: u64,
    /// Sessions that were made again because a message needed more than was agreed, and got it.
    pub growths: u64,
    /// Whether shared memory could not be attached and is not proposed any more.
    pub without_shared_memory: bool,
    /// What the session, if there is one, has agreed: profile, packet size, limits.
    pub session: Option<Agreed>,
}

//! Why a connection did not become a session.

use std::io;

use thiserror::Error;

use crate::envelope::{EnvelopeError, Status};
use crate::handshake::HandshakeViolation;
use crate::handshake::client::Refusal;
use crate::packets::PacketError;
use crate::{AttachError, Endpoint};

/// Why [`ClientSession::connect`](crate::ClientSession::connect) gave no session. Nothing is left behind, and trying
/// again later is always possible: the provider may have changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// There is no endpoint, or nobody listens there.
    #[error("nobody serves {endpoint}")]
    NotFound {
        /// Where.
        endpoint: Endpoint,
        /// What the OS says.
        source: io::Error,
    },
    /// The server refuses the token.
    #[error("the server at {endpoint} refuses the token")]
    AuthFailed {
        /// Where.
        endpoint: Endpoint,
    },
    /// Both sides have no version, profile or packet size in common.
    #[error("the server at {endpoint} is not compatible: {reason}")]
    Incompatible {
        /// Where.
        endpoint: Endpoint,
        /// What does not fit.
        reason: Incompatibility,
    },
    /// The server says that the proposal is too large, or that it serves as many clients as it can.
    #[error("the server at {endpoint} accepts no such large requests, or no further client")]
    LimitExceeded {
        /// Where.
        endpoint: Endpoint,
    },
    /// The server rejects the handshake for another reason.
    #[error("the server at {endpoint} rejects the handshake: {status}")]
    Rejected {
        /// Where.
        endpoint: Endpoint,
        /// The reason that it gives.
        status: Status,
    },
    /// The answer to HELLO is not what the contract says.
    #[error("the server at {endpoint} breaks the handshake")]
    Handshake {
        /// Where.
        endpoint: Endpoint,
        /// In which way.
        #[source]
        violation: HandshakeViolation,
    },
    /// The server closed the connection without an answer.
    #[error("the server at {endpoint} closed the connection during the handshake")]
    Closed {
        /// Where.
        endpoint: Endpoint,
    },
    /// No answer before the deadline; a server that does not accept connections (a full backlog) looks like this too.
    #[error("the server at {endpoint} did not answer in time")]
    TimedOut {
        /// Where.
        endpoint: Endpoint,
    },
    /// The [`Abort`](crate::Abort) was used.
    #[error("connecting to {endpoint} was aborted")]
    Aborted {
        /// Where.
        endpoint: Endpoint,
    },
    /// Shared memory was agreed, and its region cannot be used. Another connection without that profile may do better.
    #[error("cannot attach to the shared memory of a session with {endpoint}")]
    Attach {
        /// Where.
        endpoint: Endpoint,
        /// Why.
        source: AttachError,
    },
    /// Anything else.
    #[error("cannot connect to {endpoint}")]
    Io {
        /// Where.
        endpoint: Endpoint,
        /// What the OS says.
        source: io::Error,
    },
}

/// What two sides do not have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// The server answers INCOMPATIBLE: version, layout or packet size.
    #[error("it speaks another version, or no packet size can be agreed")]
    Refused,
    /// The server answers UNSUPPORTED.
    #[error("no profile in common")]
    NoCommonProfile,
    /// Only shared memory is supported, and the server is in another session of Windows: it has been sent nothing.
    #[error("shared memory does not reach the session of Windows that it is in")]
    OutOfReach,
    /// The ack has another version.
    #[error("{0}")]
    Version(EnvelopeError),
    /// The ack has a packet size that is too small to carry anything, or above the proposed one.
    #[error("a packet size of {agreed} bytes, where {proposed} were proposed")]
    PacketSize {
        /// As in the ack.
        agreed: u32,
        /// As proposed.
        proposed: u32,
    },
}

impl ConnectError {
    pub(crate) fn from_packets(error: PacketError, endpoint: &Endpoint) -> Self {
        let endpoint = endpoint.clone();
        match error {
            PacketError::Closed | PacketError::Reset => Self::Closed { endpoint },
            PacketError::TimedOut => Self::TimedOut { endpoint },
            PacketError::Aborted => Self::Aborted { endpoint },
            PacketError::Io(source) => Self::Io { endpoint, source },
        }
    }

    pub(crate) fn from_refusal(refusal: Refusal, endpoint: &Endpoint) -> Self {
        let endpoint = endpoint.clone();
        match refusal {
            Refusal::Status(Status::AuthFailed) => Self::AuthFailed { endpoint },
            Refusal::Status(Status::Incompatible) => {
                Self::Incompatible { endpoint, reason: Incompatibility::Refused }
            }
            Refusal::Status(Status::Unsupported) => {
                Self::Incompatible { endpoint, reason: Incompatibility::NoCommonProfile }
            }
            Refusal::Status(Status::LimitExceeded) => Self::LimitExceeded { endpoint },
            Refusal::Status(status) => Self::Rejected { endpoint, status },
            Refusal::Incompatible(reason) => Self::Incompatible { endpoint, reason },
            Refusal::Violation(violation) => Self::Handshake { endpoint, violation },
        }
    }

    /// Whether the same attempt may succeed later, when the provider is back or has changed; if not, one of the two
    /// programs has to change first.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Incompatible { .. } | Self::Handshake { .. } => false,
            Self::Rejected { status, .. } => matches!(status, Status::InternalError),
            Self::NotFound { .. }
            | Self::AuthFailed { .. }
            | Self::LimitExceeded { .. }
            | Self::Closed { .. }
            | Self::TimedOut { .. }
            | Self::Aborted { .. }
            | Self::Attach { .. }
            | Self::Io { .. } => true,
        }
    }

    /// The endpoint that was connected to.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        match self {
            Self::NotFound { endpoint, .. }
            | Self::AuthFailed { endpoint }
            | Self::Incompatible { endpoint, .. }
            | Self::LimitExceeded { endpoint }
            | Self::Rejected { endpoint, .. }
            | Self::Handshake { endpoint, .. }
            | Self::Closed { endpoint }
            | Self::TimedOut { endpoint }
            | Self::Attach { endpoint, .. }
            | Self::Aborted { endpoint }
            | Self::Io { endpoint, .. } => endpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn an_attempt_may_succeed_later_unless_a_program_has_to_change() {
        let endpoint = || Endpoint::new("/run/netipc", "test").unwrap();
        let source = || io::Error::from(io::ErrorKind::Other);
        let attach = || AttachError::Missing { path: PathBuf::from("region") };
        for error in [
            ConnectError::NotFound { endpoint: endpoint(), source: source() },
            ConnectError::AuthFailed { endpoint: endpoint() },
            ConnectError::LimitExceeded { endpoint: endpoint() },
            ConnectError::Rejected { endpoint: endpoint(), status: Status::InternalError },
            ConnectError::Closed { endpoint: endpoint() },
            ConnectError::TimedOut { endpoint: endpoint() },
            ConnectError::Aborted { endpoint: endpoint() },
            ConnectError::Attach { endpoint: endpoint(), source: attach() },
            ConnectError::Io { endpoint: endpoint(), source: source() },
        ] {
            assert!(error.is_transient(), "{error}");
        }
        for error in [
            ConnectError::Incompatible { endpoint: endpoint(), reason: Incompatibility::Refused },
            ConnectError::Handshake { endpoint: endpoint(), violation: HandshakeViolation::TooLong },
            ConnectError::Rejected { endpoint: endpoint(), status: Status::BadEnvelope },
            ConnectError::Rejected { endpoint: endpoint(), status: Status::Other(77) },
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }
}

//! Why a call failed.

use std::fmt;

use netipc_codec::{DecodeError, EncodeError};
use netipc_transport::{ConnectError, Endpoint, Limit, ReceiveError, SendError, Status};

use super::ClientState;
use crate::service::lookup::LookupError;

/// A call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// There is no session; nothing was sent.
    #[error("not connected to {endpoint} (state {state}); refresh() connects{}", state.condition())]
    NotReady {
        /// The service.
        endpoint: Endpoint,
        /// The client's state.
        state: ClientState,
    },
    /// The request does not become a payload; nothing was sent.
    #[error("the request cannot be encoded")]
    Encode(#[from] EncodeError),
    /// The request is larger than one of the two sides allows; nothing was sent.
    #[error(
        "the request has {bytes} bytes, {limit} are allowed; raise max_request_payload_bytes of the {side}"
    )]
    RequestTooLarge {
        /// Bytes of its payload.
        bytes: usize,
        /// Bytes that are allowed: the client's ceiling, or as many as the server has agreed to.
        limit: u32,
        /// Whose limit it is.
        side: Side,
    },
    /// More requests in a batch than the session allows; nothing was sent.
    #[error("a batch of {items} items, the session allows {limit}; raise max_request_batch_items")]
    TooManyItems {
        /// Requests of the batch.
        items: usize,
        /// Items that the session allows.
        limit: u32,
    },
    /// The response does not fit in what the session allows.
    #[error(
        "the response does not fit in the {limit} bytes that the session allows; raise the limit of the server or, if it is \
        lower, max_response_payload_bytes"
    )]
    ResponseTooLarge {
        /// Bytes that the session allows.
        limit: u32,
    },
    /// The server answers with a failure; the session has ended.
    #[error("the server answers {0}")]
    Rejected(Status),
    /// The response is not what the contract says; the session has ended.
    #[error("the response is malformed")]
    Decode(#[from] DecodeError),
    /// An item of the response is not what the contract says; the session has ended.
    #[error("item {index} of the response is malformed")]
    DecodeItem {
        /// The position of the item in the batch.
        index: u32,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The response belongs to another method; the session has ended.
    #[error("the response is for method {code}, the request was for {expected}")]
    WrongResponse {
        /// The method of the response.
        code: u16,
        /// The method of the request.
        expected: u16,
    },
    /// The response has another number of items than the request, or is a batch where the request was none, or the
    /// other way round; the session has ended.
    #[error("the response has {found} items{}, the request had {expected}", if *.batch { " in a batch" } else { "" })]
    WrongItemCount {
        /// Items of the request.
        expected: u32,
        /// Items of the response.
        found: u32,
        /// Whether the response is a batch.
        batch: bool,
    },
    /// A lookup failed as a whole; its messages travelled well.
    #[error("the lookup failed")]
    Lookup(#[from] LookupError),
    /// The request could not be sent; the session has ended.
    #[error("the request could not be sent")]
    Send(#[source] SendError),
    /// No response came; the session has ended.
    #[error("no response was received")]
    Receive(#[source] ReceiveError),
    /// The session was lost, and another one could not be made.
    #[error("the session was lost ({lost}) and could not be made again")]
    Reconnect {
        /// How the session was lost.
        lost: Box<CallError>,
        /// Why there is no new one.
        #[source]
        source: ConnectError,
    },
    /// The deadline has passed; the session has ended.
    #[error("no answer before the deadline")]
    TimedOut,
    /// The abort handle was used; the session has ended.
    #[error("aborted")]
    Aborted,
}

/// One of the two sides of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// This one.
    Client,
    /// The provider.
    Server,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Server => "server",
        })
    }
}

impl CallError {
    /// Whether the same call may succeed later, when the provider is back or has changed; if not, the request, a
    /// limit or one of the two programs has to change first.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::NotReady { .. }
            | Self::TimedOut
            | Self::Aborted
            | Self::Rejected(Status::InternalError) => true,
            Self::Send(error) => error.is_transient(),
            Self::Receive(error) => error.is_transient(),
            Self::Reconnect { source, .. } => source.is_transient(),
            Self::Lookup(error) => error.is_transient(),
            Self::Encode(_)
            | Self::RequestTooLarge { .. }
            | Self::TooManyItems { .. }
            | Self::ResponseTooLarge { .. }
            | Self::Rejected(_)
            | Self::Decode(_)
            | Self::DecodeItem { .. }
            | Self::WrongResponse { .. }
            | Self::WrongItemCount { .. } => false,
        }
    }

    /// Whether the [abort handle](crate::Client::abort_handle) was used.
    #[must_use]
    pub const fn is_abort(&self) -> bool {
        matches!(self, Self::Aborted)
    }

    /// Whether it took too long.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut)
    }

    /// What the call does about it.
    pub(super) const fn remedy(&self) -> Remedy {
        match self {
            Self::NotReady { .. } | Self::Encode(_) | Self::TooManyItems { .. } | Self::Lookup(_) => {
                Remedy::Report
            }
            Self::RequestTooLarge { bytes, .. } => Remedy::GrowRequest { bytes: *bytes },
            Self::ResponseTooLarge { .. } => Remedy::GrowResponse,
            Self::TimedOut | Self::Aborted | Self::Reconnect { .. } => Remedy::EndSession,
            Self::Rejected(_)
            | Self::Decode(_)
            | Self::DecodeItem { .. }
            | Self::WrongResponse { .. }
            | Self::WrongItemCount { .. }
            | Self::Send(_)
            | Self::Receive(_) => Remedy::Retry,
        }
    }
}

/// What a call does about a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing was sent and the session is as it was.
    Report,
    /// Nothing was sent; a session that allows so many bytes is needed.
    GrowRequest {
        /// Bytes of the request.
        bytes: usize,
    },
    /// The session is over, and one that allows larger responses is needed.
    GrowResponse,
    /// The session cannot be used any more.
    EndSession,
    /// The same, and the request goes out once more over a new one.
    Retry,
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TimedOut => Self::TimedOut,
            SendError::Aborted => Self::Aborted,
            // What a link carries may be less than what was agreed.
            SendError::OverLimit(Limit::Payload { bytes, limit }) => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                Self::RequestTooLarge { bytes, limit, side: Side::Server }
            }
            error => Self::Send(error),
        }
    }
}

impl From<ReceiveError> for CallError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::TimedOut => Self::TimedOut,
            ReceiveError::Aborted => Self::Aborted,
            ReceiveError::Overflow { limit: Limit::Payload { limit, .. }, .. } => {
                Self::ResponseTooLarge { limit }
            }
            error => Self::Receive(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use netipc_codec::WireMessage;
    use netipc_transport::{Incompatibility, MessageHeader, Violation};

    use super::*;
    use crate::messages::Increment;

    fn endpoint() -> Endpoint {
        Endpoint::new("/run/netipc", "test").expect("a short path")
    }

    fn lost(source: ConnectError) -> CallError {
        CallError::Reconnect { lost: Box::new(CallError::TimedOut), source }
    }

    #[test]
    fn a_call_may_succeed_later_unless_the_request_a_limit_or_a_program_has_to_change() {
        for error in [
            CallError::NotReady { endpoint: endpoint(), state: ClientState::NotFound },
            CallError::Rejected(Status::InternalError),
            CallError::Lookup(LookupError::GenerationChanged { field: "generation" }),
            CallError::Send(SendError::Disconnected),
            CallError::Receive(ReceiveError::Closed),
            lost(ConnectError::Closed { endpoint: endpoint() }),
            CallError::TimedOut,
            CallError::Aborted,
        ] {
            assert!(error.is_transient(), "{error}");
        }
        let malformed = Increment::check(&[]).expect_err("8 bytes are missing");
        let header = MessageHeader::request(1, 1, 2);
        for error in [
            CallError::Encode(EncodeError::Overflow { needed: 2, available: 1 }),
            CallError::RequestTooLarge { bytes: 2, limit: 1, side: Side::Server },
            CallError::TooManyItems { items: 2, limit: 1 },
            CallError::ResponseTooLarge { limit: 1 },
            CallError::Rejected(Status::Unsupported),
            CallError::Decode(malformed),
            CallError::DecodeItem { index: 0, source: malformed },
            CallError::WrongResponse { code: 2, expected: 1 },
            CallError::WrongItemCount { expected: 1, found: 2, batch: true },
            CallError::Lookup(LookupError::TooManyMessages { limit: 1 }),
            CallError::Send(SendError::DuplicateId(7)),
            CallError::Receive(Violation::UnknownMessageId(7).into()),
            CallError::Receive(ReceiveError::Overflow { header, limit: Limit::Items { count: 2, limit: 1 } }),
            lost(ConnectError::Incompatible { endpoint: endpoint(), reason: Incompatibility::Refused }),
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }
}

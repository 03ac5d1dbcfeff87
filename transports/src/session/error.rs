//! What goes wrong on a session.

use std::fmt;
use std::io;

use netipc_wire::DirectoryError;
use thiserror::Error;

use crate::envelope::{EnvelopeError, Kind, MessageHeader};

/// A limit that a message passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Too many bytes of payload.
    Payload {
        /// Bytes of the payload.
        bytes: u64,
        /// Bytes that were agreed.
        limit: u32,
    },
    /// Too many items.
    Items {
        /// Items of the message.
        count: u32,
        /// Items that were agreed.
        limit: u32,
    },
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload { bytes, limit } => {
                write!(f, "its payload has {bytes} bytes, and {limit} were agreed")
            }
            Self::Items { count, limit } => write!(f, "it has {count} items, and {limit} were agreed"),
        }
    }
}

/// How a peer breaks the contract. Contract: `docs/contract/transport.md`, "Failure".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Violation {
    /// A malformed header.
    #[error("{0}")]
    Envelope(#[source] EnvelopeError),
    /// A message that does not travel in this direction.
    #[error("a {kind} came the wrong way")]
    Direction {
        /// Its kind.
        kind: Kind,
    },
    /// A packet larger than agreed, or with more payload than its message announced.
    #[error("a packet is larger than it may be")]
    PacketTooLarge,
    /// Other payload than the header announced.
    #[error("{received} bytes of payload came where {announced} were announced")]
    PayloadLength {
        /// The header's `payload_len`.
        announced: u32,
        /// Bytes that came.
        received: usize,
    },
    /// A chunk header that does not fit the message that it continues.
    #[error("chunk header: {field} is {found}, and {expected} would be right")]
    Chunk {
        /// The field, by the contract's name.
        field: &'static str,
        /// What fits.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// A batch whose directory is malformed.
    #[error("batch directory: {0}")]
    Batch(#[source] DirectoryError),
    /// A response to a request that is not in flight.
    #[error("a response came for message {0}, which is not in flight")]
    UnknownMessageId(u64),
    /// Shared memory: a sequence that is neither that of the last message nor the next.
    #[error("the sequence is {found}, and {expected} comes next")]
    Sequence {
        /// The next message's number.
        expected: u64,
        /// What stands there.
        found: u64,
    },
    /// Shared memory: a message that is shorter than a header, or longer than the area it lies in.
    #[error("a message of {len} bytes was published in an area of {capacity}")]
    PublishedLength {
        /// Its length.
        len: u32,
        /// Bytes of the area.
        capacity: u32,
    },
    /// Shared memory: a message that was replaced while it was copied.
    #[error("a message was changed while it was read")]
    ChangedMessage,
    /// Shared memory: a packet on the session's connection.
    #[error("a packet came on the connection of a shared-memory session")]
    UnexpectedPacket,
}

/// Why a message was not sent.
///
/// After [`SendError::OverLimit`], [`SendError::EmptyBatch`], [`SendError::DuplicateId`],
/// [`SendError::TooManyInFlight`], [`SendError::OutOfTurn`] and [`SendError::Unsent`] nothing has gone out and the
/// session is as it was. After [`SendError::Disconnected`] what the peer has sent can still be received. Otherwise
/// `is_ended` of the session tells: a deadline that passes before anything has gone out does not end it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The message passes a limit of its direction.
    #[error("the message was not sent: {0}")]
    OverLimit(Limit),
    /// A batch without items.
    #[error("the message was not sent: a batch has at least one item")]
    EmptyBatch,
    /// A request with this id is in flight already.
    #[error("the message was not sent: a request with id {0} is in flight already")]
    DuplicateId(u64),
    /// As many requests wait for their responses as may; receive one first.
    #[error("the message was not sent: {limit} requests are in flight already")]
    TooManyInFlight {
        /// [`ConnectOptions::max_in_flight`](crate::ConnectOptions::max_in_flight).
        limit: u32,
    },
    /// The message before this one has not gone out whole: flush it first.
    #[error("the message was not sent: the one before it is not out yet")]
    Unsent,
    /// Shared memory has room for one message in each direction: a request goes when the one before it was answered,
    /// and a response goes when a request has come.
    #[error("the message was not sent: one is in flight in shared memory, and it is the peer's turn")]
    OutOfTurn,
    /// The peer has gone.
    #[error("the peer has closed the session")]
    Disconnected,
    /// The deadline passed before the whole message was out.
    #[error("the message could not be sent in time")]
    TimedOut,
    /// The session was aborted, or shut down through its handle.
    #[error("the session was aborted")]
    Aborted,
    /// The session has ended before.
    #[error("the session has ended")]
    SessionEnded,
    /// Anything else.
    #[error("the message could not be sent")]
    Io(#[source] io::Error),
}

impl SendError {
    /// Whether the same message may go out later, over another session if this one is over; if not, it has to be
    /// another message, or a limit has to change.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::OverLimit(_) | Self::EmptyBatch | Self::DuplicateId(_) => false,
            Self::TooManyInFlight { .. }
            | Self::Unsent
            | Self::OutOfTurn
            | Self::Disconnected
            | Self::TimedOut
            | Self::Aborted
            | Self::SessionEnded
            | Self::Io(_) => true,
        }
    }
}

/// Why there is no message.
///
/// After [`ReceiveError::TimedOut`] nothing is lost: the next receive goes on where this one was, also within a
/// message. Everything else ends the session, but a server can still answer a message whose header is
/// [known](ReceiveError::header).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The peer has closed the session in order, between messages.
    #[error("the peer has closed the session")]
    Closed,
    /// The peer has gone in the middle of a message, or without reading what was sent to it.
    #[error("the peer has broken the session off{}", if *mid_message { " in the middle of a message" } else { "" })]
    Broken {
        /// Whether a part of a message had come.
        mid_message: bool,
    },
    /// The peer breaks the contract.
    #[error("the peer breaks the contract")]
    Violation {
        /// In which way.
        #[source]
        violation: Violation,
        /// The header of the message, where a server can still answer it.
        header: Option<MessageHeader>,
    },
    /// A message over the limit. Its payload has not been read.
    #[error("a message is too large ({header}): {limit}")]
    Overflow {
        /// Its header.
        header: MessageHeader,
        /// The limit that it passes.
        limit: Limit,
    },
    /// The deadline passed.
    #[error("no message came in time")]
    TimedOut,
    /// The session was aborted, or shut down through its handle.
    #[error("the session was aborted")]
    Aborted,
    /// The session has ended before.
    #[error("the session has ended")]
    SessionEnded,
    /// Anything else; an [`io::ErrorKind::OutOfMemory`] where there is no room for a message within the limit.
    #[error("no message could be received")]
    Io(#[source] io::Error),
}

impl ReceiveError {
    /// The header of a message that was refused and that a server can still answer, as
    /// [`ServerSession::refuse`](crate::ServerSession::refuse) does.
    #[must_use]
    pub fn header(&self) -> Option<MessageHeader> {
        match self {
            Self::Overflow { header, .. } => Some(*header),
            Self::Violation { header, .. } => *header,
            _ => None,
        }
    }

    /// Whether a message may come later, over another session if this one is over; if not, a limit or one of the two
    /// programs has to change first.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Violation { .. } | Self::Overflow { .. } => false,
            Self::Closed
            | Self::Broken { .. }
            | Self::TimedOut
            | Self::Aborted
            | Self::SessionEnded
            | Self::Io(_) => true,
        }
    }
}

impl From<Violation> for ReceiveError {
    fn from(violation: Violation) -> Self {
        Self::Violation { violation, header: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_may_go_out_later_unless_it_is_one_that_may_not() {
        for error in [
            SendError::TooManyInFlight { limit: 1 },
            SendError::Unsent,
            SendError::OutOfTurn,
            SendError::Disconnected,
            SendError::TimedOut,
            SendError::Aborted,
            SendError::SessionEnded,
            SendError::Io(io::ErrorKind::Other.into()),
        ] {
            assert!(error.is_transient(), "{error}");
        }
        for error in [
            SendError::OverLimit(Limit::Payload { bytes: 2, limit: 1 }),
            SendError::OverLimit(Limit::Items { count: 2, limit: 1 }),
            SendError::EmptyBatch,
            SendError::DuplicateId(7),
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }

    #[test]
    fn a_message_may_come_later_unless_a_limit_or_a_program_has_to_change() {
        for error in [
            ReceiveError::Closed,
            ReceiveError::Broken { mid_message: true },
            ReceiveError::TimedOut,
            ReceiveError::Aborted,
            ReceiveError::SessionEnded,
            ReceiveError::Io(io::ErrorKind::Other.into()),
        ] {
            assert!(error.is_transient(), "{error}");
        }
        let header = MessageHeader::request(1, 1, 2);
        for error in [
            Violation::UnknownMessageId(7).into(),
            ReceiveError::Overflow { header, limit: Limit::Payload { bytes: 2, limit: 1 } },
            ReceiveError::Overflow { header, limit: Limit::Items { count: 2, limit: 1 } },
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }
}

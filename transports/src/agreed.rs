//! What both sides of a session hold themselves to.

use crate::Profiles;
use crate::limits::Limits;

/// What the handshake has settled for the life of a session.
///
/// Contract: `docs/contract/envelope.md`, "Negotiation".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agreed {
    /// How messages travel.
    pub profile: Profiles,
    /// Counts the connections of the listener; 1 is its first.
    pub session_id: u64,
    /// Bytes of a packet at most, its header included.
    pub packet_size: u32,
    /// Bytes of a request's payload at most.
    pub max_request_payload_bytes: u32,
    /// Items of a request at most; 0 counts as 1.
    pub max_request_batch_items: u32,
    /// Bytes of a response's payload at most: what the server offered or, at a client, its own ceiling if that is
    /// smaller.
    pub max_response_payload_bytes: u32,
    /// Items of a response at most; 0 counts as 1.
    pub max_response_batch_items: u32,
}

impl Agreed {
    pub(crate) fn request_limits(&self) -> Limits {
        Limits::new(self.max_request_payload_bytes, self.max_request_batch_items)
    }

    pub(crate) fn response_limits(&self) -> Limits {
        Limits::new(self.max_response_payload_bytes, self.max_response_batch_items)
    }
}

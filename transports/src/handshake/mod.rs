//! The handshake: what goes out, and what to make of what comes in. Bytes and values only, no socket.
//!
//! Contract: `docs/contract/envelope.md`, "Negotiation".

pub(crate) mod client;
pub(crate) mod server;
mod token;

pub use client::HandshakeViolation;

use crate::envelope::{MessageHeader, Status, payload_len};

/// Room for a payload that is longer than those we know: what a later version may have added.
pub(crate) const LONGEST_PAYLOAD: usize = 512;

/// A handshake message: its header, then its payload of so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packet<const PAYLOAD: usize> {
    pub(crate) header: [u8; MessageHeader::LEN],
    pub(crate) payload: [u8; PAYLOAD],
}

impl<const PAYLOAD: usize> Packet<PAYLOAD> {
    fn new(code: u16, status: Status, payload: [u8; PAYLOAD]) -> Self {
        let header = MessageHeader::control(code, status, payload_len(&payload));
        Self { header: header.encode(), payload }
    }
}

//! The client's side: one HELLO out, and what to make of the ack.

use netipc_wire::Class;
use thiserror::Error;

use super::Packet;
use crate::connect::Incompatibility;
use crate::envelope::{self, EnvelopeError, Hello, HelloAck, Kind, MessageHeader, Status};
use crate::packets::HEADER_LEN;
use crate::{Agreed, ConnectOptions};

/// How a server's answer to HELLO breaks the contract.
///
/// Contract: `docs/contract/envelope.md`, "Negotiation".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HandshakeViolation {
    /// The header or the payload is malformed.
    #[error("{0}")]
    Envelope(#[source] EnvelopeError),
    /// A whole message, but not a `HELLO_ACK`.
    #[error("a {kind} with code {code} came instead of a HELLO_ACK")]
    NotHelloAck {
        /// Its kind.
        kind: Kind,
        /// Its code.
        code: u16,
    },
    /// The packet is longer than any handshake message.
    #[error("the packet is longer than any handshake message")]
    TooLong,
    /// A selected profile that is not exactly one of those that were offered.
    #[error("the selected profile {selected:#x} was not offered")]
    ProfileNotOffered {
        /// The bits of the selected profile.
        selected: u32,
    },
    /// An agreed limit above the proposed one.
    #[error("{field} is {agreed}, and {proposed} was proposed")]
    OverProposal {
        /// Which field of the ack.
        field: &'static str,
        /// Its value.
        agreed: u32,
        /// What the client proposed.
        proposed: u32,
    },
}

/// Why an ack does not begin a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The server says so.
    Status(Status),
    /// It speaks another version.
    Incompatible(Incompatibility),
    /// It breaks the contract.
    Violation(HandshakeViolation),
}

impl From<HandshakeViolation> for Refusal {
    fn from(violation: HandshakeViolation) -> Self {
        Self::Violation(violation)
    }
}

/// The HELLO that proposes these options, which are resolved.
pub(crate) fn hello(options: &ConnectOptions) -> Packet<{ Hello::LEN }> {
    let hello = Hello {
        supported_profiles: options.supported_profiles,
        preferred_profiles: options.preferred_profiles,
        max_request_payload_bytes: options.max_request_payload_bytes,
        max_request_batch_items: options.max_request_batch_items,
        max_response_payload_bytes: options.max_response_payload_bytes,
        max_response_batch_items: options.max_response_batch_items,
        auth_token: options.auth_token,
        packet_size: options.packet_size,
    };
    Packet::new(envelope::HELLO, Status::Ok, hello.encode())
}

/// Judges the server's answer to that HELLO.
pub(crate) fn judge(header: &[u8], payload: &[u8], proposed: &ConnectOptions) -> Result<Agreed, Refusal> {
    let header = MessageHeader::decode(header).map_err(malformed)?;
    if header.kind != Kind::Control || header.code != envelope::HELLO_ACK {
        return Err(HandshakeViolation::NotHelloAck { kind: header.kind, code: header.code }.into());
    }
    if !header.transport_status.is_ok() {
        return Err(Refusal::Status(header.transport_status));
    }
    let ack = HelloAck::decode(payload).map_err(malformed)?;
    let selected = ack.selected_profile;
    if !selected.is_single() || !proposed.supported_profiles.contains(selected) {
        return Err(HandshakeViolation::ProfileNotOffered { selected: selected.bits() }.into());
    }
    let packet_size = ack.agreed_packet_size;
    if packet_size as usize <= HEADER_LEN || packet_size > proposed.packet_size {
        let incompatibility =
            Incompatibility::PacketSize { agreed: packet_size, proposed: proposed.packet_size };
        return Err(Refusal::Incompatible(incompatibility));
    }
    not_over(
        "agreed_max_request_payload_bytes",
        ack.agreed_max_request_payload_bytes,
        proposed.max_request_payload_bytes,
    )?;
    not_over(
        "agreed_max_request_batch_items",
        ack.agreed_max_request_batch_items,
        proposed.max_request_batch_items,
    )?;
    Ok(Agreed {
        profile: selected,
        session_id: ack.session_id,
        packet_size,
        max_request_payload_bytes: ack.agreed_max_request_payload_bytes,
        max_request_batch_items: ack.agreed_max_request_batch_items,
        max_response_payload_bytes: ack
            .agreed_max_response_payload_bytes
            .min(proposed.max_response_payload_bytes),
        max_response_batch_items: ack.agreed_max_response_batch_items,
    })
}

fn not_over(field: &'static str, agreed: u32, proposed: u32) -> Result<(), HandshakeViolation> {
    if agreed > proposed {
        return Err(HandshakeViolation::OverProposal { field, agreed, proposed });
    }
    Ok(())
}

fn malformed(error: EnvelopeError) -> Refusal {
    if error.class() == Class::BadVersion || error.field() == "layout_version" {
        Refusal::Incompatible(Incompatibility::Version(error))
    } else {
        HandshakeViolation::Envelope(error).into()
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

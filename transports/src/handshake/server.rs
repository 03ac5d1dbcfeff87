//! The server's side: one HELLO in, one verdict out.

use super::{Packet, token};
use crate::census::Room;
use crate::envelope::{self, Hello, HelloAck, Kind, MessageHeader, Status};
use crate::packets::HEADER_LEN;
use crate::{Agreed, Profiles};

/// What the server brings into a negotiation.
#[derive(Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) auth_token: u64,
    pub(crate) supported_profiles: Profiles,
    pub(crate) preferred_profiles: Profiles,
    pub(crate) max_request_payload_bytes: u32,
    pub(crate) max_response_payload_bytes: u32,
    pub(crate) packet_size: u32,
    pub(crate) session_id: u64,
    /// Whether a further session can be served.
    pub(crate) room: Room,
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not a HELLO at all: close without a word.
    NotHello,
    /// Judge the same packet again when a session has ended: there is no room, but soon may be.
    Later,
    /// Send this, let it arrive, close.
    Reject(Packet<{ HelloAck::LEN }>),
    /// Send this; the session begins.
    Accept(Packet<{ HelloAck::LEN }>, Agreed),
}

/// Judges a connection's first packet: the bytes of its header that came, and those of its payload.
pub(crate) fn judge(header: &[u8], payload: &[u8], offer: &Offer) -> Verdict {
    let Ok((header, version)) = MessageHeader::decode_any_version(header) else { return Verdict::NotHello };
    if header.kind != Kind::Control || header.code != envelope::HELLO || payload.len() < Hello::LEN {
        return Verdict::NotHello;
    }
    if version.is_err() {
        return reject(Status::Incompatible);
    }
    let hello = match Hello::decode(payload) {
        Ok(hello) => hello,
        Err(error) if error.field() == "layout_version" => return reject(Status::Incompatible),
        Err(_) => return reject(Status::BadEnvelope),
    };
    // The checks come in the contract's order.
    if !token::equal(hello.auth_token, offer.auth_token) {
        return reject(Status::AuthFailed);
    }
    match offer.room {
        Room::Taken => return reject(Status::LimitExceeded),
        Room::Soon => return Verdict::Later,
        Room::Free => {}
    }
    match negotiate(&hello, offer) {
        Ok(ack) => accept(&ack),
        Err(status) => reject(status),
    }
}

/// What comes of a proposal for which there is room, or the first reason against it.
fn negotiate(hello: &Hello, offer: &Offer) -> Result<HelloAck, Status> {
    let intersection = hello.supported_profiles & offer.supported_profiles;
    if intersection.is_empty() {
        return Err(Status::Unsupported);
    }
    if hello.max_request_payload_bytes > offer.max_request_payload_bytes {
        return Err(Status::LimitExceeded);
    }
    let packet_size = hello.packet_size.min(offer.packet_size);
    if packet_size as usize <= HEADER_LEN {
        return Err(Status::Incompatible);
    }
    Ok(HelloAck {
        server_supported_profiles: offer.supported_profiles,
        intersection_profiles: intersection,
        selected_profile: select(intersection, hello.preferred_profiles & offer.preferred_profiles),
        agreed_max_request_payload_bytes: hello.max_request_payload_bytes,
        agreed_max_request_batch_items: hello.max_request_batch_items,
        agreed_max_response_payload_bytes: offer.max_response_payload_bytes,
        agreed_max_response_batch_items: hello.max_request_batch_items,
        agreed_packet_size: packet_size,
        session_id: offer.session_id,
    })
}

/// The highest profile that both prefer, or else the highest that both have.
fn select(intersection: Profiles, preferred: Profiles) -> Profiles {
    let wanted = intersection & preferred;
    if wanted.is_empty() { intersection.highest() } else { wanted.highest() }
}

fn accept(ack: &HelloAck) -> Verdict {
    let agreed = Agreed {
        profile: ack.selected_profile,
        session_id: ack.session_id,
        packet_size: ack.agreed_packet_size,
        max_request_payload_bytes: ack.agreed_max_request_payload_bytes,
        max_request_batch_items: ack.agreed_max_request_batch_items,
        max_response_payload_bytes: ack.agreed_max_response_payload_bytes,
        max_response_batch_items: ack.agreed_max_response_batch_items,
    };
    Verdict::Accept(packet(Status::Ok, ack), agreed)
}

fn reject(status: Status) -> Verdict {
    Verdict::Reject(packet(status, &HelloAck::default()))
}

fn packet(status: Status, ack: &HelloAck) -> Packet<{ HelloAck::LEN }> {
    Packet::new(envelope::HELLO_ACK, status, ack.encode())
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;

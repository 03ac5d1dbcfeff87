//! What a client makes of an ack: `docs/contract/envelope.md`, "Negotiation".

use super::*;
use crate::Profiles;

fn proposed() -> ConnectOptions {
    ConnectOptions {
        auth_token: 42,
        supported_profiles: Profiles::BASELINE,
        preferred_profiles: Profiles::SHM_HYBRID,
        max_request_payload_bytes: 4_096,
        max_request_batch_items: 16,
        max_response_payload_bytes: 65_536,
        max_response_batch_items: 17,
        packet_size: 5_000,
        ..ConnectOptions::default()
    }
}

fn ack() -> HelloAck {
    HelloAck {
        server_supported_profiles: Profiles::BASELINE,
        intersection_profiles: Profiles::BASELINE,
        selected_profile: Profiles::BASELINE,
        agreed_max_request_payload_bytes: 4_096,
        agreed_max_request_batch_items: 16,
        agreed_max_response_payload_bytes: 65_536,
        agreed_max_response_batch_items: 16,
        agreed_packet_size: 5_000,
        session_id: 7,
    }
}

fn header(status: Status) -> [u8; 32] {
    MessageHeader::control(envelope::HELLO_ACK, status, 48).encode()
}

fn judge_ack(ack: &HelloAck) -> Result<Agreed, Refusal> {
    judge(&header(Status::Ok), &ack.encode(), &proposed())
}

/// The verdict on an ack with this byte at this place, the header's first byte being at 0.
fn judge_patched(at: usize, byte: u8) -> Result<Agreed, Refusal> {
    let mut packet = [&header(Status::Ok)[..], &ack().encode()].concat();
    packet[at] = byte;
    judge(&packet[..32], &packet[32..], &proposed())
}

#[test]
fn the_hello_is_what_is_proposed() {
    let packet = hello(&proposed());
    assert_eq!(
        MessageHeader::decode(&packet.header),
        Ok(MessageHeader {
            kind: Kind::Control,
            flags: 0,
            code: 1,
            transport_status: Status::Ok,
            payload_len: 44,
            item_count: 1,
            message_id: 0
        })
    );
    let found = Hello::decode(&packet.payload).unwrap();
    assert_eq!(
        found,
        Hello {
            supported_profiles: Profiles::BASELINE,
            preferred_profiles: Profiles::SHM_HYBRID,
            max_request_payload_bytes: 4_096,
            max_request_batch_items: 16,
            max_response_payload_bytes: 65_536,
            max_response_batch_items: 17,
            auth_token: 42,
            packet_size: 5_000,
        }
    );
}

#[test]
fn an_ack_that_fits_is_what_is_agreed() {
    let agreed = judge_ack(&ack()).unwrap();
    assert_eq!(
        agreed,
        Agreed {
            profile: Profiles::BASELINE,
            session_id: 7,
            packet_size: 5_000,
            max_request_payload_bytes: 4_096,
            max_request_batch_items: 16,
            max_response_payload_bytes: 65_536,
            max_response_batch_items: 16,
        }
    );
}

#[test]
fn another_version_is_incompatible() {
    let found = judge_patched(4, 2);
    assert!(matches!(found, Err(Refusal::Incompatible(Incompatibility::Version(_)))), "{found:?}");
}

#[test]
fn another_layout_version_is_incompatible() {
    let found = judge_patched(32, 2);
    assert!(matches!(found, Err(Refusal::Incompatible(Incompatibility::Version(_)))), "{found:?}");
}

#[test]
fn a_malformed_header_or_payload_is_a_violation_that_names_the_field() {
    for (at, byte, field) in [(0, 0, "magic"), (6, 31, "header_len"), (8, 9, "kind"), (34, 1, "flags")] {
        let found = judge_patched(at, byte);
        let Err(Refusal::Violation(HandshakeViolation::Envelope(error))) = found else { panic!("{found:?}") };
        assert_eq!(error.field(), field);
    }
}

#[test]
fn another_kind_or_code_is_a_violation() {
    for (at, byte, kind, code) in [(8, 2, Kind::Response, 2), (12, 1, Kind::Control, 1)] {
        let violation = HandshakeViolation::NotHelloAck { kind, code };
        assert_eq!(judge_patched(at, byte), Err(Refusal::Violation(violation)));
    }
}

#[test]
fn a_status_counts_before_the_payload() {
    for number in [1, 2, 3, 4, 5, 6, 77] {
        let status = Status::from_wire(number);
        for payload in [&[][..], &[0; 48], &HelloAck::default().encode(), &ack().encode()] {
            assert_eq!(judge(&header(status), payload, &proposed()), Err(Refusal::Status(status)));
        }
    }
}

#[test]
fn an_ack_that_is_too_short_is_a_violation() {
    let packet = [&header(Status::Ok)[..], &ack().encode()].concat();
    for len in 0..80 {
        let (header, payload) = packet[..len].split_at(len.min(32));
        let found = judge(header, payload, &proposed());
        let Err(Refusal::Violation(HandshakeViolation::Envelope(error))) = found else { panic!("{found:?}") };
        assert_eq!(error.class(), Class::Truncated);
    }
}

#[test]
fn a_longer_ack_and_its_padding_are_accepted() {
    let mut payload = [&ack().encode()[..], &[0xff; 20]].concat();
    payload[36..40].fill(0xff);
    assert_eq!(judge(&header(Status::Ok), &payload, &proposed()), judge_ack(&ack()));
}

#[test]
fn a_profile_that_was_not_offered_is_a_violation() {
    for selected in [0, 0x02, 0x03, 0x80] {
        let found = judge_ack(&HelloAck { selected_profile: Profiles::from_bits(selected), ..ack() });
        assert_eq!(found, Err(Refusal::Violation(HandshakeViolation::ProfileNotOffered { selected })));
    }
}

#[test]
fn a_packet_size_outside_of_the_proposal_is_incompatible() {
    for agreed in [0, 32, 5_001, u32::MAX] {
        let found = judge_ack(&HelloAck { agreed_packet_size: agreed, ..ack() });
        let reason = Incompatibility::PacketSize { agreed, proposed: 5_000 };
        assert_eq!(found, Err(Refusal::Incompatible(reason)));
    }
    assert_eq!(judge_ack(&HelloAck { agreed_packet_size: 33, ..ack() }).unwrap().packet_size, 33);
}

#[test]
fn request_limits_over_the_proposal_are_violations() {
    for ack in [
        HelloAck { agreed_max_request_payload_bytes: 4_097, ..ack() },
        HelloAck { agreed_max_request_batch_items: 17, ..ack() },
    ] {
        let found = judge_ack(&ack);
        let violated = matches!(found, Err(Refusal::Violation(HandshakeViolation::OverProposal { .. })));
        assert!(violated, "{found:?}");
    }
}

#[test]
fn request_limits_below_the_proposal_are_accepted() {
    let lower = HelloAck { agreed_max_request_payload_bytes: 0, agreed_max_request_batch_items: 0, ..ack() };
    let agreed = judge_ack(&lower).unwrap();
    assert_eq!((agreed.max_request_payload_bytes, agreed.max_request_batch_items), (0, 0));
}

#[test]
fn any_response_limit_is_accepted_and_the_own_ceiling_holds() {
    for (offered, agreed) in [(0, 0), (65_535, 65_535), (65_537, 65_536), (u32::MAX, 65_536)] {
        let ack = HelloAck { agreed_max_response_payload_bytes: offered, ..ack() };
        assert_eq!(judge_ack(&ack).unwrap().max_response_payload_bytes, agreed);
    }
}

//! The table of `docs/contract/envelope.md`, "Negotiation", row by row.

use super::*;
use crate::envelope::{BATCH, ChunkHeader};

const TOKEN: u64 = 0xdead_beef_cafe_babe;

fn hello() -> Hello {
    Hello {
        supported_profiles: Profiles::BASELINE,
        preferred_profiles: Profiles::NONE,
        max_request_payload_bytes: 4_096,
        max_request_batch_items: 16,
        max_response_payload_bytes: 1,
        max_response_batch_items: 99,
        auth_token: TOKEN,
        packet_size: 5_000,
    }
}

fn offer() -> Offer {
    Offer {
        auth_token: TOKEN,
        supported_profiles: Profiles::BASELINE,
        preferred_profiles: Profiles::NONE,
        max_request_payload_bytes: 8_192,
        max_response_payload_bytes: 65_536,
        packet_size: 6_000,
        session_id: 7,
        room: Room::Free,
    }
}

/// A HELLO with these bytes at these places, the header's first byte being at 0.
fn packet(hello: &Hello, patches: &[(usize, u8)]) -> Vec<u8> {
    let header = MessageHeader::control(envelope::HELLO, Status::Ok, 44);
    let mut bytes = [&header.encode()[..], &hello.encode()].concat();
    for (at, byte) in patches {
        bytes[*at] = *byte;
    }
    bytes
}

fn judge_packet(packet: &[u8], offer: &Offer) -> Verdict {
    let (header, payload) = packet.split_at(packet.len().min(HEADER_LEN));
    judge(header, payload, offer)
}

/// The status of a rejection, whose other fields are as they must be.
fn rejected(verdict: Verdict) -> Status {
    let Verdict::Reject(Packet { header, payload }) = verdict else { panic!("{verdict:?}") };
    let header = MessageHeader::decode(&header).unwrap();
    assert_eq!(header, MessageHeader::control(envelope::HELLO_ACK, header.transport_status, 48));
    assert_eq!(payload[..2], 1u16.to_ne_bytes());
    assert_eq!(payload[2..], [0; 46]);
    header.transport_status
}

fn accepted(verdict: Verdict) -> (HelloAck, Agreed) {
    let Verdict::Accept(packet, agreed) = verdict else { panic!("{verdict:?}") };
    let header = MessageHeader::decode(&packet.header).unwrap();
    assert_eq!(header, MessageHeader::control(envelope::HELLO_ACK, Status::Ok, 48));
    (HelloAck::decode(&packet.payload).unwrap(), agreed)
}

fn answer(hello: &Hello, offer: &Offer) -> Verdict {
    judge_packet(&packet(hello, &[]), offer)
}

#[test]
fn a_proposal_that_fits_is_acknowledged_field_by_field() {
    let (ack, agreed) = accepted(answer(&hello(), &offer()));
    let expected = HelloAck {
        server_supported_profiles: Profiles::BASELINE,
        intersection_profiles: Profiles::BASELINE,
        selected_profile: Profiles::BASELINE,
        agreed_max_request_payload_bytes: 4_096,
        agreed_max_request_batch_items: 16,
        agreed_max_response_payload_bytes: 65_536,
        agreed_max_response_batch_items: 16,
        agreed_packet_size: 5_000,
        session_id: 7,
    };
    assert_eq!(ack, expected);
    let expected = Agreed {
        profile: Profiles::BASELINE,
        session_id: 7,
        packet_size: 5_000,
        max_request_payload_bytes: 4_096,
        max_request_batch_items: 16,
        max_response_payload_bytes: 65_536,
        max_response_batch_items: 16,
    };
    assert_eq!(agreed, expected);
}

#[test]
fn another_header_version_is_incompatible() {
    for version in [0, 2] {
        let verdict = judge_packet(&packet(&hello(), &[(4, version)]), &offer());
        assert_eq!(rejected(verdict), Status::Incompatible);
    }
}

#[test]
fn another_layout_version_is_incompatible() {
    for version in [0, 2] {
        let verdict = judge_packet(&packet(&hello(), &[(32, version)]), &offer());
        assert_eq!(rejected(verdict), Status::Incompatible);
    }
}

#[test]
fn flags_are_a_bad_envelope() {
    for at in [34, 35] {
        assert_eq!(rejected(judge_packet(&packet(&hello(), &[(at, 1)]), &offer())), Status::BadEnvelope);
    }
}

#[test]
fn padding_is_a_bad_envelope() {
    for at in 60..64 {
        assert_eq!(rejected(judge_packet(&packet(&hello(), &[(at, 1)]), &offer())), Status::BadEnvelope);
    }
}

#[test]
fn another_token_fails_authentication() {
    for auth_token in [0, TOKEN ^ 1, TOKEN ^ (1 << 63), !TOKEN] {
        assert_eq!(rejected(answer(&Hello { auth_token, ..hello() }, &offer())), Status::AuthFailed);
    }
}

#[test]
fn a_server_without_room_exceeds_its_limit() {
    assert_eq!(rejected(answer(&hello(), &Offer { room: Room::Taken, ..offer() })), Status::LimitExceeded);
}

#[test]
fn a_server_that_is_about_to_have_room_judges_later_and_only_once_the_token_is_right() {
    let offer = Offer { room: Room::Soon, ..offer() };
    assert_eq!(answer(&hello(), &offer), Verdict::Later);
    assert_eq!(rejected(answer(&Hello { auth_token: 1, ..hello() }, &offer)), Status::AuthFailed);
}

#[test]
fn no_common_profile_is_unsupported() {
    for supported_profiles in [Profiles::NONE, Profiles::SHM_HYBRID, Profiles::from_bits(!1)] {
        assert_eq!(rejected(answer(&Hello { supported_profiles, ..hello() }, &offer())), Status::Unsupported);
    }
}

#[test]
fn a_request_payload_over_the_ceiling_exceeds_the_limit() {
    let with = |max_request_payload_bytes| Hello { max_request_payload_bytes, ..hello() };
    assert_eq!(rejected(answer(&with(8_193), &offer())), Status::LimitExceeded);
    assert_eq!(rejected(answer(&with(u32::MAX), &offer())), Status::LimitExceeded);
    for exactly in [8_192, 0] {
        assert_eq!(accepted(answer(&with(exactly), &offer())).1.max_request_payload_bytes, exactly);
    }
}

#[test]
fn any_number_of_batch_items_is_accepted_and_echoed_both_ways() {
    for max_request_batch_items in [0, 1, 1_000, u32::MAX] {
        let (ack, _) = accepted(answer(&Hello { max_request_batch_items, ..hello() }, &offer()));
        assert_eq!(ack.agreed_max_request_batch_items, max_request_batch_items);
        assert_eq!(ack.agreed_max_response_batch_items, max_request_batch_items);
    }
}

#[test]
fn response_limits_of_the_client_are_only_hints() {
    for hint in [0, 1, u32::MAX] {
        let hints = Hello { max_response_payload_bytes: hint, max_response_batch_items: hint, ..hello() };
        assert_eq!(accepted(answer(&hints, &offer())), accepted(answer(&hello(), &offer())));
    }
}

#[test]
fn the_smaller_packet_size_is_agreed() {
    for (client, server, agreed) in
        [(5_000, 6_000, 5_000), (6_000, 5_000, 5_000), (33, 6_000, 33), (6_000, 33, 33)]
    {
        let hello = Hello { packet_size: client, ..hello() };
        let (ack, _) = accepted(answer(&hello, &Offer { packet_size: server, ..offer() }));
        assert_eq!(ack.agreed_packet_size, agreed);
    }
}

#[test]
fn a_packet_size_without_room_for_payload_is_incompatible() {
    for (client, server) in [(0, 6_000), (32, 6_000), (6_000, 32), (6_000, 0)] {
        let hello = Hello { packet_size: client, ..hello() };
        let verdict = answer(&hello, &Offer { packet_size: server, ..offer() });
        assert_eq!(rejected(verdict), Status::Incompatible, "{client} {server}");
    }
}

#[test]
fn the_highest_profile_that_both_prefer_is_selected_or_else_the_highest_of_both() {
    // Client's and server's supported, client's and server's preferred, selected.
    let rows: [(u32, u32, u32, u32, u32); 8] = [
        (0b0001, 0b0001, 0b0000, 0b0000, 0b0001),
        (0b0111, 0b0111, 0b0000, 0b0000, 0b0100),
        (0b0111, 0b0111, 0b0001, 0b0001, 0b0001),
        (0b0111, 0b0111, 0b0011, 0b0010, 0b0010),
        (0b0111, 0b0111, 0b0010, 0b0001, 0b0100),
        (0b0111, 0b0011, 0b0100, 0b0100, 0b0010),
        (0b1001, 0b0001, 0b1000, 0b1000, 0b0001),
        (u32::MAX, u32::MAX, u32::MAX, u32::MAX, 1 << 31),
    ];
    for row in rows {
        let (client, server, client_prefers, server_prefers, selected) = row;
        let hello = Hello {
            supported_profiles: Profiles::from_bits(client),
            preferred_profiles: Profiles::from_bits(client_prefers),
            ..hello()
        };
        let offer = Offer {
            supported_profiles: Profiles::from_bits(server),
            preferred_profiles: Profiles::from_bits(server_prefers),
            ..offer()
        };
        let (ack, _) = accepted(answer(&hello, &offer));
        assert_eq!(ack.server_supported_profiles.bits(), server);
        assert_eq!(ack.intersection_profiles.bits(), client & server);
        assert_eq!(ack.selected_profile.bits(), selected, "{row:?}");
    }
}

type Fault = fn(&mut Hello, &mut Offer, &mut Vec<(usize, u8)>);

/// Every fault of a HELLO that is answered, in the order in which they are checked, and what each is answered with.
fn faults() -> [(Status, Fault); 9] {
    [
        (Status::Incompatible, |_, _, patches| patches.push((4, 2))),
        (Status::Incompatible, |_, _, patches| patches.push((32, 2))),
        (Status::BadEnvelope, |_, _, patches| patches.push((34, 1))),
        (Status::BadEnvelope, |_, _, patches| patches.push((60, 1))),
        (Status::AuthFailed, |hello, _, _| hello.auth_token = 1),
        (Status::LimitExceeded, |_, offer, _| offer.room = Room::Taken),
        (Status::Unsupported, |hello, _, _| hello.supported_profiles = Profiles::NONE),
        (Status::LimitExceeded, |hello, _, _| hello.max_request_payload_bytes = u32::MAX),
        (Status::Incompatible, |hello, _, _| hello.packet_size = 32),
    ]
}

#[test]
fn of_two_faults_the_one_that_is_checked_first_is_answered() {
    let faults = faults();
    for (first, (status, one)) in faults.iter().enumerate() {
        for (second, (_, other)) in faults.iter().enumerate().skip(first) {
            let (mut hello, mut offer, mut patches) = (hello(), offer(), Vec::new());
            other(&mut hello, &mut offer, &mut patches);
            one(&mut hello, &mut offer, &mut patches);
            let verdict = judge_packet(&packet(&hello, &patches), &offer);
            assert_eq!(rejected(verdict), *status, "faults {first} and {second}");
        }
    }
}

#[test]
fn what_is_no_hello_at_all_gets_no_answer_whatever_else_is_wrong() {
    // Magic, header_len, kind, code.
    for (at, byte) in [(0, 0), (6, 31), (8, 1), (8, 2), (8, 0), (12, 2), (12, 0)] {
        for version in [1, 2] {
            let packet = packet(&hello(), &[(at, byte), (4, version)]);
            assert_eq!(judge_packet(&packet, &offer()), Verdict::NotHello, "byte {at}");
        }
    }
}

#[test]
fn a_packet_that_is_too_short_gets_no_answer() {
    let packet = packet(&hello(), &[]);
    for len in 0..packet.len() {
        assert_eq!(judge_packet(&packet[..len], &offer()), Verdict::NotHello, "{len} bytes");
    }
}

#[test]
fn a_chunk_gets_no_answer() {
    let chunk = ChunkHeader {
        message_id: 0,
        total_message_len: 76,
        chunk_index: 1,
        chunk_count: 2,
        chunk_payload_len: 44,
    };
    let packet = [&chunk.encode()[..], &hello().encode()].concat();
    assert_eq!(judge_packet(&packet, &offer()), Verdict::NotHello);
}

#[test]
fn of_the_message_header_only_magic_version_length_kind_and_code_count() {
    let header = MessageHeader {
        kind: Kind::Control,
        flags: 0xfffe | BATCH,
        code: envelope::HELLO,
        transport_status: Status::Other(99),
        payload_len: 12,
        item_count: 0,
        message_id: 99,
    };
    accepted(judge(&header.encode(), &hello().encode(), &offer()));
}

#[test]
fn bytes_behind_the_hello_are_ignored() {
    let payload = [&hello().encode()[..], &[0xff; 100]].concat();
    let header = MessageHeader::control(envelope::HELLO, Status::Ok, 144);
    accepted(judge(&header.encode(), &payload, &offer()));
}

//! `docs/contract/transport.md`, "Messages": single messages of all sizes, one way and back.

use std::thread;
use std::time::Duration;

use netipc_transport::{
    ClientSession, ConnectOptions, Deadline, Kind, Limit, MessageHeader, ReceiveError, SendError, Status,
};

use super::transport::{LARGE, PairOf, Transport, large, pair, pair_of};
use crate::servers::Serving;
use crate::support::{Pair, counting, soon};

/// Sends `payload` to the server and back again, each side in a thread, since neither has room for all of it.
pub(super) fn round_trip<T: Transport>(pair: &mut PairOf<T>, message_id: u64, payload: &[u8]) {
    let Pair { client, server, .. } = pair;
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.receive(soon()).unwrap();
            let payload_len = u32::try_from(payload.len()).unwrap();
            assert_eq!(request.header, MessageHeader::request(3, message_id, payload_len));
            assert!(request.payload == payload, "the request of {} bytes", payload.len());
            let header = request.header;
            server.respond(header, payload, soon()).unwrap();
        });
        client.send(3, message_id, payload, soon()).unwrap();
        let response = client.receive(soon()).unwrap();
        assert_eq!((response.header.kind, response.header.message_id), (Kind::Response, message_id));
        assert!(response.payload == payload, "the response of {} bytes", payload.len());
    });
    assert_eq!(pair.client.payload(), payload);
}

/// Around the end of the first packet and of the second, and many packets.
fn round_trips<T: Transport>(packet_size: u32, many: usize) {
    let mut pair = large::<T>(packet_size);
    let room = pair.client.agreed().packet_size as usize - 32;
    let lens = [0, 1, room.saturating_sub(1), room, room + 1, 2 * room, 2 * room + 1, many];
    for (id, len) in (1..).zip(lens) {
        round_trip::<T>(&mut pair, id, &counting(len));
    }
}

pub fn messages_of_all_sizes_travel_in_packets_with_one_byte_of_payload<T: Transport>() {
    round_trips::<T>(33, 2_000);
}

pub fn messages_of_all_sizes_travel_in_packets_of_64_bytes<T: Transport>() {
    round_trips::<T>(64, 10_000);
}

pub fn messages_of_all_sizes_travel_in_packets_of_4096_bytes<T: Transport>() {
    round_trips::<T>(4_096, 1 << 20);
}

pub fn messages_of_all_sizes_travel_in_packets_of_the_default_size<T: Transport>() {
    round_trips::<T>(0, 1 << 20);
}

pub fn the_largest_packet_that_was_agreed_is_one_that_the_transport_carries<T: Transport>() {
    let mut pair = large::<T>(u32::MAX);
    let room = pair.client.agreed().packet_size as usize - 32;
    round_trip::<T>(&mut pair, 1, &counting(room.min(LARGE as usize)));
}

pub fn a_request_of_exactly_the_limit_is_sent_and_one_byte_more_is_not<T: Transport>() {
    let mut pair = pair::<T>();
    let sent = pair.client.send(3, 1, &[0; 1_025], soon());
    let limit = Limit::Payload { bytes: 1_025, limit: 1_024 };
    assert!(matches!(sent, Err(SendError::OverLimit(found)) if found == limit));
    assert_eq!(pair.client.in_flight(), 0);
    round_trip::<T>(&mut pair, 1, &counting(1_024));
}

pub fn a_response_over_the_limit_is_not_sent_and_another_one_can_be<T: Transport>() {
    let mut pair = pair::<T>();
    pair.client.send(3, 1, b"more", soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    let sent = pair.server.respond(header, &counting(65_537), soon());
    let limit = Limit::Payload { bytes: 65_537, limit: 65_536 };
    assert!(matches!(sent, Err(SendError::OverLimit(found)) if found == limit));
    pair.server.respond(header, &counting(65_536), soon()).unwrap();
    assert!(pair.client.receive(soon()).unwrap().payload == counting(65_536));
}

pub fn a_client_takes_no_more_than_its_own_ceiling<T: Transport>() {
    let connect = ConnectOptions { max_response_payload_bytes: 100, ..T::connect_options() };
    let mut pair = pair_of::<T>(connect, T::listen_options());
    pair.client.send(3, 1, &[], soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    pair.server.respond(header, &[0; 101], soon()).unwrap();
    let limit = Limit::Payload { bytes: 101, limit: 100 };
    let found = pair.client.receive(soon()).unwrap_err();
    assert!(matches!(found, ReceiveError::Overflow { limit: found, .. } if found == limit), "{found:?}");
    assert!(pair.client.is_ended());
    assert_eq!(pair.client.in_flight_ids().collect::<Vec<_>>(), [1]);
    assert!(matches!(pair.client.receive(soon()), Err(ReceiveError::SessionEnded)));
    assert!(matches!(pair.client.send(3, 2, &[], soon()), Err(SendError::SessionEnded)));
}

pub fn sending_does_not_wait_for_the_answer<T: Transport>() {
    let mut pair = pair::<T>();
    // Nobody receives it yet, and this is the thread that will.
    pair.client.send(3, 1, b"question", soon()).unwrap();
    assert_eq!(pair.client.in_flight(), 1);
    let header = pair.server.receive(soon()).unwrap().header;
    pair.server.respond(header, b"answer", soon()).unwrap();
    assert_eq!(pair.client.receive(soon()).unwrap().payload, b"answer");
}

pub fn receiving_needs_no_request_first<T: Transport>() {
    let mut pair = pair::<T>();
    let found = pair.client.receive(Deadline::after(Duration::ZERO));
    assert!(matches!(found, Err(ReceiveError::TimedOut)));
    round_trip::<T>(&mut pair, 1, b"still fine");
}

pub fn a_rejected_request_has_an_empty_answer_and_the_session_goes_on<T: Transport>() {
    let mut pair = pair::<T>();
    pair.client.send(3, 1, b"a", soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    pair.server.reject(header, Status::Unsupported, soon()).unwrap();
    let response = pair.client.receive(soon()).unwrap();
    let expected = MessageHeader {
        kind: Kind::Response,
        transport_status: Status::Unsupported,
        ..MessageHeader::request(3, 1, 0)
    };
    assert_eq!(response.header, expected);
    round_trip::<T>(&mut pair, 2, b"and on");
}

pub fn a_refused_request_is_answered_before_the_end<T: Transport>() {
    let mut pair = pair::<T>();
    pair.client.send(3, 1, b"a", soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    let Pair { mut client, server, .. } = pair;
    thread::scope(|scope| {
        scope.spawn(|| server.refuse(header, Status::LimitExceeded, soon()).unwrap());
        let response = client.receive(soon()).unwrap();
        assert_eq!(response.header, header.response(Status::LimitExceeded, 0));
        assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
        drop(client);
    });
}

pub fn an_id_in_flight_is_not_sent_again_until_its_response_has_come<T: Transport>() {
    let mut pair = pair::<T>();
    pair.client.send(3, 7, b"a", soon()).unwrap();
    assert!(matches!(pair.client.send(3, 7, b"b", soon()), Err(SendError::DuplicateId(7))));
    assert_eq!(pair.client.in_flight(), 1);
    let request = pair.server.receive(soon()).unwrap();
    assert_eq!(request.payload, b"a");
    let header = request.header;
    pair.server.respond(header, b"c", soon()).unwrap();
    assert_eq!(pair.client.receive(soon()).unwrap().payload, b"c");
    assert_eq!(pair.client.in_flight(), 0);
    // Had the second one gone out, it would come now.
    round_trip::<T>(&mut pair, 7, b"d");
}

pub fn a_response_to_nothing_in_flight_ends_the_session<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, &[], soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    server.respond(MessageHeader { message_id: 2, ..header }, &[], soon()).unwrap();
    let found = client.receive(soon()).unwrap_err();
    let unknown = netipc_transport::Violation::UnknownMessageId(2);
    assert!(matches!(found, ReceiveError::Violation { violation, .. } if violation == unknown));
    assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [1]);
    assert!(matches!(client.send(3, 3, &[], soon()), Err(SendError::SessionEnded)));
    assert_eq!(client.in_flight(), 1);
}

pub fn a_session_moves_between_threads<T: Transport>() {
    let Pair { client, server, listener, place } = pair::<T>();
    thread::spawn(move || server.reverse_all());
    let call = |mut client: ClientSession, id| {
        client.send(3, id, b"abc", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
        client
    };
    let client = thread::spawn(move || call(client, 1)).join().unwrap();
    thread::spawn(move || call(client, 2)).join().unwrap();
    drop((listener, place));
}

//! Messages between two real sessions: sizes, chunks, limits, correlation, batches. `docs/contract/transport.md`,
//! `docs/contract/envelope.md`.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::thread;

use common::{Pair, counting, pair, pair_with, soon, watched};
use netipc_transport::{
    BatchBuilder, BatchError, ClientSession, ConnectOptions, Deadline, Kind, Limit, ListenOptions,
    MessageHeader, ReceiveError, SendError, Status,
};

const LARGE: u32 = 1 << 20;

/// A session that carries large messages in packets of this size; 0 is the default.
fn large(packet_size: u32) -> Pair {
    let connect = ConnectOptions {
        max_request_payload_bytes: LARGE,
        max_response_payload_bytes: LARGE,
        max_request_batch_items: 1_000,
        packet_size,
        ..ConnectOptions::default()
    };
    pair_with(&connect, &ListenOptions { max_response_payload_bytes: LARGE, ..ListenOptions::default() })
}

/// Sends `payload` to the server and back again, each side in a thread, since neither has room for all of it.
fn round_trip(pair: &mut Pair, message_id: u64, payload: &[u8]) {
    let Pair { client, server, .. } = pair;
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.receive(soon()).unwrap();
            assert_eq!(
                request.header,
                MessageHeader::request(3, message_id, u32::try_from(payload.len()).unwrap())
            );
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
fn round_trips(packet_size: u32, many: usize) {
    watched(move || {
        let mut pair = large(packet_size);
        let room = pair.client.agreed().packet_size as usize - 32;
        let lens = [0, 1, room.saturating_sub(1), room, room + 1, 2 * room, 2 * room + 1, many];
        for (id, len) in (1..).zip(lens) {
            round_trip(&mut pair, id, &counting(len));
        }
    });
}

#[test]
fn messages_of_all_sizes_travel_in_packets_with_one_byte_of_payload() {
    round_trips(33, 2_000);
}

#[test]
fn messages_of_all_sizes_travel_in_packets_of_64_bytes() {
    round_trips(64, 10_000);
}

#[test]
fn messages_of_all_sizes_travel_in_packets_of_4096_bytes() {
    round_trips(4_096, 1 << 20);
}

#[test]
fn messages_of_all_sizes_travel_in_packets_of_the_default_size() {
    round_trips(0, 1 << 20);
}

#[test]
fn the_largest_packet_that_was_agreed_is_one_that_the_kernel_carries() {
    watched(|| {
        let mut pair = large(u32::MAX);
        let room = pair.client.agreed().packet_size as usize - 32;
        assert!(room > 100_000, "the size of the send buffer, not {room}");
        round_trip(&mut pair, 1, &counting(room));
    });
}

#[test]
fn a_request_of_exactly_the_limit_is_sent_and_one_byte_more_is_not() {
    watched(|| {
        let mut pair = pair();
        let sent = pair.client.send(3, 1, &[0; 1_025], soon());
        let limit = Limit::Payload { bytes: 1_025, limit: 1_024 };
        assert!(matches!(sent, Err(SendError::OverLimit(found)) if found == limit));
        assert_eq!(pair.client.in_flight(), 0);
        round_trip(&mut pair, 1, &counting(1_024));
    });
}

#[test]
fn a_response_over_the_limit_is_not_sent_and_another_one_can_be() {
    watched(|| {
        let mut pair = pair();
        pair.client.send(3, 1, b"more", soon()).unwrap();
        let header = pair.server.receive(soon()).unwrap().header;
        let sent = pair.server.respond(header, &counting(65_537), soon());
        let limit = Limit::Payload { bytes: 65_537, limit: 65_536 };
        assert!(matches!(sent, Err(SendError::OverLimit(found)) if found == limit));
        pair.server.respond(header, &counting(65_536), soon()).unwrap();
        assert!(pair.client.receive(soon()).unwrap().payload == counting(65_536));
    });
}

#[test]
fn a_client_takes_no_more_than_its_own_ceiling() {
    watched(|| {
        let connect = ConnectOptions { max_response_payload_bytes: 100, ..ConnectOptions::default() };
        let mut pair = pair_with(&connect, &ListenOptions::default());
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
    });
}

#[test]
fn an_id_in_flight_is_not_sent_again_until_its_response_has_come() {
    watched(|| {
        let mut pair = pair();
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
        round_trip(&mut pair, 7, b"d");
    });
}

#[test]
fn a_hundred_requests_in_flight_are_answered_in_any_order() {
    watched(|| {
        let mut pair = pair();
        for id in 0..100u64 {
            pair.client.send(3, id, &id.to_ne_bytes(), soon()).unwrap();
        }
        assert_eq!(pair.client.in_flight(), 100);
        let mut requests = Vec::new();
        for _ in 0..100 {
            let request = pair.server.receive(soon()).unwrap();
            requests.push((request.header, request.payload.to_vec()));
        }
        // 37 and 100 have no common divisor: every request once, in an order of its own.
        for index in 0..100 {
            let (header, payload) = &requests[index * 37 % 100];
            pair.server.respond(*header, payload, soon()).unwrap();
        }
        for index in 0..100u64 {
            let response = pair.client.receive(soon()).unwrap();
            assert_eq!(response.header.message_id, index * 37 % 100);
            assert_eq!(response.payload, response.header.message_id.to_ne_bytes());
        }
        assert_eq!(pair.client.in_flight(), 0);
    });
}

#[test]
fn a_rejected_request_has_an_empty_answer_and_the_session_goes_on() {
    watched(|| {
        let mut pair = large(0);
        let mut builder = BatchBuilder::new();
        builder.start(2, 100).unwrap();
        builder.push(b"a").unwrap();
        builder.push(b"b").unwrap();
        pair.client.send_batch(3, 1, &builder.finish().unwrap(), soon()).unwrap();
        let header = pair.server.receive(soon()).unwrap().header;
        pair.server.reject(header, Status::Unsupported, soon()).unwrap();
        let response = pair.client.receive(soon()).unwrap();
        let expected = MessageHeader {
            kind: Kind::Response,
            transport_status: Status::Unsupported,
            ..MessageHeader::request(3, 1, 0)
        };
        assert_eq!(response.header, expected);
        round_trip(&mut pair, 2, b"and on");
    });
}

#[test]
fn a_refused_request_is_answered_before_the_end() {
    watched(|| {
        let mut pair = pair();
        pair.client.send(3, 1, b"a", soon()).unwrap();
        pair.client.send(3, 2, b"never read", soon()).unwrap();
        let header = pair.server.receive(soon()).unwrap().header;
        let Pair { mut client, server, .. } = pair;
        thread::scope(|scope| {
            scope.spawn(|| server.refuse(header, Status::InternalError, soon()).unwrap());
            let response = client.receive(soon()).unwrap();
            assert_eq!(response.header.transport_status, Status::InternalError);
            assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
        });
        assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [2]);
    });
}

/// A batch goes out and comes back; the items are compared one by one.
fn batch_round_trip(pair: &mut Pair, items: &[Vec<u8>]) {
    let mut builder = BatchBuilder::new();
    let count = u32::try_from(items.len()).unwrap();
    builder.start(count, LARGE).unwrap();
    for item in items {
        builder.push(item).unwrap();
    }
    let Pair { client, server, .. } = pair;
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.receive(soon()).unwrap();
            let header = request.header;
            let batch = request.items().unwrap();
            assert!(batch.iter().eq(items.iter().map(Vec::as_slice)));
            let mut answer = batch_of(&batch.iter().collect::<Vec<_>>());
            server.respond_batch(header, &answer.finish().unwrap(), soon()).unwrap();
        });
        client.send_batch(3, 1, &builder.finish().unwrap(), soon()).unwrap();
        let response = client.receive(soon()).unwrap();
        assert!(response.header.is_batch());
        assert_eq!(response.header.item_count, count);
        let batch = response.items().unwrap();
        assert!(batch.iter().eq(items.iter().map(Vec::as_slice)));
    });
}

fn batch_of(items: &[&[u8]]) -> BatchBuilder {
    let mut builder = BatchBuilder::new();
    builder.start(u32::try_from(items.len()).unwrap(), LARGE).unwrap();
    for item in items {
        builder.push(item).unwrap();
    }
    builder
}

#[test]
fn batches_of_one_and_of_many_travel_with_their_items_in_order() {
    watched(|| {
        let mut pair = large(4_096);
        for count in [1, 2, 3, 999, 1_000] {
            let items: Vec<_> = (0..count).map(|i| counting(i * 7 % 50)).collect();
            batch_round_trip(&mut pair, &items);
        }
    });
}

#[test]
fn a_batch_that_fills_the_payload_limit_travels() {
    watched(|| {
        let mut pair = large(0);
        batch_round_trip(&mut pair, &[counting(LARGE as usize - 8)]);
        let over = vec![0; LARGE as usize - 7];
        let mut builder = BatchBuilder::new();
        builder.start(1, LARGE).unwrap();
        let needed = LARGE as usize + 8;
        assert_eq!(builder.push(&over), Err(BatchError::TooLarge { needed, limit: LARGE as usize }));
    });
}

#[test]
fn a_batch_of_more_items_than_agreed_is_not_sent() {
    watched(|| {
        let mut pair = pair();
        let mut builder = batch_of(&[b"a", b"b"]);
        let sent = pair.client.send_batch(3, 1, &builder.finish().unwrap(), soon());
        assert!(matches!(sent, Err(SendError::OverLimit(Limit::Items { count: 2, limit: 1 }))));
        assert_eq!(pair.client.in_flight(), 0);
    });
}

#[test]
fn an_empty_batch_is_not_sent() {
    watched(|| {
        let mut pair = pair();
        let sent = pair.client.send_batch(3, 1, &batch_of(&[]).finish().unwrap(), soon());
        assert!(matches!(sent, Err(SendError::EmptyBatch)));
    });
}

#[test]
fn batches_and_single_messages_mix_in_flight() {
    watched(|| {
        let mut pair = large(0);
        pair.client.send(3, 1, b"single", soon()).unwrap();
        pair.client.send_batch(3, 2, &batch_of(&[b"a", b"b"]).finish().unwrap(), soon()).unwrap();
        pair.client.send(3, 3, b"again", soon()).unwrap();
        let found: Vec<_> = (0..3)
            .map(|_| pair.server.receive(soon()).unwrap().items().map(|batch| batch.item_count()))
            .collect();
        assert_eq!(found, [None, Some(2), None]);
    });
}

#[test]
fn receiving_needs_no_request_first() {
    watched(|| {
        let mut pair = pair();
        let found = pair.client.receive(Deadline::after(std::time::Duration::ZERO));
        assert!(matches!(found, Err(ReceiveError::TimedOut)));
        round_trip(&mut pair, 1, b"still fine");
    });
}

#[test]
fn a_session_moves_between_threads_and_outlives_its_listener() {
    watched(|| {
        let Pair { client, server, listener, place } = pair();
        drop(listener);
        assert!(!place.socket_exists());
        thread::spawn(move || common::reverse_all(server));
        let call = |mut client: ClientSession| {
            client.send(3, 1, b"abc", soon()).unwrap();
            client.receive(soon()).unwrap().payload.to_vec()
        };
        assert_eq!(thread::spawn(move || call(client)).join().unwrap(), b"cba");
    });
}

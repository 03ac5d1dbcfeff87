//! `docs/contract/transport.md`, "Messages" and "Correlation": many messages in flight, where a transport has packets.

use std::time::{Duration, Instant};

use netipc_transport::{
    ClientSession, ConnectOptions, Deadline, ListenOptions, MessageHeader, ReceiveError, SendError, Status,
};

use super::aborts::{aborted, pause};
use super::batches::batch_of;
use super::transport::{Baseline, PairOf, large, listen_with, pair, pair_of};
use crate::servers::{Ending, Serving};
use crate::support::{Pair, Place, accept, counting, soon};

pub fn a_hundred_requests_in_flight_are_answered_in_any_order<T: Baseline>() {
    let mut pair = pair::<T>();
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
}

pub fn large_messages_in_flight_keep_their_chunks_apart<T: Baseline>() {
    let Pair { mut client, mut server, .. } = large::<T>(4_096);
    let payload = |id: u64| -> Vec<u8> {
        counting(50_000).into_iter().map(|byte| byte.wrapping_add(id.to_le_bytes()[0])).collect()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| (0..8).for_each(|id| client.send(3, id, &payload(id), soon()).unwrap()));
        for id in 0..8 {
            let request = server.receive(soon()).unwrap();
            assert_eq!(request.header.message_id, id);
            assert!(request.payload == payload(id));
        }
    });
}

pub fn batches_and_single_messages_mix_in_flight<T: Baseline>() {
    let mut pair = large::<T>(0);
    pair.client.send(3, 1, b"single", soon()).unwrap();
    pair.client.send_batch(3, 2, &batch_of(&["a", "b"]).finish().unwrap(), soon()).unwrap();
    pair.client.send(3, 3, b"again", soon()).unwrap();
    let found: Vec<_> = (0..3)
        .map(|_| pair.server.receive(soon()).unwrap().items().map(|batch| batch.item_count()))
        .collect();
    assert_eq!(found, [None, Some(2), None]);
}

pub fn every_request_in_flight_has_failed_when_the_session_ends<T: Baseline>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    for id in [1, 2, 3] {
        client.send(3, id, &[], soon()).unwrap();
    }
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, &[], soon()).unwrap();
    drop(server);
    assert_eq!(client.receive(soon()).unwrap().header.message_id, 1);
    assert!(client.receive(soon()).is_err());
    let mut failed: Vec<_> = client.in_flight_ids().collect();
    failed.sort_unstable();
    assert_eq!(failed, [2, 3]);
    assert!(matches!(client.send(3, 4, &[], soon()), Err(SendError::SessionEnded)));
    assert_eq!(client.in_flight(), 2);
}

pub fn a_refusal_reads_away_what_the_client_has_sent_since<T: Baseline>() {
    let mut pair = pair::<T>();
    pair.client.send(3, 1, b"a", soon()).unwrap();
    pair.client.send(3, 2, b"never read", soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    let Pair { mut client, server, .. } = pair;
    std::thread::scope(|scope| {
        scope.spawn(|| server.refuse(header, Status::InternalError, soon()).unwrap());
        let response = client.receive(soon()).unwrap();
        assert_eq!(response.header.transport_status, Status::InternalError);
        assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
        assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [2]);
        drop(client);
    });
}

pub fn a_session_that_takes_no_more_requests_still_answers_those_that_came<T: Baseline>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"first", soon()).unwrap();
    client.send(3, 2, b"second", soon()).unwrap();
    server.handle().shutdown_read();
    for _ in 0..2 {
        let header = server.receive(soon()).unwrap().header;
        server.respond(header, b"done", soon()).unwrap();
    }
    assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    drop(server);
    for id in [1, 2] {
        assert_eq!(client.receive(soon()).unwrap().header.message_id, id);
    }
    assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
}

/// How long looking up an id takes that is in flight already, beside so many others: the best of some rounds.
fn look_up_beside<T: Baseline>(others: u64) -> Duration {
    let connect = ConnectOptions { max_in_flight: u32::MAX, ..T::connect_options() };
    let Pair { mut client, mut server, .. } = pair_of::<T>(connect, T::listen_options());
    for id in 0..others {
        client.send(3, id, &[], soon()).unwrap();
        server.receive(soon()).unwrap();
    }
    let round = || {
        let begin = Instant::now();
        for id in 0..1_000 {
            let sent = client.send(3, id % others, &[], soon());
            assert!(matches!(sent, Err(SendError::DuplicateId(_))));
        }
        begin.elapsed()
    };
    std::iter::repeat_with(round).take(20).min().unwrap()
}

pub fn looking_an_id_up_is_not_linear_in_the_number_of_requests_in_flight<T: Baseline>() {
    let (few, many) = (look_up_beside::<T>(10), look_up_beside::<T>(MANY));
    // One by one it would be hundreds of times as long.
    assert!(many < 20 * few, "{few:?} beside 10, {many:?} beside {MANY}");
}

const MANY: u64 = 20_000;

/// A session whose server does not read, with requests of this size.
fn unread<T: Baseline>(payload: u32) -> PairOf<T> {
    let connect = ConnectOptions {
        max_request_payload_bytes: payload,
        packet_size: 4_096,
        max_in_flight: u32::MAX,
        ..T::connect_options()
    };
    pair_of::<T>(connect, ListenOptions { max_request_payload_bytes: payload, ..T::listen_options() })
}

/// Sends until it fails.
pub(super) fn fill(client: &mut ClientSession, deadline: impl Fn() -> Deadline) -> SendError {
    // No two messages of a test have the same id.
    let mut id = client.in_flight() as u64;
    loop {
        id += 1;
        if let Err(error) = client.send(3, id, &[0; 1_000], deadline()) {
            return error;
        }
    }
}

const SHORT: Duration = Duration::from_millis(50);

pub fn sending_meets_its_deadline_and_goes_on_where_nothing_had_gone_out<T: Baseline>() {
    let Pair { mut client, mut server, .. } = unread::<T>(1_000);
    for wait in [Duration::ZERO, SHORT] {
        assert!(matches!(fill(&mut client, || Deadline::after(wait)), SendError::TimedOut));
        assert!(!client.is_ended());
    }
    for _ in 0..client.in_flight() {
        assert_eq!(server.receive(soon()).unwrap().payload.len(), 1_000);
    }
    client.send(3, 0, b"last", soon()).unwrap();
    assert_eq!(server.receive(soon()).unwrap().payload, b"last");
}

pub fn a_deadline_in_the_middle_of_a_message_that_is_sent_ends_the_session<T: Baseline>() {
    let Pair { mut client, server: _server, .. } = unread::<T>(1 << 24);
    let large = vec![0; 1 << 24];
    assert!(matches!(client.send(3, 1, &large, Deadline::after(SHORT)), Err(SendError::TimedOut)));
    assert!(client.is_ended());
    assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [1]);
    assert!(matches!(client.send(3, 2, &[], soon()), Err(SendError::SessionEnded)));
}

pub fn sending_is_aborted<T: Baseline>() {
    let place = Place::new();
    let listen = ListenOptions { max_request_payload_bytes: 1 << 24, ..T::listen_options() };
    let mut listener = listen_with::<T>(&place, &listen);
    let connect = ConnectOptions { max_request_payload_bytes: 1 << 24, ..T::connect_options() };
    let abort = netipc_transport::Abort::new();
    std::thread::scope(|scope| {
        let server = scope.spawn(|| accept(&mut listener));
        let mut client = ClientSession::connect(&place.endpoint, &connect, soon(), &abort).unwrap();
        let _server = server.join().unwrap();
        let large = vec![0; 1 << 24];
        let found = aborted(&abort, || client.send(3, 1, &large, Deadline::NEVER));
        assert!(matches!(found, Err(SendError::Aborted)), "{found:?}");
    });
}

pub fn a_handle_ends_a_session_whose_client_does_not_read<T: Baseline>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, &[], soon()).unwrap();
    let header: MessageHeader = server.receive(soon()).unwrap().header;
    let handle = server.handle();
    let answer = vec![0; 60_000];
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            loop {
                if let Err(error) = server.respond(header, &answer, Deadline::NEVER) {
                    return error;
                }
            }
        });
        pause();
        handle.shutdown();
        assert!(matches!(sender.join().unwrap(), SendError::Aborted));
    });
}

//! Peers of a shared-memory session that break the contract, or just break off. `docs/contract/posix.md`, "Shared memory".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, packet};
use netipc_tests::support::region::{self, REQ_LEN, REQ_SEQ, RESP_SEQ, RawRegion};
use netipc_tests::support::{Place, accept, soon, watched};
use netipc_transport::envelope::{Hello, HelloAck};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, Limit, ListenOptions, Listener, MessageHeader, Profiles,
    ReceiveError, RegionHeader, SendError, ServerSession, Status, Violation,
};

const BOTH: Profiles = Profiles::CARRIED;

/// A raw client with a real server's session, whose requests have up to 100 bytes of payload in an area of 192.
struct Server {
    client: Raw,
    region: RawRegion,
    session: ServerSession,
    listener: Listener,
    place: Place,
}

fn server() -> Server {
    let place = Place::new();
    let mut listener =
        place.listen_with(&ListenOptions { supported_profiles: BOTH, ..ListenOptions::default() });
    let client = Raw::connect(&place.endpoint);
    client.send(&netipc_tests::support::raw::hello_packet(&Hello {
        supported_profiles: BOTH,
        max_request_payload_bytes: 100,
        ..hello()
    }));
    let session = accept(&mut listener);
    let (status, ack) = client.receive_ack();
    assert_eq!((status, ack.selected_profile), (Status::Ok, Profiles::SHM_HYBRID));
    let region = RawRegion::open(&region::path(&place.endpoint, 1));
    Server { client, region, session, listener, place }
}

impl Server {
    fn publish(&self, header: &MessageHeader, payload: &[u8]) {
        let message = packet(header, payload);
        self.region.publish_request(&message, u32::try_from(message.len()).unwrap());
    }

    fn receive(&mut self) -> Result<Vec<u8>, ReceiveError> {
        self.session.receive(soon()).map(|message| message.payload.to_vec())
    }

    fn violation(&mut self) -> Violation {
        violation(self.receive())
    }
}

/// A raw server with a real client's session.
struct Client {
    server: Raw,
    region: RawRegion,
    session: ClientSession,
    _place: Place,
}

fn client() -> Client {
    client_in(&region::header(), 5_248)
}

fn client_in(header: &RegionHeader, len: u64) -> Client {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    let region = RawRegion::create(&region::path(&place.endpoint, 1), &header.encode(), len);
    let (server, session) = thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            let selected = HelloAck {
                server_supported_profiles: BOTH,
                intersection_profiles: BOTH,
                selected_profile: Profiles::SHM_HYBRID,
                ..ack()
            };
            server.send(&ack_packet(Status::Ok, &selected));
            server
        });
        let options = ConnectOptions { supported_profiles: BOTH, ..ConnectOptions::default() };
        let session = place.connect_with(&options).unwrap();
        (server.join().unwrap(), session)
    });
    Client { server, region, session, _place: place }
}

impl Client {
    fn request(&mut self) -> MessageHeader {
        self.session.send(3, 9, b"request", soon()).unwrap();
        let (header, payload) = self.region.request();
        assert_eq!((header.code, header.message_id, &payload[..]), (3, 9, &b"request"[..]));
        header
    }

    fn respond(&self, header: &MessageHeader, payload: &[u8]) {
        let message = packet(header, payload);
        self.region.publish_response(&message, u32::try_from(message.len()).unwrap());
    }

    fn receive(&mut self) -> Result<Vec<u8>, ReceiveError> {
        self.session.receive(soon()).map(|message| message.payload.to_vec())
    }

    fn violation(&mut self) -> Violation {
        violation(self.receive())
    }
}

fn violation(received: Result<Vec<u8>, ReceiveError>) -> Violation {
    match received {
        Err(ReceiveError::Violation { violation, .. }) => violation,
        other => panic!("{other:?}"),
    }
}

fn request(payload_len: u32) -> MessageHeader {
    MessageHeader::request(3, 9, payload_len)
}

#[test]
fn a_raw_client_is_served() {
    watched(|| {
        let mut server = server();
        server.publish(&request(2), b"ab");
        assert_eq!(server.receive().unwrap(), b"ab");
        server.session.respond(request(2), b"ba", soon()).unwrap();
        let (header, payload) = server.region.response();
        assert_eq!((header.message_id, &payload[..]), (9, &b"ba"[..]));
        let after = server.region.header();
        assert_eq!((after.resp_seq, after.resp_signal, after.resp_len), (1, 1, 34));
    });
}

#[test]
fn a_published_length_outside_of_header_and_area_is_a_violation() {
    watched(|| {
        for len in [0, 31, 193, u32::MAX] {
            let mut server = server();
            server.region.publish_request(&packet(&request(0), &[]), len);
            assert_eq!(server.violation(), Violation::PublishedLength { len, capacity: 192 });
            assert!(server.session.is_ended());
        }
        let mut client = client();
        client.request();
        client.region.publish_response(&[], 4_097);
        assert_eq!(client.violation(), Violation::PublishedLength { len: 4_097, capacity: 4_096 });
    });
}

#[test]
fn a_payload_length_that_is_not_the_published_one_is_a_violation() {
    watched(|| {
        for (announced, published) in [(3, 2), (1, 2), (0, 2), (2, 0)] {
            let mut server = server();
            server.region.publish_request(&packet(&request(announced), &[1, 2]), 32 + published);
            let received = published as usize;
            assert_eq!(server.violation(), Violation::PayloadLength { announced, received });
        }
    });
}

#[test]
fn a_sequence_that_is_neither_the_last_nor_the_next_is_a_violation() {
    watched(|| {
        for found in [2, 1_000, u64::MAX] {
            let mut server = server();
            server.region.write(REQ_SEQ, &found.to_ne_bytes());
            assert_eq!(server.violation(), Violation::Sequence { expected: 1, found });
        }
        // Backwards, too.
        let mut client = client_in(&RegionHeader { resp_seq: 5, ..region::header() }, 5_248);
        client.request();
        client.region.write(RESP_SEQ, &4_u64.to_ne_bytes());
        assert_eq!(client.violation(), Violation::Sequence { expected: 6, found: 4 });
    });
}

#[test]
fn a_malformed_header_is_a_violation() {
    watched(|| {
        let mut server = server();
        server.region.publish_request(&[0; 40], 40);
        assert!(matches!(server.violation(), Violation::Envelope(_)));
    });
}

#[test]
fn a_message_that_goes_the_wrong_way_is_a_violation() {
    watched(|| {
        let mut server = server();
        server.publish(&request(0).response(Status::Ok, 0), &[]);
        assert!(matches!(server.violation(), Violation::Direction { .. }));
        let mut client = client();
        let header = client.request();
        client.respond(&header, b"request");
        assert!(matches!(client.violation(), Violation::Direction { .. }));
    });
}

#[test]
fn a_response_to_nothing_in_flight_is_a_violation() {
    watched(|| {
        let mut client = client();
        let header = client.request();
        client.respond(&MessageHeader { message_id: 10, ..header.response(Status::Ok, 1) }, b"a");
        assert_eq!(client.violation(), Violation::UnknownMessageId(10));
    });
}

#[test]
fn a_request_over_the_limit_is_answered_and_ends_the_session() {
    watched(|| {
        let mut server = server();
        server.publish(&request(101), &[7; 101]);
        let header = match server.receive() {
            Err(ReceiveError::Overflow { header, limit: Limit::Payload { bytes: 101, limit: 100 } }) => {
                header
            }
            other => panic!("{other:?}"),
        };
        server.session.refuse(header, Status::LimitExceeded, soon()).unwrap();
        // The answer is still there when the server has gone.
        assert!(server.client.is_closed_by_peer());
        let (header, payload) = server.region.response();
        assert_eq!((header.transport_status, header.message_id), (Status::LimitExceeded, 9));
        assert!(payload.is_empty());
    });
}

#[test]
fn a_packet_on_the_socket_is_a_violation() {
    watched(|| {
        let mut server = server();
        server.client.send(b"hello");
        assert_eq!(server.violation(), Violation::UnexpectedPacket);
        let mut client = client();
        client.request();
        client.server.send(b"hello");
        assert_eq!(client.violation(), Violation::UnexpectedPacket);
    });
}

#[test]
fn an_empty_packet_on_the_socket_counts_as_the_end() {
    watched(|| {
        let mut server = server();
        server.client.send(b"");
        assert!(matches!(server.receive(), Err(ReceiveError::Closed)));
    });
}

#[test]
fn what_becomes_of_the_header_after_attaching_does_not_matter() {
    watched(|| {
        let mut server = server();
        let fields = 8..32;
        server.region.write(fields.start, &vec![0xff; usize::try_from(fields.end - fields.start).unwrap()]);
        server.region.write(64, &packet(&request(1), b"a"));
        server.region.write(REQ_LEN, &33_u32.to_ne_bytes());
        server.region.write(REQ_SEQ, &1_u64.to_ne_bytes());
        assert_eq!(server.receive().unwrap(), b"a");
        server.session.respond(request(1), b"b", soon()).unwrap();
        assert_eq!(server.region.read(64 + 192 + 32, 1), b"b");
    });
}

#[test]
fn a_request_that_changes_while_it_is_received_is_taken_as_one_of_its_kinds_or_ends_the_session() {
    watched(|| {
        let mut server = server();
        let (one, other) = (packet(&request(8), &[1; 8]), packet(&request(96), &[2; 96]));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let (region, over) = (&server.region, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    for message in [&one, &other] {
                        region.write(64, message);
                        region.write(REQ_LEN, &u32::try_from(message.len()).unwrap().to_ne_bytes());
                    }
                }
            });
            for number in 1..=1_000_u64 {
                region.write(REQ_SEQ, &number.to_ne_bytes());
                match server.session.receive(soon()) {
                    Ok(message) => {
                        assert_eq!(message.payload.len(), message.header.payload_len as usize);
                        assert!(message.payload.iter().all(|byte| *byte <= 2));
                    }
                    Err(ReceiveError::Violation { .. }) => break,
                    Err(error) => panic!("{error}"),
                }
            }
            over.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn a_client_takes_offsets_and_capacities_from_the_header() {
    watched(|| {
        // Words of the server's own before, between and behind the areas.
        let header = RegionHeader { request_offset: 128, response_offset: 4_096, ..region::header() };
        let mut client = client_in(&header, 1 << 16);
        client.region.write(64, &[0xaa; 64]);
        let answered = client.request().response(Status::Ok, 3);
        client.respond(&answered, b"abc");
        assert_eq!(client.receive().unwrap(), b"abc");
        assert_eq!(client.region.read(64, 64), [0xaa; 64]);
        assert_eq!(client.region.read(8_192, 1 << 15), vec![0; 1 << 15]);
    });
}

#[test]
fn a_client_starts_from_the_values_that_it_finds() {
    watched(|| {
        for start in [5, u64::MAX] {
            let header =
                RegionHeader { req_seq: start, resp_seq: start, req_signal: u32::MAX, ..region::header() };
            let mut client = client_in(&header, 5_248);
            for _ in 0..2 {
                let answered = client.request().response(Status::Ok, 1);
                client.respond(&answered, b"a");
                assert_eq!(client.receive().unwrap(), b"a");
            }
            assert_eq!(client.region.header().req_seq, start.wrapping_add(2));
            assert_eq!(client.region.header().req_signal, 1);
        }
    });
}

#[test]
fn an_area_that_is_smaller_than_agreed_is_the_limit() {
    watched(|| {
        let header = RegionHeader { request_capacity: 128, response_capacity: 64, ..region::header() };
        let mut client = client_in(&header, 5_248);
        assert_eq!(client.session.agreed().max_request_payload_bytes, 96);
        assert_eq!(client.session.agreed().max_response_payload_bytes, 32);
        let found = client.session.send(3, 1, &[0; 97], soon());
        assert!(matches!(found, Err(SendError::OverLimit(Limit::Payload { bytes: 97, limit: 96 }))));
        client.session.send(3, 1, &[0; 96], soon()).unwrap();
    });
}

#[test]
fn a_client_sends_the_next_request_when_the_last_one_was_answered() {
    watched(|| {
        let mut client = client();
        let answered = client.request().response(Status::Ok, 1);
        let found = client.session.send(3, 10, b"another", soon());
        assert!(matches!(found, Err(SendError::OutOfTurn)), "{found:?}");
        assert_eq!(client.session.in_flight_ids().collect::<Vec<_>>(), [9]);
        assert_eq!(client.region.request().0.message_id, 9);
        client.respond(&answered, b"a");
        assert_eq!(client.receive().unwrap(), b"a");
        client.session.send(3, 10, b"another", soon()).unwrap();
    });
}

#[test]
fn a_server_that_hangs_up_is_noticed_by_a_client_that_waits() {
    watched(|| {
        let mut client = client();
        client.request();
        drop(client.server);
        let found = client.session.receive(Deadline::NEVER);
        assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        assert_eq!(client.session.in_flight(), 1);
    });
}

#[test]
fn what_a_server_published_before_it_hung_up_is_received() {
    watched(|| {
        let mut client = client();
        let answered = client.request().response(Status::Ok, 1);
        client.respond(&answered, b"a");
        drop(client.server);
        assert_eq!(client.session.receive(Deadline::NEVER).unwrap().payload, b"a");
        assert!(matches!(client.session.receive(Deadline::NEVER), Err(ReceiveError::Closed)));
    });
}

/// The same while nobody, or somebody, is in accept.
#[test]
fn a_client_that_hangs_up_is_noticed_by_a_server_that_waits() {
    watched(|| {
        for attended in [false, true] {
            let Server { client, mut session, mut listener, place, .. } = server();
            let abort = Abort::new();
            thread::scope(|scope| {
                let accepting = attended.then(|| scope.spawn(|| listener.accept(Deadline::NEVER, &abort)));
                let waiting = scope.spawn(move || session.receive(Deadline::NEVER).map(drop));
                drop(client);
                let found = waiting.join().unwrap();
                assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
                abort.abort();
                accepting.map(thread::ScopedJoinHandle::join);
            });
            assert_eq!(place.files(), ["web.sock"]);
        }
    });
}

#[test]
fn an_event_loop_that_never_waits_learns_of_the_end() {
    watched(|| {
        let mut server = server();
        let now = || Deadline::after(std::time::Duration::ZERO);
        assert!(matches!(server.session.receive(now()), Err(ReceiveError::TimedOut)));
        server.publish(&request(1), b"a");
        drop(server.client);
        assert_eq!(server.session.receive(now()).unwrap().payload, b"a");
        assert!(matches!(server.session.receive(now()), Err(ReceiveError::Closed)));
    });
}

//! Shared memory on Windows with peers that break the contract, or just break off. `docs/contract/windows.md`, "Shared
//! memory".
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, hello_packet, packet};
use netipc_tests::support::section::{
    REQ_CLIENT_CLOSED, REQ_LEN, REQ_SEQ, REQ_SERVER_WAITING, RESP_CLIENT_WAITING, RESP_SEQ,
    RESP_SERVER_CLOSED, RawEvent, RawSection, header, stem,
};
use netipc_tests::support::{Place, accept, soon, watched};
use netipc_transport::envelope::{Hello, HelloAck};
use netipc_transport::{
    AttachError, ClientSession, ConnectError, ConnectOptions, CreateError, Deadline, Limit, ListenOptions,
    Listener, MessageHeader, Profiles, ReceiveError, SendError, ServerSession, Status, Violation,
};

const PROFILES: [Profiles; 2] = [Profiles::SHM_HYBRID, Profiles::SHM_BUSYWAIT];

/// Areas of the sessions below end here.
const LEN: usize = 8_192;

/// Both events of a session.
struct Events {
    request: RawEvent,
    response: RawEvent,
}

impl Events {
    fn create(stem: &str) -> Self {
        let make = |suffix| RawEvent::create(&format!("{stem}-{suffix}"));
        Self { request: make("req_event"), response: make("resp_event") }
    }

    fn open(stem: &str) -> Self {
        let open = |suffix| RawEvent::open(&format!("{stem}-{suffix}"));
        Self { request: open("req_event"), response: open("resp_event") }
    }
}

/// A raw client with a real server's session, whose requests have up to 100 bytes of payload in an area of 192.
struct Server {
    client: Raw,
    section: RawSection,
    events: Events,
    session: ServerSession,
    _listener: Listener,
    _place: Place,
}

fn server(profile: Profiles) -> Server {
    let place = Place::new();
    let offered = profile | Profiles::BASELINE;
    let mut listener =
        place.listen_with(&ListenOptions { supported_profiles: offered, ..ListenOptions::default() });
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&Hello {
        supported_profiles: offered,
        max_request_payload_bytes: 100,
        ..hello()
    }));
    let session = accept(&mut listener);
    let (status, ack) = client.receive_ack();
    assert_eq!((status, ack.selected_profile), (Status::Ok, profile));
    let stem = stem(&place.endpoint, profile, 1);
    let section = RawSection::open(&format!("{stem}-mapping"), LEN);
    Server { client, section, events: Events::open(&stem), session, _listener: listener, _place: place }
}

impl Server {
    fn publish(&self, header: &MessageHeader, payload: &[u8]) {
        let message = packet(header, payload);
        self.section.publish_request(&message, u32::try_from(message.len()).unwrap());
        self.events.request.set();
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
    section: RawSection,
    events: Events,
    session: ClientSession,
    _place: Place,
}

fn client(profile: Profiles) -> Client {
    client_in(profile, &header(profile))
}

fn client_in(profile: Profiles, words: &[u32]) -> Client {
    let place = Place::new();
    let stem = stem(&place.endpoint, profile, 1);
    let section = RawSection::create(&format!("{stem}-mapping"), words, LEN);
    let events = Events::create(&stem);
    let (server, session) = connect(&place, profile);
    Client { server, section, events, session: session.unwrap(), _place: place }
}

/// A raw server that agrees on this profile, and what comes of that at a client.
fn connect(place: &Place, profile: Profiles) -> (Raw, Result<ClientSession, ConnectError>) {
    let listener = RawListener::at(&place.endpoint);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            let selected = HelloAck {
                server_supported_profiles: profile,
                intersection_profiles: profile,
                selected_profile: profile,
                ..ack()
            };
            server.send(&ack_packet(Status::Ok, &selected));
            server
        });
        let options = ConnectOptions { supported_profiles: profile, ..ConnectOptions::default() };
        let session = place.connect_with(&options);
        (server.join().unwrap(), session)
    })
}

impl Client {
    fn request(&mut self) -> MessageHeader {
        self.session.send(3, 9, b"request", soon()).unwrap();
        let (header, payload) = self.section.request();
        assert_eq!((header.code, header.message_id, &payload[..]), (3, 9, &b"request"[..]));
        header
    }

    fn respond(&self, header: &MessageHeader, payload: &[u8]) {
        let message = packet(header, payload);
        self.section.publish_response(&message, u32::try_from(message.len()).unwrap());
        self.events.response.set();
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

/// Runs a test over both profiles.
fn in_both(test: fn(Profiles)) {
    watched(move || PROFILES.into_iter().for_each(test));
}

#[test]
fn a_raw_client_is_served() {
    in_both(|profile| {
        let mut server = server(profile);
        server.publish(&request(2), b"ab");
        assert_eq!(server.receive().unwrap(), b"ab");
        server.session.respond(request(2), b"ba", soon()).unwrap();
        let (header, payload) = server.section.response();
        assert_eq!((header.message_id, &payload[..]), (9, &b"ba"[..]));
        assert_eq!(server.section.word64(RESP_SEQ).load(Ordering::Acquire), 1);
    });
}

#[test]
fn a_region_is_laid_out_as_the_contract_says() {
    in_both(|profile| {
        let server = server(profile);
        let words: Vec<u32> =
            (0..16).map(|index| server.section.word(index * 4).load(Ordering::Acquire)).collect();
        assert_eq!(words[..4], [0x4e53_5748, 3, 128, profile.bits()]);
        assert_eq!(words[4..9], [128, 192, 320, 65_600, 1_024]);
        assert_eq!(words[9..], [0; 7]);
        assert_eq!(server.section.read(64, 64), [0; 64]);
    });
}

#[test]
fn a_peer_is_woken_if_it_says_that_it_waits_and_not_otherwise() {
    watched(|| {
        let mut client = client(Profiles::SHM_HYBRID);
        let answered = client.request().response(Status::Ok, 1);
        assert!(!client.events.request.was_set());
        client.respond(&answered, b"a");
        client.receive().unwrap();
        client.section.word(REQ_SERVER_WAITING).store(1, Ordering::SeqCst);
        client.request();
        assert!(client.events.request.was_set());
    });
}

#[test]
fn nobody_is_woken_who_never_waits() {
    watched(|| {
        let mut client = client(Profiles::SHM_BUSYWAIT);
        client.section.word(REQ_SERVER_WAITING).store(1, Ordering::SeqCst);
        client.request();
        assert!(!client.events.request.was_set());
    });
}

#[test]
fn a_side_that_waits_says_so_and_is_woken() {
    watched(|| {
        let mut server = server(Profiles::SHM_HYBRID);
        let Server { section, events, session, .. } = &mut server;
        thread::scope(|scope| {
            let waiting = scope.spawn(|| session.receive(soon()).map(|message| message.payload.to_vec()));
            while section.word(REQ_SERVER_WAITING).load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            let message = packet(&request(1), b"a");
            section.publish_request(&message, 33);
            events.request.set();
            assert_eq!(waiting.join().unwrap().unwrap(), b"a");
        });
        assert_eq!(section.word(REQ_SERVER_WAITING).load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_published_length_outside_of_header_and_area_is_a_violation() {
    in_both(|profile| {
        for len in [0, 31, 193, i32::MAX.cast_unsigned(), i32::MIN.cast_unsigned(), u32::MAX] {
            let mut server = server(profile);
            server.section.publish_request(&packet(&request(0), &[]), len);
            assert_eq!(server.violation(), Violation::PublishedLength { len, capacity: 192 });
            assert!(server.session.is_ended());
        }
        let mut client = client(profile);
        client.request();
        client.section.publish_response(&[], 4_097);
        assert_eq!(client.violation(), Violation::PublishedLength { len: 4_097, capacity: 4_096 });
    });
}

#[test]
fn a_payload_length_that_is_not_the_published_one_is_a_violation() {
    in_both(|profile| {
        for (announced, published) in [(3, 2), (1, 2), (0, 2), (2, 0)] {
            let mut server = server(profile);
            server.section.publish_request(&packet(&request(announced), &[1, 2]), 32 + published);
            let received = published as usize;
            assert_eq!(server.violation(), Violation::PayloadLength { announced, received });
        }
    });
}

#[test]
fn a_sequence_that_is_neither_the_last_nor_the_next_is_a_violation() {
    in_both(|profile| {
        for found in [2, 1_000, u64::MAX] {
            let mut server = server(profile);
            server.section.word64(REQ_SEQ).store(found, Ordering::SeqCst);
            assert_eq!(server.violation(), Violation::Sequence { expected: 1, found });
        }
    });
}

#[test]
fn a_malformed_header_is_a_violation() {
    in_both(|profile| {
        let mut server = server(profile);
        server.section.publish_request(&[0; 40], 40);
        assert!(matches!(server.violation(), Violation::Envelope(_)));
    });
}

#[test]
fn a_message_that_goes_the_wrong_way_is_a_violation() {
    in_both(|profile| {
        let mut server = server(profile);
        server.publish(&request(0).response(Status::Ok, 0), &[]);
        assert!(matches!(server.violation(), Violation::Direction { .. }));
        let mut client = client(profile);
        let header = client.request();
        client.respond(&header, b"request");
        assert!(matches!(client.violation(), Violation::Direction { .. }));
    });
}

#[test]
fn a_response_to_nothing_in_flight_is_a_violation() {
    in_both(|profile| {
        let mut client = client(profile);
        let header = client.request();
        client.respond(&MessageHeader { message_id: 10, ..header.response(Status::Ok, 1) }, b"a");
        assert_eq!(client.violation(), Violation::UnknownMessageId(10));
    });
}

#[test]
fn a_request_over_the_limit_is_answered_and_ends_the_session() {
    in_both(|profile| {
        let mut server = server(profile);
        server.publish(&request(101), &[7; 101]);
        let header = match server.receive() {
            Err(ReceiveError::Overflow { header, limit: Limit::Payload { bytes: 101, limit: 100 } }) => {
                header
            }
            other => panic!("{other:?}"),
        };
        server.session.refuse(header, Status::LimitExceeded, soon()).unwrap();
        // The answer is still there when the server has gone, which it says.
        assert_eq!(server.section.word(RESP_SERVER_CLOSED).load(Ordering::SeqCst), 1);
        let (header, payload) = server.section.response();
        assert_eq!((header.transport_status, header.message_id), (Status::LimitExceeded, 9));
        assert!(payload.is_empty());
    });
}

#[test]
fn a_packet_on_the_pipe_is_a_violation() {
    in_both(|profile| {
        let mut server = server(profile);
        server.client.send(b"h");
        assert_eq!(server.violation(), Violation::UnexpectedPacket);
        let mut client = client(profile);
        client.request();
        client.server.send(b"hello");
        assert_eq!(client.violation(), Violation::UnexpectedPacket);
    });
}

#[test]
fn what_becomes_of_the_header_after_attaching_does_not_matter() {
    in_both(|profile| {
        let mut server = server(profile);
        for at in (0..36).step_by(4) {
            server.section.word(at).store(u32::MAX, Ordering::SeqCst);
        }
        server.section.write(128, &packet(&request(1), b"a"));
        server.section.word(REQ_LEN).store(33, Ordering::SeqCst);
        server.section.word64(REQ_SEQ).store(1, Ordering::SeqCst);
        assert_eq!(server.receive().unwrap(), b"a");
        server.session.respond(request(1), b"b", soon()).unwrap();
        assert_eq!(server.section.read(128 + 192 + 32, 1), b"b");
    });
}

#[test]
fn a_request_that_changes_while_it_is_received_is_taken_as_one_of_its_kinds_or_ends_the_session() {
    in_both(|profile| {
        let mut server = server(profile);
        let (one, other) = (packet(&request(8), &[1; 8]), packet(&request(96), &[2; 96]));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let (section, over) = (&server.section, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    for message in [&one, &other] {
                        section.write(128, message);
                        section.word(REQ_LEN).store(u32::try_from(message.len()).unwrap(), Ordering::SeqCst);
                    }
                }
            });
            for number in 1..=1_000_u64 {
                section.word64(REQ_SEQ).store(number, Ordering::SeqCst);
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
fn a_client_starts_from_the_values_that_it_finds() {
    in_both(|profile| {
        let place = Place::new();
        let stem = stem(&place.endpoint, profile, 1);
        let section = RawSection::create(&format!("{stem}-mapping"), &header(profile), LEN);
        for at in [REQ_SEQ, RESP_SEQ] {
            section.word64(at).store(u64::MAX, Ordering::SeqCst);
        }
        let events = Events::create(&stem);
        let (server, session) = connect(&place, profile);
        let mut client = Client { server, section, events, session: session.unwrap(), _place: place };
        for _ in 0..2 {
            let answered = client.request().response(Status::Ok, 1);
            client.respond(&answered, b"a");
            assert_eq!(client.receive().unwrap(), b"a");
        }
        assert_eq!(client.section.word64(REQ_SEQ).load(Ordering::SeqCst), 1);
    });
}

#[test]
fn an_area_that_is_smaller_than_agreed_is_the_limit() {
    in_both(|profile| {
        let mut words = header(profile);
        (words[5], words[7]) = (128, 64);
        let mut client = client_in(profile, &words);
        assert_eq!(client.session.agreed().max_request_payload_bytes, 96);
        assert_eq!(client.session.agreed().max_response_payload_bytes, 32);
        let found = client.session.send(3, 1, &[0; 97], soon());
        assert!(matches!(found, Err(SendError::OverLimit(Limit::Payload { bytes: 97, limit: 96 }))));
        client.session.send(3, 1, &[0; 96], soon()).unwrap();
    });
}

#[test]
fn whatever_spin_tries_a_server_writes_a_client_meets_its_deadline() {
    in_both(|profile| {
        for spin_tries in [0, u32::MAX] {
            let mut words = header(profile);
            words[8] = spin_tries;
            let mut client = client_in(profile, &words);
            let answered = client.request().response(Status::Ok, 1);
            let found = client.session.receive(Deadline::after(Duration::from_millis(5)));
            assert!(matches!(found, Err(ReceiveError::TimedOut)), "{found:?}");
            client.respond(&answered, b"a");
            assert_eq!(client.receive().unwrap(), b"a");
        }
    });
}

#[test]
fn a_peer_that_sets_its_closed_flag_has_gone() {
    in_both(|profile| {
        let mut server = server(profile);
        server.publish(&request(1), b"a");
        server.section.word(REQ_CLIENT_CLOSED).store(1, Ordering::SeqCst);
        assert_eq!(server.receive().unwrap(), b"a", "it was published before");
        assert!(matches!(server.receive(), Err(ReceiveError::Closed)));
        let mut client = client(profile);
        let answered = client.request().response(Status::Ok, 1);
        client.respond(&answered, b"a");
        client.section.word(RESP_SERVER_CLOSED).store(u32::MAX, Ordering::SeqCst);
        assert_eq!(client.receive().unwrap(), b"a");
        assert!(matches!(client.receive(), Err(ReceiveError::Closed)));
    });
}

#[test]
fn a_side_that_waits_learns_of_the_flag_at_once() {
    watched(|| {
        let mut server = server(Profiles::SHM_HYBRID);
        let Server { section, events, session, .. } = &mut server;
        thread::scope(|scope| {
            let waiting = scope.spawn(|| session.receive(Deadline::NEVER).map(drop));
            while section.word(REQ_SERVER_WAITING).load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            section.word(REQ_CLIENT_CLOSED).store(1, Ordering::SeqCst);
            events.request.set();
            assert!(matches!(waiting.join().unwrap(), Err(ReceiveError::Closed)));
        });
    });
}

#[test]
fn a_side_that_closes_says_so_and_wakes_its_peer() {
    in_both(|profile| {
        let Client { section, events, session, .. } = client(profile);
        assert_eq!(section.word(REQ_CLIENT_CLOSED).load(Ordering::SeqCst), 0);
        drop(session);
        assert_eq!(section.word(REQ_CLIENT_CLOSED).load(Ordering::SeqCst), 1);
        assert_eq!(events.request.was_set(), profile == Profiles::SHM_HYBRID);
        let Server { section, events, session, .. } = server(profile);
        drop(session);
        assert_eq!(section.word(RESP_SERVER_CLOSED).load(Ordering::SeqCst), 1);
        assert_eq!(events.response.was_set(), profile == Profiles::SHM_HYBRID);
    });
}

/// One that dies sets no flag.
#[test]
fn a_peer_whose_pipe_breaks_has_gone() {
    in_both(|profile| {
        let Server { client: gone, mut session, section, .. } = server(profile);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| session.receive(Deadline::NEVER).map(drop));
            drop(gone);
            assert!(matches!(waiting.join().unwrap(), Err(ReceiveError::Closed)));
        });
        assert_eq!(section.word(REQ_CLIENT_CLOSED).load(Ordering::SeqCst), 0);
        let mut client = client(profile);
        client.request();
        drop(client.server);
        let found = client.session.receive(Deadline::NEVER);
        assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        assert_eq!(client.session.in_flight(), 1);
    });
}

#[test]
fn an_event_loop_that_never_waits_learns_of_the_end() {
    in_both(|profile| {
        let mut server = server(profile);
        assert!(matches!(server.session.receive(Deadline::NOW), Err(ReceiveError::TimedOut)));
        server.publish(&request(1), b"a");
        drop(server.client);
        assert_eq!(server.session.receive(Deadline::NOW).unwrap().payload, b"a");
        loop {
            match server.session.receive(Deadline::NOW) {
                Err(ReceiveError::TimedOut) => thread::yield_now(),
                found => break assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}"),
            }
        }
    });
}

/// Why a client cannot attach where there is this.
fn not_attached(
    profile: Profiles,
    make: impl FnOnce(&str) -> Option<(RawSection, Option<Events>)>,
) -> AttachError {
    let place = Place::new();
    let _made = make(&stem(&place.endpoint, profile, 1));
    match connect(&place, profile).1 {
        Err(ConnectError::Attach { source, .. }) => source,
        found => panic!("{found:?}"),
    }
}

#[test]
fn a_client_that_finds_no_mapping_cannot_attach() {
    in_both(|profile| {
        let error = not_attached(profile, |_| None);
        assert!(matches!(error, AttachError::Missing { .. }), "{error}");
    });
}

#[test]
fn a_client_that_finds_no_events_cannot_attach_where_it_would_wait_for_them() {
    watched(|| {
        let profile = Profiles::SHM_HYBRID;
        let error = not_attached(profile, |stem| {
            Some((RawSection::create(&format!("{stem}-mapping"), &header(profile), LEN), None))
        });
        assert!(
            matches!(&error, AttachError::Missing { path } if path.to_string_lossy().ends_with("_event")),
            "{error}"
        );
        let (place, profile) = (Place::new(), Profiles::SHM_BUSYWAIT);
        let name = format!("{}-mapping", stem(&place.endpoint, profile, 1));
        let _section = RawSection::create(&name, &header(profile), LEN);
        assert!(connect(&place, profile).1.is_ok());
    });
}

#[test]
fn a_client_that_finds_another_header_cannot_attach() {
    in_both(|profile| {
        let other = Profiles::from_bits(profile.bits() ^ 6).bits();
        let cases = [
            (0, 0, "bad magic"),
            (1, 4, "bad version"),
            (2, 64, "bad header length"),
            (3, other, "bad profile"),
            (4, 64, "not ready"),
            (7, 0, "not ready"),
            (6, 1_152, "bad size"),
            (7, 8_192, "bad size"),
            (7, 0xffff_ffc0, "bad size"),
        ];
        for (index, value, expected) in cases {
            let error = not_attached(profile, |stem| {
                let mut words = header(profile);
                words[index] = value;
                let section = RawSection::create(&format!("{stem}-mapping"), &words, LEN);
                Some((section, Some(Events::create(stem))))
            });
            match error {
                AttachError::Fault { fault, .. } => assert_eq!(fault.name(), expected),
                error => panic!("{error}"),
            }
        }
    });
}

#[test]
fn a_mapping_or_an_event_that_is_there_already_leaves_its_profile_out() {
    in_both(|profile| {
        let other = Profiles::from_bits(profile.bits() ^ 6);
        for (suffix, offered, expected) in [
            ("mapping", profile | Profiles::BASELINE, Profiles::BASELINE),
            ("req_event", profile | Profiles::BASELINE, Profiles::BASELINE),
            ("mapping", Profiles::CARRIED, other),
        ] {
            let place = Place::new();
            let name = format!("{}-{suffix}", stem(&place.endpoint, profile, 1));
            let squatter = RawSection::create(&name, &[], LEN);
            let mut listener = place.listen_with(&ListenOptions {
                supported_profiles: offered,
                preferred_profiles: profile,
                ..ListenOptions::default()
            });
            let options = ConnectOptions {
                supported_profiles: offered,
                preferred_profiles: profile,
                ..ConnectOptions::default()
            };
            let agreed = thread::scope(|scope| {
                let client = scope.spawn(|| place.connect_with(&options).unwrap());
                let _server = accept(&mut listener);
                *client.join().unwrap().agreed()
            });
            assert_eq!(agreed.profile, expected, "{suffix}");
            let failure = listener.census().last_region_failure().unwrap();
            if suffix == "mapping" {
                assert!(matches!(&*failure, CreateError::InUse { path } if path.to_str() == Some(&name)));
                assert_eq!(squatter.read(0, LEN), vec![0; LEN], "it is left alone");
            }
        }
    });
}

#[test]
fn nothing_of_a_session_is_left_when_both_sides_have_ended() {
    in_both(|profile| {
        let (stem, sessions) = {
            let Server { client, section, events, session, _listener: listener, _place: place } =
                server(profile);
            drop((client, section, events));
            (stem(&place.endpoint, profile, 1), (session, listener, place))
        };
        let name = format!("{stem}-mapping");
        assert!(std::panic::catch_unwind(|| RawSection::open(&name, LEN)).is_ok());
        drop(sessions);
        assert!(std::panic::catch_unwind(|| RawSection::open(&name, LEN)).is_err());
    });
}

#[test]
fn a_waiting_flag_of_the_peer_is_no_business_of_this_side() {
    watched(|| {
        let mut client = client(Profiles::SHM_HYBRID);
        client.section.word(RESP_CLIENT_WAITING).store(u32::MAX, Ordering::SeqCst);
        let answered = client.request().response(Status::Ok, 1);
        client.respond(&answered, b"a");
        assert_eq!(client.receive().unwrap(), b"a");
    });
}

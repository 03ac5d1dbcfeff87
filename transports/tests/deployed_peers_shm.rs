//! What deployed peers do with regions and the contract does not say: `docs/contract/deployed-peers.md`.
#![cfg(any(target_os = "linux", windows))]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, hello_packet, packet};
#[cfg(target_os = "linux")]
use netipc_tests::support::region::OWNER_GENERATION;
use netipc_tests::support::region::{self, HEADER_LEN, Layout, PROFILES, Region, Way};
use netipc_tests::support::{PATIENCE, Place, accept, soon, watched};
use netipc_transport::envelope::{Hello, HelloAck};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, ListenOptions, Listener, MessageHeader, Profiles,
    ReceiveError, ServerSession, Status,
};

/// Runs a test over every profile of shared memory that the platform has.
fn in_each_profile(test: fn(Profiles)) {
    watched(move || PROFILES.into_iter().for_each(test));
}

fn connect_options(profile: Profiles) -> ConnectOptions {
    ConnectOptions {
        supported_profiles: profile | Profiles::BASELINE,
        preferred_profiles: profile,
        ..ConnectOptions::default()
    }
}

fn listen_options(profile: Profiles) -> ListenOptions {
    ListenOptions {
        supported_profiles: profile | Profiles::BASELINE,
        preferred_profiles: profile,
        ..ListenOptions::default()
    }
}

/// A server of other make, and our client's session with it.
struct Client {
    session: ClientSession,
    server: Raw,
    region: Region,
    place: Place,
}

fn client_of(profile: Profiles, layout: &Layout) -> Client {
    client_with(profile, layout, |_| ())
}

/// The same with a region that was changed before it was told of.
fn client_with(profile: Profiles, layout: &Layout, change: impl FnOnce(&Region) + Send) -> Client {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    let (session, server, region) = thread::scope(|scope| {
        let server = scope.spawn(|| {
            // Made before the HELLO arrives, as large as it likes.
            let server = listener.accept();
            let region = Region::create(&place.endpoint, profile, 1, layout);
            change(&region);
            server.receive();
            let ack = HelloAck {
                server_supported_profiles: profile | Profiles::BASELINE,
                intersection_profiles: profile | Profiles::BASELINE,
                selected_profile: profile,
                ..ack()
            };
            server.send(&ack_packet(Status::Ok, &ack));
            (server, region)
        });
        let session = place.connect_with(&connect_options(profile));
        let (server, region) = server.join().unwrap();
        (session.unwrap(), server, region)
    });
    assert_eq!(session.agreed().profile, profile);
    Client { session, server, region, place }
}

impl Client {
    /// A call that the server answers as it should.
    fn is_answered(&mut self, id: u64, number: u64) {
        self.session.send(3, id, b"question", soon()).unwrap();
        let header = MessageHeader::request(3, id, 8);
        assert_eq!(self.region.wait_for(Way::Request, number), packet(&header, b"question"));
        self.region.publish(Way::Response, &packet(&header.response(Status::Ok, 6), b"answer"));
        assert_eq!(self.session.receive(soon()).unwrap().payload, b"answer");
    }
}

/// A client of other make, and our server's session with it.
struct Server {
    session: ServerSession,
    client: Raw,
    region: Region,
    listener: Listener,
    place: Place,
}

fn shake_hands(profile: Profiles, place: &Place, listener: &mut Listener) -> (Raw, Region, ServerSession) {
    let client = Raw::connect(&place.endpoint);
    let offered = profile | Profiles::BASELINE;
    let hello = Hello { supported_profiles: offered, preferred_profiles: offered, ..hello() };
    client.send(&hello_packet(&hello));
    let session = accept(listener);
    let (status, ack) = client.receive_ack();
    assert_eq!((status, ack.selected_profile), (Status::Ok, profile));
    // It is there, and complete, when the ack is.
    let region = Region::open(&place.endpoint, ack.selected_profile, ack.session_id);
    let magic = if cfg!(windows) { 0x4e53_5748 } else { 0x4e53_484d };
    assert_eq!(region.word(0).load(Ordering::Acquire), magic);
    (client, region, session)
}

fn server(profile: Profiles) -> Server {
    let place = Place::new();
    let mut listener = place.listen_with(&listen_options(profile));
    let (client, region, session) = shake_hands(profile, &place, &mut listener);
    Server { session, client, region, listener, place }
}

impl Server {
    fn answers(&mut self, id: u64, number: u64) {
        let header = MessageHeader::request(3, id, 8);
        self.region.publish(Way::Request, &packet(&header, b"question"));
        assert_eq!(self.session.receive(soon()).unwrap().payload, b"question");
        self.session.respond(header, b"answer", soon()).unwrap();
        let response = self.region.wait_for(Way::Response, number);
        assert_eq!(response, packet(&header.response(Status::Ok, 6), b"answer"));
    }
}

#[test]
fn a_region_with_private_words_before_the_request_area_is_left_alone_there() {
    in_each_profile(|profile| {
        let layout = Layout {
            request_offset: 256,
            response_offset: 256 + 1_088 + 128,
            len: 70_000,
            ..Layout::default()
        };
        let mut client = client_of(profile, &layout);
        let header = HEADER_LEN as usize;
        let private = [header..256, 256 + 1_088..256 + 1_088 + 128, 67_072..70_000];
        for part in private.clone() {
            client.region.put(part.start, &vec![0xa5; part.len()]);
        }
        (1..4).for_each(|id| client.is_answered(id, id));
        for part in private {
            assert_eq!(client.region.get(part.start, part.len()), vec![0xa5; part.len()]);
        }
    });
}

#[test]
fn a_region_that_is_larger_than_agreed_is_used_as_it_is() {
    in_each_profile(|profile| {
        let (capacity, offset) = (1 << 20, HEADER_LEN + (1 << 20));
        let layout = Layout {
            request_capacity: capacity,
            response_offset: offset,
            response_capacity: capacity,
            len: offset + capacity,
            ..Layout::default()
        };
        let mut client = client_of(profile, &layout);
        assert_eq!(client.session.agreed().max_request_payload_bytes, 1_024);
        client.is_answered(1, 1);
        let sent = client.session.send(3, 2, &[0; 1_025], soon());
        assert!(sent.is_err(), "the limit is the agreed one");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_region_whose_generation_came_out_0_is_used() {
    in_each_profile(|profile| {
        let change = |region: &Region| region.word(OWNER_GENERATION).store(0, Ordering::Release);
        client_with(profile, &Layout::default(), change).is_answered(1, 1);
    });
}

#[test]
fn a_client_takes_up_the_sequences_that_it_finds() {
    in_each_profile(|profile| {
        let mut client = client_of(profile, &Layout::default());
        client.is_answered(1, 1);
        // Those of a server begin at 0, and go round.
        let mut server = server(profile);
        assert_eq!(server.region.sequence(Way::Request).load(Ordering::Acquire), 0);
        (1..4).for_each(|id| server.answers(id, id));
    });
}

/// Ends the server's side in some way while the client waits, and sees that it learns of that.
fn a_waiting_client_notices(profile: Profiles, end: impl FnOnce(Raw, &Place) + Send) {
    let Client { mut session, server, place, .. } = client_of(profile, &Layout::default());
    session.send(3, 1, b"question", soon()).unwrap();
    thread::scope(|scope| {
        let begin = Instant::now();
        let waiter = scope.spawn(|| session.receive(soon()).map(drop));
        thread::sleep(Duration::from_millis(50));
        end(server, &place);
        let found = waiter.join().unwrap();
        assert!(matches!(found, Err(ReceiveError::Closed | ReceiveError::Broken { .. })), "{found:?}");
        assert!(begin.elapsed() < PATIENCE / 2, "{:?}", begin.elapsed());
    });
    assert_eq!(session.in_flight_ids().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_server_that_says_ok_and_hangs_up_does_not_keep_a_waiting_client() {
    in_each_profile(|profile| a_waiting_client_notices(profile, |server, _| drop(server)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_removes_the_region_and_hangs_up_does_not_keep_a_waiting_client() {
    in_each_profile(|profile| {
        a_waiting_client_notices(profile, |server, place| {
            std::fs::remove_file(region::path(&place.endpoint, 1)).unwrap();
            drop(server);
        });
    });
}

#[test]
fn a_response_that_comes_without_a_wake_is_received_all_the_same() {
    in_each_profile(|profile| {
        let mut client = client_of(profile, &Layout::default());
        client.session.send(3, 1, &[], soon()).unwrap();
        let header = MessageHeader::request(3, 1, 0);
        client.region.store(Way::Response, &packet(&header.response(Status::Ok, 4), b"late"));
        // A deadline that is past looks once more at the sequence.
        let past = Deadline::after(Duration::ZERO);
        assert_eq!(client.session.receive(past).unwrap().payload, b"late");
    });
}

#[test]
fn what_was_published_before_a_server_died_is_received() {
    in_each_profile(|profile| {
        let Client { mut session, server, region, place: _place } = client_of(profile, &Layout::default());
        session.send(3, 1, &[], soon()).unwrap();
        let header = MessageHeader::request(3, 1, 0);
        region.store(Way::Response, &packet(&header.response(Status::Ok, 4), b"last"));
        drop(server);
        assert_eq!(session.receive(soon()).unwrap().payload, b"last");
        assert!(session.receive(soon()).is_err());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn every_message_wakes_a_peer_that_waits_without_a_word() {
    in_each_profile(|profile| {
        let Client { mut session, region, .. } = client_of(profile, &Layout::default());
        thread::scope(|scope| {
            let waiter = scope.spawn(|| region.wait_for(Way::Request, 1));
            thread::sleep(Duration::from_millis(50));
            session.send(3, 1, b"wake up", soon()).unwrap();
            assert_eq!(&waiter.join().unwrap()[32..], b"wake up");
        });

        let Server { mut session, region, .. } = server(profile);
        let header = MessageHeader::request(3, 1, 0);
        region.publish(Way::Request, &packet(&header, &[]));
        session.receive(soon()).unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| region.wait_for(Way::Response, 1));
            thread::sleep(Duration::from_millis(50));
            session.respond(header, b"wake up", soon()).unwrap();
            assert_eq!(&waiter.join().unwrap()[32..], b"wake up");
        });
    });
}

#[test]
fn the_length_in_the_header_is_always_set() {
    in_each_profile(|profile| {
        let Client { mut session, region, .. } = client_of(profile, &Layout::default());
        session.send(3, 1, &[7; 500], soon()).unwrap();
        let request = region.wait_for(Way::Request, 1);
        assert_eq!(MessageHeader::decode(&request).unwrap().payload_len, 500);
        assert_eq!(request.len(), 532);
    });
}

#[test]
fn error_replies_are_accepted_whatever_their_flags_say() {
    in_each_profile(|profile| {
        let mut client = client_of(profile, &Layout::default());
        for (id, count) in [(1, 0), (2, 1), (3, 16)] {
            client.session.send(3, id, &[], soon()).unwrap();
            let reply = MessageHeader::request(3, id, 0).response(Status::BadEnvelope, 0).with_batch(count);
            client.region.publish(Way::Response, &packet(&reply, &[]));
            let response = client.session.receive(soon()).unwrap();
            assert_eq!(response.header.transport_status, Status::BadEnvelope);
            assert!(response.items().is_none());
        }
    });
}

#[test]
fn a_batch_of_one_is_accepted() {
    in_each_profile(|profile| {
        let Server { mut session, region, .. } = server(profile);
        let payload = [&0u32.to_ne_bytes()[..], &3u32.to_ne_bytes(), b"one"].concat();
        let header = MessageHeader::request(3, 1, 11).with_batch(1);
        region.publish(Way::Request, &packet(&header, &payload));
        let request = session.receive(soon()).unwrap();
        assert_eq!(request.items().unwrap().get(0), Some(&b"one"[..]));
    });
}

#[test]
fn a_client_that_gives_up_is_noticed_by_a_server_that_nobody_attends() {
    in_each_profile(|profile| {
        let Server { mut session, client, listener, place, .. } = server(profile);
        thread::scope(|scope| {
            let waiter = scope.spawn(move || session.receive(Deadline::NEVER).map(drop));
            thread::sleep(Duration::from_millis(100));
            drop(client);
            assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
        });
        assert!(!region::exists(&place.endpoint, profile, 1));
        assert_eq!(listener.live_sessions(), 0);
    });
}

#[test]
fn clients_that_vanish_do_not_use_up_the_sessions() {
    in_each_profile(|profile| {
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions { max_sessions: 8, ..listen_options(profile) });
        for _ in 0..3 {
            let sessions: Vec<_> = (0..8).map(|_| shake_hands(profile, &place, &mut listener)).collect();
            let waiters: Vec<_> = sessions
                .into_iter()
                .map(|(client, _, mut session)| {
                    // One of them asks before it goes, and never takes the answer.
                    drop(client);
                    thread::spawn(move || session.receive(Deadline::NEVER).map(drop))
                })
                .collect();
            for waiter in waiters {
                assert!(waiter.join().unwrap().is_err());
            }
            assert_eq!(listener.live_sessions(), 0);
            assert_eq!(place.names().len(), 1, "the listener's own name");
        }
    });
}

#[test]
fn an_attended_server_learns_at_once_that_its_client_has_gone() {
    in_each_profile(|profile| {
        let Server { mut session, client, mut listener, place: _place, .. } = server(profile);
        let stop = Abort::new();
        thread::scope(|scope| {
            let accepting = scope.spawn(|| listener.accept(Deadline::NEVER, &stop).map(drop));
            let waiter = scope.spawn(|| session.receive(Deadline::NEVER).map(drop));
            thread::sleep(Duration::from_millis(50));
            drop(client);
            assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
            stop.abort();
            accepting.join().unwrap().unwrap_err();
        });
    });
}

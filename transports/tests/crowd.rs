//! Many clients at once, good and bad ones. `docs/contract/transport.md`, "A connection's life";
//! `docs/contract/service.md`, "Managed server".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{Raw, hello, hello_packet, packet};
use netipc_tests::support::{Place, Reverser, accept, soon, watched};
use netipc_transport::envelope::Hello;
use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectError, ConnectOptions, Deadline, ListenOptions, Listener,
    MessageHeader, ServerSession, Status,
};

fn call(client: &mut ClientSession, id: u64) {
    let payload = id.to_ne_bytes();
    client.send(3, id, &payload, soon()).unwrap();
    let answer: Vec<u8> = payload.iter().rev().copied().collect();
    assert_eq!(client.receive(soon()).unwrap().payload, answer);
}

#[test]
fn bad_clients_cost_the_good_ones_nothing() {
    watched(|| {
        let place = Place::new();
        let server = Reverser::start(place.listen());
        // All are there at the same time, and the bad ones stay.
        let (begin, end) = (Barrier::new(50), Barrier::new(50));
        thread::scope(|scope| {
            for number in 0..50 {
                let (place, begin, end) = (&place, &begin, &end);
                scope.spawn(move || {
                    begin.wait();
                    match number % 5 {
                        0 => {
                            let garbage = Raw::connect(&place.endpoint);
                            let _ = garbage.try_send(&[number; 100]);
                            end.wait();
                        }
                        1 => {
                            let _silent = Raw::connect(&place.endpoint);
                            end.wait();
                        }
                        2 => {
                            let quitter = Raw::connect(&place.endpoint);
                            quitter.shake_hands(&Hello { packet_size: 72, ..hello() });
                            quitter.send(&packet(&MessageHeader::request(3, 9, 100), &[0; 40]));
                            drop(quitter);
                            end.wait();
                        }
                        _ => {
                            let mut client = place.connect_with(&ConnectOptions::default()).unwrap();
                            for id in 0..100 {
                                call(&mut client, id);
                            }
                            end.wait();
                        }
                    }
                });
            }
        });
        drop(server);
        let found = place.connect_with(&ConnectOptions::default());
        assert!(matches!(found, Err(ConnectError::NotFound { .. })), "{found:?}");
    });
}

#[test]
fn a_client_that_vanishes_before_its_hello_or_its_answer_is_no_error() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        drop(Raw::connect(&place.endpoint));
        let early = Raw::connect(&place.endpoint);
        early.send(&hello_packet(&hello()));
        drop(early);
        let rejected = Raw::connect(&place.endpoint);
        rejected.send(&hello_packet(&Hello { auth_token: 1, ..hello() }));
        drop(rejected);
        let client = Raw::connect(&place.endpoint);
        client.send(&hello_packet(&hello()));
        assert_eq!(accept(&mut listener).session_id(), 4);
    });
}

fn limited(max_sessions: u32) -> ListenOptions {
    ListenOptions { max_sessions, auth_token: 7, ..ListenOptions::default() }
}

/// A client's handshake with a listener that this thread drives.
fn shake(place: &Place, listener: &mut Listener, auth_token: u64) -> Result<(Raw, ServerSession), Status> {
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&Hello { auth_token, ..hello() }));
    match listener.accept(Deadline::after(Duration::ZERO), &Abort::new()) {
        Ok(session) => Ok((client, session)),
        Err(AcceptError::TimedOut) => Err(client.receive_ack().0),
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn a_server_that_is_full_says_so_once_the_token_is_right() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&limited(2));
        let (_one, first) = shake(&place, &mut listener, 7).unwrap();
        let (_two, _second) = shake(&place, &mut listener, 7).unwrap();
        assert_eq!(listener.live_sessions(), 2);
        assert_eq!(shake(&place, &mut listener, 7).unwrap_err(), Status::LimitExceeded);
        assert_eq!(shake(&place, &mut listener, 8).unwrap_err(), Status::AuthFailed);
        drop(first);
        assert_eq!(listener.live_sessions(), 1);
        shake(&place, &mut listener, 7).unwrap();
    });
}

/// A listener with room for so many sessions, all of which have lost their clients.
fn left(place: &Place, sessions: u32) -> (Listener, Vec<ServerSession>) {
    let mut listener = place.listen_with(&limited(sessions));
    let left = (0..sessions).map(|_| shake(place, &mut listener, 7).unwrap().1).collect();
    (listener, left)
}

fn hello_of(place: &Place) -> Raw {
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&Hello { auth_token: 7, ..hello() }));
    client
}

/// Goes through what has come, which leads to no session.
fn nobody(listener: &mut Listener) {
    let found = listener.accept(Deadline::after(Duration::ZERO), &Abort::new());
    assert!(matches!(found, Err(AcceptError::TimedOut)), "{found:?}");
}

#[test]
fn whoever_comes_before_the_place_of_one_that_has_gone_is_free_gets_it_when_it_is() {
    watched(|| {
        let place = Place::new();
        let (mut listener, mut left) = left(&place, 2);
        assert_eq!(listener.next_accept(), Deadline::NEVER);
        let clients = [hello_of(&place), hello_of(&place)];
        nobody(&mut listener);
        assert_ne!(listener.next_accept(), Deadline::NEVER, "they do not wait for ever");
        left.clear();
        for client in clients {
            left.push(accept(&mut listener));
            assert_eq!(client.receive_ack().0, Status::Ok);
        }
        assert_eq!((listener.census().accepted(), listener.census().refused()), (4, 0));
        assert_eq!(listener.next_accept(), Deadline::NEVER);
    });
}

#[test]
fn a_listener_that_waits_is_woken_by_the_end_of_a_session_for_whoever_waits_for_room() {
    watched(|| {
        let place = Place::new();
        let (mut listener, left) = left(&place, 1);
        let client = hello_of(&place);
        nobody(&mut listener);
        thread::scope(|scope| {
            scope.spawn(|| accept(&mut listener));
            drop(left);
            assert_eq!(client.receive_ack().0, Status::Ok);
        });
    });
}

#[test]
fn whoever_waits_for_a_place_that_is_not_given_up_is_told_that_there_is_none() {
    watched(|| {
        let place = Place::new();
        let (mut listener, _left) = left(&place, 1);
        let client = hello_of(&place);
        nobody(&mut listener);
        while !listener.next_accept().is_past() {
            thread::yield_now();
        }
        nobody(&mut listener);
        assert_eq!(client.receive_ack().0, Status::LimitExceeded);
        assert_eq!(listener.census().refused(), 1);
    });
}

#[cfg(unix)]
#[test]
fn whoever_waits_for_a_place_and_says_more_is_told_at_once_that_there_is_none() {
    watched(|| {
        let place = Place::new();
        let (mut listener, _left) = left(&place, 1);
        let client = hello_of(&place);
        nobody(&mut listener);
        client.send(&[1]);
        nobody(&mut listener);
        assert_eq!(client.receive_ack().0, Status::LimitExceeded);
    });
}

#[test]
fn of_too_many_handshakes_the_oldest_is_dropped() {
    watched(|| {
        let place = Place::new();
        let options = ListenOptions { max_pending_handshakes: 3, ..ListenOptions::default() };
        let mut listener = place.listen_with(&options);
        let silent: Vec<_> = (0..5).map(|_| Raw::connect(&place.endpoint)).collect();
        let found = listener.accept(Deadline::after(Duration::ZERO), &Abort::new());
        assert!(matches!(found, Err(AcceptError::TimedOut)));
        assert!(silent[0].is_closed_by_peer());
        assert!(silent[1].is_closed_by_peer());
        for client in &silent[2..] {
            client.send(&hello_packet(&hello()));
            accept(&mut listener);
            assert_eq!(client.receive_ack().0, Status::Ok);
        }
    });
}

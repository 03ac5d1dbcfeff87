//! Sessions counted, and limited for each user. `docs/contract/service.md`, "Managed server".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use netipc_tests::support::raw::{Raw, hello_packet};
use netipc_tests::support::{Place, accept, watched};
use netipc_transport::envelope::Hello;
use netipc_transport::{Abort, AcceptError, Deadline, ListenOptions, Listener, ServerSession, Status};

/// Says HELLO and gives the server's answer; and its session, where it gets one.
fn shake(place: &Place, listener: &mut Listener, token: u64) -> (Raw, Status, Option<ServerSession>) {
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&Hello { auth_token: token, ..netipc_tests::support::raw::hello() }));
    let session = match listener.accept(Deadline::after(std::time::Duration::ZERO), &Abort::new()) {
        Ok(session) => Some(session),
        Err(AcceptError::TimedOut) => None,
        Err(error) => panic!("{error:?}"),
    };
    let status = client.receive_ack().0;
    (client, status, session)
}

#[test]
fn a_user_who_has_enough_sessions_is_refused_until_one_ends() {
    watched(|| {
        let place = Place::new();
        let options = ListenOptions { auth_token: 7, max_sessions_per_user: 2, ..ListenOptions::default() };
        let mut listener = place.listen_with(&options);
        // All of them are of the user who runs this test.
        let (_one, _, first) = shake(&place, &mut listener, 7);
        let (_two, _, second) = shake(&place, &mut listener, 7);
        assert!(first.is_some() && second.is_some());
        let (_refused, status, session) = shake(&place, &mut listener, 7);
        assert!(session.is_none());
        assert_eq!(status, Status::LimitExceeded);
        drop(first);
        let (_three, status, session) = shake(&place, &mut listener, 7);
        assert!(session.is_some());
        assert_eq!(status, Status::Ok);
    });
}

#[test]
fn the_census_counts_sessions_that_live_that_there_were_and_that_there_were_not() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions { auth_token: 7, ..ListenOptions::default() });
        let census = listener.census();
        let (_one, _, first) = shake(&place, &mut listener, 7);
        let (_two, _, _second) = shake(&place, &mut listener, 7);
        let (_wrong, status, _) = shake(&place, &mut listener, 8);
        assert_eq!(status, Status::AuthFailed);
        let garbage = Raw::connect(&place.endpoint);
        garbage.send(&[1; 100]);
        accept_nobody(&mut listener);
        drop(first);
        assert_eq!((census.live(), census.accepted(), census.refused()), (1, 2, 1));
        drop(listener);
        assert_eq!(census.live(), 1, "a session lives on without its listener");
    });
}

fn accept_nobody(listener: &mut Listener) {
    let found = listener.accept(Deadline::after(std::time::Duration::ZERO), &Abort::new());
    assert!(matches!(found, Err(AcceptError::TimedOut)), "{found:?}");
}

#[test]
fn without_a_limit_a_user_has_as_many_sessions_as_all_together() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions { max_sessions: 3, ..ListenOptions::default() });
        let clients: Vec<_> = (0..3).map(|_| Raw::connect(&place.endpoint)).collect();
        let mut sessions = Vec::new();
        for client in &clients {
            client.send(&hello_packet(&netipc_tests::support::raw::hello()));
            sessions.push(accept(&mut listener));
            assert_eq!(client.receive_ack().0, Status::Ok);
        }
        assert_eq!(listener.live_sessions(), 3);
    });
}

//! Peers that break off.

use std::thread;

use netipc_tests::support::region;
use netipc_transport::{Abort, Deadline, ReceiveError, Status};

use crate::sides::{Server, client, in_each_profile, request, server};

#[test]
fn a_server_that_hangs_up_is_noticed_by_a_client_that_waits() {
    in_each_profile(|profile| {
        let mut client = client(profile);
        client.request();
        drop(client.server);
        let found = client.session.receive(Deadline::NEVER);
        assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        assert_eq!(client.session.in_flight(), 1);
    });
}

#[test]
fn what_a_server_published_before_it_hung_up_is_received() {
    in_each_profile(|profile| {
        let mut client = client(profile);
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
    in_each_profile(|profile| {
        for attended in [false, true] {
            let Server { client, region: _region, mut session, mut listener, place: _place } =
                server(profile);
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
        }
    });
}

#[test]
fn an_event_loop_that_never_waits_learns_of_the_end() {
    in_each_profile(|profile| {
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

#[test]
fn nothing_of_a_session_is_left_when_both_sides_have_ended() {
    in_each_profile(|profile| {
        let Server { client, region, session, listener, place } = server(profile);
        drop((client, region));
        assert!(region::exists(&place.endpoint, profile, 1));
        drop((session, listener));
        assert!(!region::exists(&place.endpoint, profile, 1));
    });
}

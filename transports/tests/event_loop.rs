//! Sessions that one thread drives without ever waiting in one of them. `docs/contract/transport.md`, "Messages".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[cfg(unix)]
#[path = "../examples/event_loop/poll.rs"]
mod example;

use std::time::Duration;

use netipc_tests::support::raw::Raw;
use netipc_tests::support::{Pair, Place, accept, pair, pair_with, soon, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectError, ConnectOptions, Deadline, ListenOptions, MessageHeader, Progress,
    ReceiveError, SendError,
};

const LARGE: u32 = 4 << 20;

fn now() -> Deadline {
    Deadline::after(Duration::ZERO)
}

/// A session whose messages are larger than what the kernel takes from a sender whose peer does not read.
fn large_pair() -> Pair {
    let connect = ConnectOptions {
        max_request_payload_bytes: LARGE,
        max_response_payload_bytes: LARGE,
        ..ConnectOptions::default()
    };
    let listen = ListenOptions {
        max_request_payload_bytes: LARGE,
        max_response_payload_bytes: LARGE,
        ..ListenOptions::default()
    };
    pair_with(&connect, &listen)
}

/// A payload of which each byte tells where it belongs.
fn large() -> Vec<u8> {
    (0..LARGE / 4).flat_map(u32::to_ne_bytes).collect()
}

#[cfg(unix)]
#[test]
fn one_thread_serves_and_asks_in_200_sessions() {
    watched(|| {
        let summary = example::run(200, 5).unwrap();
        let expected = example::Summary { sessions: 200, answered: 1_000, received: 1_000, closed: 200 };
        assert_eq!(summary, expected);
    });
}

#[test]
fn a_listener_tells_when_a_silent_client_has_to_go() {
    watched(|| {
        let place = Place::new();
        let options =
            ListenOptions { handshake_timeout: Duration::from_millis(20), ..ListenOptions::default() };
        let mut listener = place.listen_with(&options);
        assert_eq!(listener.next_accept(), Deadline::NEVER);
        let _silent = Raw::connect(&place.endpoint);
        while listener.next_accept() == Deadline::NEVER {
            assert!(listener.try_accept().unwrap().is_none());
        }
        while !listener.next_accept().is_past() {
            std::thread::yield_now();
        }
        assert!(listener.try_accept().unwrap().is_none());
        assert_eq!(listener.next_accept(), Deadline::NEVER);
    });
}

#[test]
fn trying_to_receive_never_waits() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        assert!(server.try_receive().unwrap().is_none());
        client.send(3, 7, b"hello", soon()).unwrap();
        let request = server.try_receive().unwrap().unwrap();
        assert_eq!(request.payload, b"hello");
        let header = request.header;
        assert!(client.try_receive().unwrap().is_none());
        server.respond(header, b"world", soon()).unwrap();
        assert_eq!(client.try_receive().unwrap().unwrap().payload, b"world");
        drop(client);
        assert!(matches!(server.try_receive(), Err(ReceiveError::Closed)));
    });
}

#[test]
fn what_does_not_go_out_at_once_is_kept_and_flushed() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        client.try_send(3, 7, &large()).unwrap();
        assert!(client.has_unsent(), "the kernel does not take so much");
        let mut rounds = 0;
        while server.try_receive().unwrap().is_none() {
            match client.flush(now()) {
                Ok(()) | Err(SendError::TimedOut) => rounds += 1,
                Err(error) => panic!("{error}"),
            }
        }
        // The last packet may have gone since the last flush.
        client.flush(now()).unwrap();
        assert!(rounds > 1 && !client.has_unsent());
        assert_eq!(server.payload(), large());
    });
}

#[test]
fn an_answer_that_does_not_go_out_at_once_is_kept_and_flushed() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        client.send(3, 7, &[], soon()).unwrap();
        let header = server.receive(soon()).unwrap().header;
        server.try_respond(header, &large()).unwrap();
        assert!(server.has_unsent());
        while client.try_receive().unwrap().is_none() {
            assert!(matches!(server.flush(now()), Ok(()) | Err(SendError::TimedOut)));
        }
        assert_eq!(client.payload(), large());
        assert_eq!(client.in_flight(), 0);
    });
}

#[test]
fn while_something_is_kept_no_other_message_is_taken() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        client.try_send(3, 1, &large()).unwrap();
        assert!(matches!(client.try_send(3, 2, b"second"), Err(SendError::Unsent)));
        assert!(matches!(client.send(3, 2, b"second", now()), Err(SendError::TimedOut)));
        assert!(!client.is_ended());
        assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [1]);
        let reader = std::thread::spawn(move || {
            let ids = [(); 2].map(|()| server.receive(soon()).unwrap().header.message_id);
            (ids, server)
        });
        // Waits for the first one to go out, then sends the second.
        client.send(3, 2, b"second", soon()).unwrap();
        assert_eq!(reader.join().unwrap().0, [1, 2]);
    });
}

#[test]
fn a_flush_that_runs_out_of_time_loses_nothing() {
    watched(|| {
        let Pair { mut client, server, .. } = large_pair();
        client.try_send(3, 1, &large()).unwrap();
        let flushed = client.flush(Deadline::after(Duration::from_millis(20)));
        assert!(matches!(flushed, Err(SendError::TimedOut)));
        assert!(client.has_unsent() && !client.is_ended());
        drop(server);
        // The server has gone, which receive says too.
        assert!(matches!(client.flush(soon()), Err(SendError::Disconnected)));
        assert!(!client.has_unsent());
        assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed | ReceiveError::Broken { .. })));
    });
}

#[test]
fn flushing_with_nothing_kept_does_nothing() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        client.flush(now()).unwrap();
        server.flush(now()).unwrap();
        assert!(server.try_receive().unwrap().is_none());
    });
}

#[test]
fn a_connection_is_made_step_by_step() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        assert!(listener.try_accept().unwrap().is_none());
        let options = ConnectOptions::default();
        let connecting = ClientSession::begin(&place.endpoint, &options, &Abort::new()).unwrap();
        let Progress::Readable(connecting) = connecting.advance().unwrap() else { panic!("nobody accepts") };
        let Progress::Readable(connecting) = connecting.advance().unwrap() else { panic!("nobody accepts") };
        let mut server = listener.try_accept().unwrap().unwrap();
        let Progress::Connected(mut client) = connecting.advance().unwrap() else { panic!("it is answered") };
        assert_eq!(client.agreed(), server.agreed());
        client.send(3, 7, b"hello", soon()).unwrap();
        assert_eq!(server.receive(soon()).unwrap().header, MessageHeader::request(3, 7, 5));
    });
}

#[test]
fn a_full_backlog_says_when_to_come_again() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions { backlog: 16, ..ListenOptions::default() });
        let mut waiting = Vec::new();
        let (mut turned_away, pause) = loop {
            let begun = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &Abort::new());
            match begun.unwrap().advance().unwrap() {
                Progress::Readable(connecting) => waiting.push(connecting),
                Progress::Later(connecting, pause) => break (connecting, pause),
                Progress::Connected(_) => panic!("nobody accepts"),
            }
        };
        assert!(waiting.len() >= 16 && !pause.is_zero());
        let Progress::Later(again, longer) = turned_away.advance().unwrap() else { panic!("it is full") };
        assert!(longer > pause, "pauses grow");
        turned_away = again;
        let sessions: Vec<_> = waiting.iter().map(|_| accept(&mut listener)).collect();
        assert_eq!(sessions.len(), waiting.len());
        let Progress::Readable(connecting) = turned_away.advance().unwrap() else { panic!("there is room") };
        let _session = accept(&mut listener);
        assert!(matches!(connecting.advance().unwrap(), Progress::Connected(_)));
    });
}

#[test]
fn connecting_to_nobody_fails_at_once() {
    watched(|| {
        let place = Place::new();
        let begun = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &Abort::new());
        assert!(matches!(begun.unwrap().advance(), Err(ConnectError::NotFound { .. })));
    });
}

#[test]
fn an_abort_ends_a_connection_that_is_being_made() {
    watched(|| {
        let place = Place::new();
        let _listener = place.listen();
        for steps in 0..2 {
            let abort = Abort::new();
            let begun = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &abort);
            let mut connecting = begun.unwrap();
            for _ in 0..steps {
                let Progress::Readable(next) = connecting.advance().unwrap() else {
                    panic!("nobody accepts")
                };
                connecting = next;
            }
            abort.abort();
            let advanced = connecting.advance();
            assert!(
                matches!(advanced, Err(ConnectError::Aborted { .. })),
                "after {steps} steps: {advanced:?}"
            );
            let begun = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &abort);
            assert!(matches!(begun, Err(ConnectError::Aborted { .. })));
        }
    });
}

#[test]
fn no_more_requests_are_in_flight_than_allowed() {
    watched(|| {
        let connect = ConnectOptions { max_in_flight: 3, ..ConnectOptions::default() };
        let Pair { mut client, mut server, .. } = pair_with(&connect, &ListenOptions::default());
        for id in 1..=3 {
            client.send(3, id, &[], soon()).unwrap();
        }
        let refused = client.send(3, 4, &[], soon());
        assert!(matches!(refused, Err(SendError::TooManyInFlight { limit: 3 })));
        assert!(matches!(client.try_send(3, 4, &[]), Err(SendError::TooManyInFlight { limit: 3 })));
        assert!(matches!(client.send(3, 2, &[], soon()), Err(SendError::DuplicateId(2))));
        for id in 1..=3 {
            let header = server.receive(soon()).unwrap().header;
            assert_eq!(header.message_id, id);
            server.respond(header, &[], soon()).unwrap();
        }
        client.receive(soon()).unwrap();
        client.send(3, 4, &[], soon()).unwrap();
        assert_eq!(client.in_flight(), 3);
        assert_eq!(server.receive(soon()).unwrap().header.message_id, 4);
    });
}

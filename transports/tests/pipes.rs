//! What only named pipes can show. `docs/contract/windows.md`, "The baseline".
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::File;
use std::os::windows::io::AsHandle;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{
    Raw, RawListener, chunk, chunked_request, hello, hello_packet, is_signalled, packet,
};
use netipc_tests::support::{
    PATIENCE, Pair, Place, RawPair, accept, pair, pair_with, raw_pair, soon, watched,
};
use netipc_transport::envelope::Hello;
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, ListenOptions, MessageHeader, Progress, ReceiveError,
    SendError, Violation,
};

const NOW: Duration = Duration::ZERO;

fn is_ready(handle: &impl AsHandle) -> bool {
    is_signalled(handle.as_handle(), NOW)
}

/// Begins to connect; tells whether there was room.
fn knock(place: &Place) -> Option<netipc_transport::Connecting> {
    let begun = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &Abort::new()).unwrap();
    match begun.advance().unwrap() {
        Progress::Readable(connecting) => Some(connecting),
        Progress::Later(..) => None,
        Progress::Connected(_) => panic!("nobody accepts"),
    }
}

#[test]
fn there_is_an_instance_for_the_next_client_whenever_one_was_accepted() {
    watched(|| {
        let place = Place::new();
        let mut listener =
            place.listen_with(&ListenOptions { max_sessions: 100, ..ListenOptions::default() });
        let mut sessions = Vec::new();
        for _ in 0..50 {
            let connecting = knock(&place).unwrap();
            sessions.push(accept(&mut listener));
            assert!(matches!(connecting.advance().unwrap(), Progress::Connected(_)));
        }
    });
}

#[test]
fn connecting_waits_while_no_instance_is_free() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let mut waiting: Vec<_> = std::iter::from_fn(|| knock(&place)).collect();
        assert!(waiting.len() >= 16, "as many as the shortest backlog has room for");
        thread::scope(|scope| {
            let late = scope.spawn(|| place.connect_with(&ConnectOptions::default()).unwrap());
            let count = waiting.len();
            let sessions: Vec<_> = (0..=count).map(|_| accept(&mut listener)).collect();
            waiting.clear();
            late.join().unwrap();
            assert_eq!(sessions.len(), count + 1);
        });
    });
}

#[test]
fn a_crowd_that_never_ends_does_not_keep_accept_from_returning() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..4 {
                // They come as soon as there is room, go without a word, and count as clients all the same.
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        drop(File::options().read(true).write(true).open(place.endpoint.pipe_name()));
                    }
                });
            }
            for _ in 0..20 {
                while knock(&place).is_some() {}
                drop(listener.try_accept().unwrap());
            }
            is_over.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn an_empty_message_is_a_violation_and_no_end() {
    watched(|| {
        let RawPair { client, mut server, .. } = raw_pair(&hello());
        client.send(&[]);
        let found = server.receive(soon());
        let Err(ReceiveError::Violation { violation: Violation::Envelope(_), .. }) = found else {
            panic!("{found:?}")
        };
        assert!(server.is_ended());
    });
}

#[test]
fn a_message_longer_than_the_room_for_it_is_a_violation() {
    watched(|| {
        let RawPair { client, mut server, .. } = raw_pair(&hello());
        // 4,096 were agreed, and announced; what comes is longer.
        client.send(&packet(&MessageHeader::request(3, 1, 4_064), &[0; 4_065]));
        let found = server.receive(soon());
        assert!(
            matches!(found, Err(ReceiveError::Violation { violation: Violation::PacketTooLarge, .. })),
            "{found:?}"
        );
    });
}

#[test]
fn a_continuation_longer_than_the_room_for_it_is_a_violation() {
    watched(|| {
        // Packets of 72 bytes were agreed.
        let RawPair { client, mut server, .. } = raw_pair(&Hello { packet_size: 72, ..hello() });
        let (first, [continuation, _]) = chunked_request();
        client.send(&packet(&first, &[0; 40]));
        client.send(&chunk(&continuation, &[0; 41]));
        let found = server.receive(soon());
        assert!(
            matches!(found, Err(ReceiveError::Violation { violation: Violation::PacketTooLarge, .. })),
            "{found:?}"
        );
    });
}

#[test]
fn a_read_goes_on_although_the_thread_that_began_it_has_ended() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        // Windows cancels what a thread has begun when it ends.
        let mut server = thread::spawn(move || {
            assert!(server.try_receive().unwrap().is_none());
            server
        })
        .join()
        .unwrap();
        client.send(3, 1, b"question", soon()).unwrap();
        assert_eq!(server.receive(soon()).unwrap().payload, b"question");
        let mut server = thread::spawn(move || {
            assert!(server.try_receive().unwrap().is_none());
            server
        })
        .join()
        .unwrap();
        drop(client);
        assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    });
}

#[test]
fn a_listener_goes_on_although_the_thread_that_waited_in_it_has_ended() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let silent = Raw::connect(&place.endpoint);
        let mut listener = thread::spawn(move || {
            assert!(listener.try_accept().unwrap().is_none());
            listener
        })
        .join()
        .unwrap();
        // The handshake that had begun, and the instances that had waited.
        silent.send(&hello_packet(&hello()));
        let _one = accept(&mut listener);
        for _ in 0..20 {
            let connecting = knock(&place).unwrap();
            accept(&mut listener);
            drop(connecting);
        }
    });
}

const LARGE: u32 = 4 << 20;

/// A session whose messages are larger than a pipe's buffers.
fn large_pair() -> Pair {
    let connect = ConnectOptions { max_request_payload_bytes: LARGE, ..ConnectOptions::default() };
    pair_with(&connect, &ListenOptions { max_request_payload_bytes: LARGE, ..ListenOptions::default() })
}

#[test]
fn a_handle_tells_when_there_is_room_for_what_is_kept() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        assert!(is_signalled(client.as_write_handle(), NOW), "nothing is being sent");
        client.try_send(3, 1, &vec![7; LARGE as usize]).unwrap();
        assert!(client.has_unsent());
        assert!(!is_signalled(client.as_write_handle(), NOW));
        thread::scope(|scope| {
            let receiver = scope.spawn(|| server.receive(soon()).unwrap().payload.len());
            while client.has_unsent() {
                assert!(is_signalled(client.as_write_handle(), PATIENCE));
                assert!(matches!(client.flush(Deadline::after(NOW)), Ok(()) | Err(SendError::TimedOut)));
            }
            assert_eq!(receiver.join().unwrap(), LARGE as usize);
        });
    });
}

#[test]
fn what_is_kept_goes_on_although_the_thread_that_began_it_has_ended() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        let mut client = thread::spawn(move || {
            client.try_send(3, 1, &vec![7; LARGE as usize]).unwrap();
            assert!(client.has_unsent());
            client
        })
        .join()
        .unwrap();
        thread::scope(|scope| {
            let receiver = scope.spawn(|| server.receive(soon()).unwrap().payload.len());
            client.flush(soon()).unwrap();
            assert_eq!(receiver.join().unwrap(), LARGE as usize);
        });
    });
}

#[test]
fn a_session_that_is_dropped_while_it_reads_and_writes_takes_both_back() {
    watched(|| {
        let Pair { mut client, mut server, .. } = large_pair();
        client.try_send(3, 1, &vec![7; LARGE as usize]).unwrap();
        assert!(client.try_receive().unwrap().is_none());
        assert!(client.has_unsent());
        drop(client);
        assert!(matches!(server.receive(soon()), Err(ReceiveError::Broken { mid_message: true })));
    });
}

#[test]
fn a_message_that_is_taken_back_at_its_deadline_has_not_been_sent() {
    watched(|| {
        let place = Place::new();
        let listener = RawListener::at(&place.endpoint);
        let options = ConnectOptions { max_in_flight: u32::MAX, ..ConnectOptions::default() };
        let (server, mut client) = thread::scope(|scope| {
            let server = scope.spawn(|| {
                let server = listener.accept();
                server.receive();
                let ack = netipc_tests::support::raw::ack();
                server.send(&netipc_tests::support::raw::ack_packet(netipc_transport::Status::Ok, &ack));
                server
            });
            let client = place.connect_with(&options).unwrap();
            (server.join().unwrap(), client)
        });
        let mut sent = 0;
        while client.send(3, sent, &[0; 1_000], Deadline::after(Duration::from_millis(50))).is_ok() {
            sent += 1;
        }
        assert!(!client.is_ended());
        for id in 0..sent {
            assert_eq!(server.receive_message().0.message_id, id);
        }
        // Neither has it come in part, nor is anything in its way.
        client.send(3, 1_000_000, b"next", soon()).unwrap();
        assert_eq!(server.receive_message(), (MessageHeader::request(3, 1_000_000, 4), b"next".to_vec()));
    });
}

#[test]
fn an_abort_and_the_end_of_reading_signal_the_handle_of_a_session_that_nobody_waits_in() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let abort = Abort::new();
        thread::scope(|scope| {
            let client = scope.spawn(|| {
                ClientSession::connect(&place.endpoint, &ConnectOptions::default(), soon(), &abort).unwrap()
            });
            let mut server = accept(&mut listener);
            let mut client = client.join().unwrap();
            assert!(client.try_receive().unwrap().is_none() && server.try_receive().unwrap().is_none());
            assert!(!is_ready(&client) && !is_ready(&server));
            server.handle().shutdown_read();
            assert!(is_ready(&server) && !is_ready(&client));
            assert!(matches!(server.try_receive(), Err(ReceiveError::Closed)));
            abort.abort();
            assert!(is_signalled(client.as_handle(), PATIENCE));
            assert!(matches!(client.try_receive(), Err(ReceiveError::Aborted)));
        });
    });
}

#[test]
fn no_more_comes_in_than_was_there_when_reading_was_ended() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        for id in 0..3 {
            client.send(3, id, b"in time", soon()).unwrap();
        }
        assert_eq!(server.receive(soon()).unwrap().header.message_id, 0);
        server.handle().shutdown_read();
        assert_eq!(server.receive(soon()).unwrap().header.message_id, 1);
        client.send(3, 3, b"too late", soon()).unwrap();
        assert_eq!(server.receive(soon()).unwrap().header.message_id, 2);
        assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    });
}

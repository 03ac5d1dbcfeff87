//! Deadlines and aborts in every place that waits. `docs/contract/transport.md`, "Messages".
//!
//! Where something waits for ever until another thread ends it, a pause before that makes it likely that it really
//! waits by then; the outcome is the same if it does not.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::raw::{self, Raw, RawListener, ack, chunk, chunked_request, hello, packet};
use common::{Pair, Place, accept, pair, pair_with, soon, watched};
use netipc_transport::envelope::Hello;
use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectError, ConnectOptions, Deadline, Endpoint, ListenOptions,
    MessageHeader, ReceiveError, SendError, Status,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::{SocketAddrUnix, SocketType};

const SHORT: Duration = Duration::from_millis(50);

fn short() -> Deadline {
    Deadline::after(SHORT)
}

const NOW: Duration = Duration::ZERO;

fn pause() {
    thread::sleep(SHORT);
}

fn connect(endpoint: &Endpoint, deadline: Deadline, abort: &Abort) -> Result<ClientSession, ConnectError> {
    ClientSession::connect(endpoint, &ConnectOptions::default(), deadline, abort)
}

/// Runs `wait` in a thread, and aborts it.
fn aborted<T: Send>(abort: &Abort, wait: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let waiter = scope.spawn(wait);
        pause();
        abort.abort();
        waiter.join().unwrap()
    })
}

/// A listening socket that accepts nobody and whose backlog is full, with those who wait in it.
fn full_backlog(place: &Place) -> (RawListener, Vec<std::os::fd::OwnedFd>) {
    let listener = RawListener::bind(place.endpoint.socket_path(), SocketType::SEQPACKET, 0);
    let address = SocketAddrUnix::new(place.endpoint.socket_path()).unwrap();
    let mut waiting = Vec::new();
    loop {
        let client = raw::socket(SocketType::SEQPACKET);
        ioctl_fionbio(&client, true).unwrap();
        match rustix::net::connect(&client, &address) {
            Ok(()) => waiting.push(client),
            Err(error) => break assert_eq!(error, Errno::AGAIN),
        }
    }
    (listener, waiting)
}

#[test]
fn connecting_to_a_full_backlog_meets_its_deadline() {
    watched(|| {
        let place = Place::new();
        let _full = full_backlog(&place);
        for deadline in [short(), Deadline::after(NOW)] {
            let found = connect(&place.endpoint, deadline, &Abort::new());
            assert!(matches!(found, Err(ConnectError::TimedOut { .. })), "{found:?}");
        }
    });
}

#[test]
fn connecting_to_a_full_backlog_is_aborted() {
    watched(|| {
        let place = Place::new();
        let _full = full_backlog(&place);
        let abort = Abort::new();
        let found = aborted(&abort, || connect(&place.endpoint, Deadline::NEVER, &abort));
        assert!(matches!(found, Err(ConnectError::Aborted { .. })), "{found:?}");
    });
}

#[test]
fn connecting_goes_on_when_the_backlog_has_room_again() {
    watched(|| {
        let place = Place::new();
        let (listener, waiting) = full_backlog(&place);
        thread::scope(|scope| {
            scope.spawn(|| {
                pause();
                let count = waiting.len();
                drop(waiting);
                for _ in 0..count {
                    listener.accept();
                }
                let client = listener.accept();
                client.receive();
                client.send(&raw::ack_packet(Status::Ok, &ack()));
            });
            connect(&place.endpoint, soon(), &Abort::new()).unwrap();
        });
    });
}

#[test]
fn a_server_that_does_not_answer_hello_meets_the_deadline() {
    watched(|| {
        let place = Place::new();
        let _silent = RawListener::at(&place.endpoint);
        let found = connect(&place.endpoint, short(), &Abort::new());
        assert!(matches!(found, Err(ConnectError::TimedOut { .. })), "{found:?}");
    });
}

#[test]
fn waiting_for_the_answer_to_hello_is_aborted() {
    watched(|| {
        let place = Place::new();
        let _silent = RawListener::at(&place.endpoint);
        let abort = Abort::new();
        let found = aborted(&abort, || connect(&place.endpoint, Deadline::NEVER, &abort));
        assert!(matches!(found, Err(ConnectError::Aborted { .. })), "{found:?}");
    });
}

#[test]
fn accepting_meets_its_deadline() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        for deadline in [short(), Deadline::after(NOW)] {
            assert!(matches!(listener.accept(deadline, &Abort::new()), Err(AcceptError::TimedOut)));
        }
        // It is as good as before.
        let client = Raw::connect(&place.endpoint);
        client.send(&raw::hello_packet(&hello()));
        accept(&mut listener);
    });
}

#[test]
fn accepting_is_aborted_until_that_is_cleared() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let abort = Abort::new();
        let found = aborted(&abort, || listener.accept(Deadline::NEVER, &abort).map(drop));
        assert!(matches!(found, Err(AcceptError::Aborted)));
        assert!(matches!(listener.accept(soon(), &abort), Err(AcceptError::Aborted)));
        abort.clear();
        assert!(matches!(listener.accept(short(), &abort), Err(AcceptError::TimedOut)));
        // Nothing of it is left that would keep a listener busy.
        assert!(!is_readable(&listener));
        let client = Raw::connect(&place.endpoint);
        client.send(&raw::hello_packet(&hello()));
        listener.accept(soon(), &abort).unwrap();
    });
}

#[test]
fn receiving_meets_its_deadline_and_loses_nothing() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        for deadline in [short(), Deadline::after(NOW), short()] {
            assert!(matches!(server.receive(deadline), Err(ReceiveError::TimedOut)));
            assert!(matches!(client.receive(deadline), Err(ReceiveError::TimedOut)));
        }
        client.send(3, 1, b"a", soon()).unwrap();
        // A deadline that is past takes what is there.
        let header = server.receive(Deadline::after(NOW)).unwrap().header;
        server.respond(header, b"b", Deadline::after(NOW)).unwrap();
        assert_eq!(client.receive(Deadline::after(NOW)).unwrap().payload, b"b");
    });
}

#[test]
fn a_wait_is_as_long_as_its_deadline_whatever_the_one_before_was() {
    watched(|| {
        let Pair { mut client, server: _server, .. } = pair();
        for millis in [300, 20, 300, 5, 1, 100] {
            let (begin, wait) = (Instant::now(), Duration::from_millis(millis));
            assert!(matches!(client.receive(Deadline::after(wait)), Err(ReceiveError::TimedOut)));
            let took = begin.elapsed();
            assert!(took >= wait, "{took:?} for {wait:?}");
            assert!(took < wait + Duration::from_secs(10), "{took:?} for {wait:?}");
        }
    });
}

#[test]
fn one_deadline_covers_all_chunks_of_a_message() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let client = Raw::connect(&place.endpoint);
        let hello = Hello { packet_size: 33, ..hello() };
        client.send(&raw::hello_packet(&hello));
        let mut server = accept(&mut listener);
        thread::scope(|scope| {
            scope.spawn(|| {
                // A byte at a time, each soon enough for a deadline of its own.
                let payload = [0; 1_000];
                let header = MessageHeader::request(3, 9, 1_000);
                client.send(&packet(&header, &payload[..1]));
                let mut continuation = chunked_request().1[0];
                (continuation.total_message_len, continuation.chunk_count) = (1_032, 1_000);
                continuation.chunk_payload_len = 1;
                for index in 1..1_000 {
                    continuation.chunk_index = index;
                    if client.try_send(&chunk(&continuation, &payload[..1])).is_err() {
                        break;
                    }
                    thread::sleep(Duration::from_millis(20));
                }
            });
            let begin = Instant::now();
            let found = server.receive(Deadline::after(Duration::from_millis(200))).map(drop);
            assert!(matches!(found, Err(ReceiveError::TimedOut)), "{found:?}");
            assert!(begin.elapsed() < Duration::from_secs(10));
            drop(server);
        });
    });
}

#[test]
fn receiving_is_aborted() {
    watched(|| {
        let place = Place::new();
        let _server = common::Reverser::start(place.listen());
        let abort = Abort::new();
        let mut client = connect(&place.endpoint, soon(), &abort).unwrap();
        let found = aborted(&abort, || client.receive(Deadline::NEVER).map(drop));
        assert!(matches!(found, Err(ReceiveError::Aborted)), "{found:?}");
        assert!(client.is_ended());
        assert!(matches!(client.send(3, 1, &[], soon()), Err(SendError::SessionEnded)));
    });
}

#[test]
fn an_aborted_session_stays_aborted_when_that_is_cleared_and_new_ones_are_made() {
    watched(|| {
        let place = Place::new();
        let _server = common::Reverser::start(place.listen());
        let abort = Abort::new();
        let mut old = connect(&place.endpoint, soon(), &abort).unwrap();
        abort.abort();
        assert!(matches!(connect(&place.endpoint, soon(), &abort), Err(ConnectError::Aborted { .. })));
        abort.clear();
        assert!(matches!(old.send(3, 1, &[], soon()), Err(SendError::Aborted)));
        let mut new = connect(&place.endpoint, soon(), &abort).unwrap();
        new.send(3, 1, b"ab", soon()).unwrap();
        assert_eq!(new.receive(soon()).unwrap().payload, b"ba");
    });
}

#[test]
fn an_abort_ends_no_session_that_it_was_not_given_to() {
    watched(|| {
        let place = Place::new();
        let _server = common::Reverser::start(place.listen());
        let (one, other) = (Abort::new(), Abort::new());
        let _aborted = connect(&place.endpoint, soon(), &one).unwrap();
        let mut client = connect(&place.endpoint, soon(), &other).unwrap();
        one.abort();
        client.send(3, 1, b"ab", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"ba");
    });
}

/// A client whose server never reads, with messages of this size and packets of that.
fn unread(payload: u32, packet_size: u32, abort: &Abort) -> (ClientSession, Raw, Place) {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    let ack = netipc_transport::envelope::HelloAck {
        agreed_max_request_payload_bytes: payload,
        agreed_packet_size: packet_size,
        ..ack()
    };
    let options = ConnectOptions { max_request_payload_bytes: payload, ..ConnectOptions::default() };
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            server.send(&raw::ack_packet(Status::Ok, &ack));
            server
        });
        let client = ClientSession::connect(&place.endpoint, &options, soon(), abort).unwrap();
        (client, server.join().unwrap(), place)
    })
}

/// Sends until it fails.
fn fill(client: &mut ClientSession, deadline: impl Fn() -> Deadline) -> SendError {
    // No two messages of a test have the same id.
    let mut id = client.in_flight() as u64;
    loop {
        id += 1;
        if let Err(error) = client.send(3, id, &[0; 1_000], deadline()) {
            return error;
        }
    }
}

#[test]
fn sending_meets_its_deadline_and_goes_on_where_nothing_had_gone_out() {
    watched(|| {
        let (mut client, server, _place) = unread(1_000, 4_096, &Abort::new());
        for deadline in [|| Deadline::after(NOW), short] {
            assert!(matches!(fill(&mut client, deadline), SendError::TimedOut));
            assert!(!client.is_ended());
        }
        let sent = client.in_flight();
        for _ in 0..sent {
            assert_eq!(server.receive().len(), 1_032);
        }
        client.send(3, 0, b"last", soon()).unwrap();
        assert_eq!(server.receive_message().1, b"last");
    });
}

#[test]
fn a_deadline_in_the_middle_of_a_message_that_is_sent_ends_the_session() {
    watched(|| {
        let (mut client, _server, _place) = unread(1 << 24, 4_096, &Abort::new());
        let large = vec![0; 1 << 24];
        assert!(matches!(client.send(3, 1, &large, short()), Err(SendError::TimedOut)));
        assert!(client.is_ended());
        assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [1]);
        assert!(matches!(client.send(3, 2, &[], soon()), Err(SendError::SessionEnded)));
    });
}

#[test]
fn sending_is_aborted() {
    watched(|| {
        let abort = Abort::new();
        let (mut client, _server, _place) = unread(1 << 24, 4_096, &abort);
        let large = vec![0; 1 << 24];
        let found = aborted(&abort, || client.send(3, 1, &large, Deadline::NEVER));
        assert!(matches!(found, Err(SendError::Aborted)), "{found:?}");
    });
}

#[test]
fn a_handle_ends_a_session_that_waits_for_requests() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        let handle = server.handle();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| server.receive(Deadline::NEVER).map(drop));
            pause();
            handle.shutdown();
            assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Aborted)));
        });
        assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
        drop(server);
        handle.shutdown();
        handle.shutdown_read();
    });
}

#[test]
fn a_handle_ends_a_session_whose_client_does_not_read() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let client = Raw::connect(&place.endpoint);
        client.send(&raw::hello_packet(&hello()));
        let mut server = accept(&mut listener);
        client.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        let header = server.receive(soon()).unwrap().header;
        let handle = server.handle();
        let answer = vec![0; 60_000];
        thread::scope(|scope| {
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
    });
}

#[test]
fn a_session_that_takes_no_more_requests_still_answers_those_that_came() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        client.send(3, 1, b"first", soon()).unwrap();
        client.send(3, 2, b"second", soon()).unwrap();
        let handle = server.handle();
        handle.shutdown_read();
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
    });
}

#[test]
fn a_refusal_does_not_wait_longer_than_its_deadline_for_a_client_that_stays() {
    watched(|| {
        let Pair { mut client, mut server, .. } = pair();
        client.send(3, 1, &[], soon()).unwrap();
        let header = server.receive(soon()).unwrap().header;
        server.refuse(header, Status::InternalError, short()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().header.transport_status, Status::InternalError);
    });
}

#[test]
fn a_refusal_ends_although_the_client_never_stops_sending() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let client = Raw::connect(&place.endpoint);
        client.send(&raw::hello_packet(&hello()));
        let mut server = accept(&mut listener);
        client.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        let header = server.receive(soon()).unwrap().header;
        thread::scope(|scope| {
            // Until the server has closed.
            scope.spawn(|| while client.try_send(&[0; 1_000]).is_ok() {});
            server.refuse(header, Status::InternalError, short()).unwrap();
        });
    });
}

/// Whether the descriptor is readable, at once.
fn is_readable(fd: &impl std::os::fd::AsFd) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).unwrap() == 1
}

#[test]
fn an_event_loop_sees_when_there_is_something_to_receive_and_to_accept() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let nothing = |listener: &mut netipc_transport::Listener| {
            let found = listener.accept(Deadline::after(NOW), &Abort::new());
            assert!(matches!(found, Err(AcceptError::TimedOut)));
        };
        assert!(!is_readable(&listener));
        let silent = Raw::connect(&place.endpoint);
        assert!(is_readable(&listener));
        nothing(&mut listener);
        assert!(!is_readable(&listener));
        silent.send(&raw::hello_packet(&hello()));
        assert!(is_readable(&listener));
        let mut server = listener.accept(Deadline::after(NOW), &Abort::new()).unwrap();
        assert!(!is_readable(&listener));

        assert!(!is_readable(&server));
        silent.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        assert!(is_readable(&server));
        // What happens on a session is no longer the listener's business.
        assert!(!is_readable(&listener));
        server.receive(Deadline::after(NOW)).unwrap();
        assert!(!is_readable(&server));
        drop(silent);
        assert!(is_readable(&server));
        assert!(server.receive(Deadline::after(NOW)).is_err());
    });
}

#[test]
fn an_event_loop_receives_a_chunked_message_packet_by_packet() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let client = Raw::connect(&place.endpoint);
        client.send(&raw::hello_packet(&Hello { packet_size: 72, ..hello() }));
        let mut server = accept(&mut listener);
        let (first, [second, third]) = chunked_request();
        let packets = [packet(&first, &[1; 40]), chunk(&second, &[2; 40])];
        for packet in packets {
            client.send(&packet);
            assert!(matches!(server.receive(Deadline::after(NOW)), Err(ReceiveError::TimedOut)));
        }
        client.send(&chunk(&third, &[3; 20]));
        let payload = [[1; 40].as_slice(), &[2; 40], &[3; 20]].concat();
        assert_eq!(server.receive(Deadline::after(NOW)).unwrap().payload, payload);
    });
}

#[test]
fn waits_are_ended_by_closing_on_the_other_side() {
    watched(|| {
        let Pair { mut client, server, .. } =
            pair_with(&ConnectOptions::default(), &ListenOptions::default());
        thread::scope(|scope| {
            let waiter = scope.spawn(|| client.receive(Deadline::NEVER).map(drop));
            pause();
            drop(server);
            assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
        });
    });
}

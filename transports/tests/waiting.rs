//! Waiting where only sockets of one's own making can show it: full backlogs, single packets, event loops.
//! `docs/contract/transport.md`, "Messages"; `docs/contract/posix.md`, "The baseline".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::thread;
use std::time::{Duration, Instant};

#[cfg(windows)]
use netipc_tests::support::raw::is_signalled;
use netipc_tests::support::raw::{self, Raw, RawListener, ack, chunk, chunked_request, hello, packet};
use netipc_tests::support::{Place, RawPair, accept, raw_pair, soon, watched};
use netipc_transport::envelope::Hello;
use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectError, ConnectOptions, Deadline, Endpoint, MessageHeader,
    ReceiveError, Status,
};

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

/// A server that accepts nobody and has no room, with the client that waits there.
fn full_backlog(place: &Place) -> (RawListener, Raw) {
    let listener = RawListener::without_room(&place.endpoint);
    let waiting = Raw::connect(&place.endpoint);
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
                drop(waiting);
                listener.accept();
                let client = listener.accept();
                client.receive();
                client.send(&raw::ack_packet(Status::Ok, &ack()));
            });
            connect(&place.endpoint, soon(), &Abort::new()).unwrap();
        });
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
fn a_refusal_ends_although_the_client_never_stops_sending() {
    watched(|| {
        let RawPair { client, mut server, .. } = raw_pair(&hello());
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
#[cfg(unix)]
fn is_readable(fd: &impl std::os::fd::AsFd) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut fds = [PollFd::new(fd, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).unwrap() == 1
}

/// Whether the handle is signalled, at once.
#[cfg(windows)]
fn is_readable(handle: &impl std::os::windows::io::AsHandle) -> bool {
    is_signalled(handle.as_handle(), NOW)
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
        let quiet = |server: &mut netipc_transport::ServerSession| {
            assert!(server.try_receive().unwrap().is_none());
            !is_readable(server)
        };
        nothing(&mut listener);
        assert!(!is_readable(&listener));
        let silent = Raw::connect(&place.endpoint);
        assert!(is_readable(&listener));
        nothing(&mut listener);
        assert!(!is_readable(&listener));
        silent.send(&raw::hello_packet(&hello()));
        assert!(is_readable(&listener));
        let mut server = listener.accept(Deadline::after(NOW), &Abort::new()).unwrap();
        nothing(&mut listener);
        assert!(!is_readable(&listener));

        assert!(quiet(&mut server));
        silent.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        assert!(is_readable(&server));
        // What happens on a session is no longer the listener's business.
        assert!(!is_readable(&listener));
        server.receive(Deadline::after(NOW)).unwrap();
        assert!(quiet(&mut server));
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

use std::thread;
use std::time::Duration;

use rustix::net::{AddressFamily, Shutdown, SocketFlags, SocketType, shutdown, socketpair};
use tempfile::TempDir;

use super::super::create::create;
use super::*;
use crate::Deadline;
use crate::buffer::Buffer;
use crate::envelope::MessageHeader;
use crate::link::{Link, SendFailure};
use crate::session::SendError;

type Shm = crate::shm::Shm<Side>;

/// Both ends of a link, without sessions.
struct Pair {
    client: Shm,
    server: Shm,
    endpoint: Endpoint,
    directory: TempDir,
}

fn pair() -> Pair {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new(directory.path(), "web").unwrap();
    let (one, other) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    let region = create(&endpoint, 1, 1_000, 1_000).unwrap();
    let client = attached(Arc::new(Socket::new(one)), &endpoint, 1, Waiting::default()).unwrap();
    let server = Shm::serve(Side::server(region, Arc::new(Socket::new(other)), None), Waiting::default());
    Pair { client, server, endpoint, directory }
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_mins(1))
}

fn now() -> Deadline {
    Deadline::after(Duration::ZERO)
}

fn request(payload: &[u8]) -> MessageHeader {
    MessageHeader::request(3, 1, u32::try_from(payload.len()).unwrap())
}

fn send(link: &mut Shm, payload: &[u8]) -> Result<(), SendFailure> {
    link.send(&request(payload), payload, soon())
}

fn receive(link: &mut Shm, deadline: Deadline) -> Result<Vec<u8>, ReceiveError> {
    let mut buffer = Buffer::default();
    let header = link.receive(&mut buffer, |_| Ok(()), deadline)?;
    Ok(buffer.payload(header.payload_len as usize).to_vec())
}

#[test]
fn messages_of_all_lengths_go_both_ways() {
    let Pair { mut client, mut server, .. } = pair();
    for len in (0..40).chain([999, 1_000, 1_055, 1_056]) {
        let payload: Vec<u8> = (1..=255).cycle().take(len).collect();
        send(&mut client, &payload).unwrap();
        assert_eq!(receive(&mut server, soon()).unwrap(), payload);
        send(&mut server, &payload).unwrap();
        assert_eq!(receive(&mut client, soon()).unwrap(), payload);
    }
}

#[test]
fn a_message_that_the_area_has_no_room_for_is_not_written() {
    let Pair { mut client, mut server, .. } = pair();
    let found = send(&mut client, &[1; 1_057]);
    assert!(matches!(found, Err(SendFailure::NothingSent(SendError::OverLimit(_)))), "{found:?}");
    assert!(matches!(receive(&mut server, now()), Err(ReceiveError::TimedOut)));
    send(&mut client, &[2]).unwrap();
    assert_eq!(receive(&mut server, soon()).unwrap(), [2]);
}

#[test]
fn one_message_is_in_flight_in_each_direction() {
    let Pair { mut client, mut server, .. } = pair();
    let out_of_turn = |found| matches!(found, Err(SendFailure::NothingSent(SendError::OutOfTurn)));
    assert!(out_of_turn(send(&mut server, &[9])));
    send(&mut client, &[1]).unwrap();
    assert!(out_of_turn(send(&mut client, &[2])));
    assert_eq!(receive(&mut server, soon()).unwrap(), [1]);
    send(&mut server, &[3]).unwrap();
    assert!(out_of_turn(send(&mut server, &[4])));
    assert_eq!(receive(&mut client, soon()).unwrap(), [3]);
    send(&mut client, &[5]).unwrap();
}

#[test]
fn sides_that_cannot_wait_for_two_words_talk_and_notice_the_end_too() {
    let Pair { mut client, mut server, .. } = pair();
    client.sharing_mut().waiter = Waiter::SharedOnly;
    server.sharing_mut().waiter = Waiter::SharedOnly;
    let serving = thread::spawn(move || {
        while let Ok(payload) = receive(&mut server, soon()) {
            thread::sleep(Duration::from_millis(2));
            send(&mut server, &payload).unwrap();
        }
    });
    for number in 0..10 {
        send(&mut client, &[number]).unwrap();
        assert_eq!(receive(&mut client, soon()).unwrap(), [number]);
    }
    drop(client);
    serving.join().unwrap();
}

#[test]
fn an_alarm_reaches_a_side_that_does_not_wait_for_it() {
    let Pair { client: _client, mut server, .. } = pair();
    assert_eq!(server.sharing().waiter, Waiter::SharedOnly);
    let socket = crate::posix::socket::SocketRef::new(server.sharing().socket());
    let waiting = thread::spawn(move || receive(&mut server, soon()).map(drop));
    thread::sleep(Duration::from_millis(5));
    socket.abort();
    assert!(matches!(waiting.join().unwrap(), Err(ReceiveError::Aborted)));
}

#[test]
fn a_bell_wakes_whoever_waits_for_messages_of_its_direction() {
    let Pair { client: _client, server, .. } = pair();
    let bell = server.sharing().region.bell(Direction::Request);
    let waiting = thread::spawn(move || {
        let side = server.sharing();
        let (words, alarm) = (side.region.words(Direction::Request), side.socket.alarm().word());
        Waiter::SharedOnly.wait((words.signal, 0), (alarm, 0), Some(Duration::from_mins(1)))
    });
    // It may not have begun to wait.
    while !waiting.is_finished() {
        bell();
        thread::yield_now();
    }
    assert_eq!(waiting.join().unwrap().unwrap(), wait::Waited::Woken);
}

#[test]
fn what_was_published_before_the_end_is_still_received() {
    let Pair { mut client, mut server, .. } = pair();
    send(&mut client, &[1]).unwrap();
    drop(client);
    assert_eq!(receive(&mut server, soon()).unwrap(), [1]);
    assert!(matches!(receive(&mut server, soon()), Err(ReceiveError::Closed)));
}

#[test]
fn the_file_goes_when_the_session_ends_and_not_when_it_is_forgotten() {
    let Pair { client, mut server, endpoint, directory: _directory } = pair();
    let path = super::super::name::path(&endpoint, 1);
    drop(client);
    assert!(path.exists());
    server.shut_down();
    assert!(!path.exists());
}

#[test]
fn the_end_of_reading_lets_one_request_through_that_was_there() {
    let Pair { mut client, mut server, .. } = pair();
    let socket = crate::posix::socket::SocketRef::new(server.sharing().socket());
    send(&mut client, &[1]).unwrap();
    socket.shut_down_read();
    assert_eq!(receive(&mut server, soon()).unwrap(), [1]);
    send(&mut server, &[2]).unwrap();
    assert_eq!(receive(&mut client, soon()).unwrap(), [2]);
    send(&mut client, &[3]).unwrap();
    assert!(matches!(receive(&mut server, soon()), Err(ReceiveError::Closed)));
}

#[test]
fn a_server_whose_socket_has_hung_up_is_a_failed_connection() {
    let Pair { server, endpoint, directory: _directory, .. } = pair();
    let (one, other) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
    drop(server);
    let one = Arc::new(Socket::new(one));
    let found = attached(Arc::clone(&one), &endpoint, 1, Waiting::default());
    assert!(matches!(found, Err(ConnectError::Attach { .. })), "{found:?}");
    // A process that another test is starting may have the descriptor as well, for a moment.
    shutdown(&other, Shutdown::Both).unwrap();
    let found = attached(one, &endpoint, 1, Waiting::default());
    assert!(matches!(found, Err(ConnectError::Closed { .. })), "{found:?}");
}

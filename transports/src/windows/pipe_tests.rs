use std::thread;

use super::*;
use crate::windows::connection::ConnectionRef;
use crate::windows::sys::{ClosableHandle, NewInstance, SecurityDescriptor, open_pipe};

const ROOM: usize = 4_096;

/// The server's and the client's end of a pipe with room for so many bytes, without sessions.
fn ends(test: &str) -> [Pipe; 2] {
    let name = format!(r"\\.\pipe\netipc-test-{}-{test}", std::process::id());
    let buffer = u32::try_from(ROOM).unwrap();
    let instance = NewInstance::first(&name, buffer, &SecurityDescriptor::new().unwrap()).create().unwrap();
    let opened = open_pipe(&name).unwrap();
    [(instance, Side::Server), (opened, Side::Client)].map(|(handle, side)| {
        let connection = Connection::of(Arc::new(ClosableHandle::new(handle))).unwrap();
        Pipe::new(Arc::new(connection), side, Waiting::default()).unwrap()
    })
}

fn is_signalled(event: &Event) -> bool {
    event.wait(Some(Duration::ZERO)).unwrap()
}

#[test]
fn a_receive_that_finds_nothing_leaves_no_signal_that_tells_of_nothing() {
    let [mut server, mut client] = ends("receive-late-signal");
    let mut packet = [0; 64];
    for _ in 0..2 {
        let found = server.receive(&mut packet, Deadline::NOW);
        assert!(matches!(found, Err(PacketError::TimedOut)), "{found:?}");
        assert!(!is_signalled(server.readable()));
        // As if it were that of an earlier read.
        server.readable().set();
    }
    client.send(&[7; HEADER_LEN], b"", Deadline::NEVER).unwrap();
    let received = server.receive(&mut packet, Deadline::NEVER).unwrap();
    assert_eq!(received.split(&packet).0, [7; HEADER_LEN]);
}

#[test]
fn a_packet_that_is_kept_leaves_no_signal_that_tells_of_nothing() {
    let [mut server, mut client] = ends("send-late-signal");
    let (header, payload) = ([7; HEADER_LEN], vec![1; ROOM]);
    let mut sent = 0;
    while client.send_kept(&header, &payload, Deadline::NOW).is_ok() {
        sent += 1;
    }
    client.writing.event().set();
    let kept = client.send_kept(&header, &payload, Deadline::NOW);
    assert!(matches!(kept, Err(PacketError::TimedOut)), "{kept:?}");
    assert!(!is_signalled(client.writing.event()));
    let mut packet = vec![0; HEADER_LEN + ROOM];
    for _ in 0..=sent {
        server.receive(&mut packet, Deadline::NEVER).unwrap();
    }
    client.send_kept(&header, &payload, Deadline::NEVER).unwrap();
}

#[test]
fn what_was_there_when_reading_was_ended_comes_although_the_read_takes_time() {
    let [mut server, mut client] = ends("last-later");
    ConnectionRef::new(server.connection()).shut_down_read();
    // As if it were there, and Windows slow to give it.
    server.last_bytes = Some(HEADER_LEN);
    thread::scope(|scope| {
        let receiving = scope.spawn(|| {
            let mut packet = [0; 64];
            let received = server.receive(&mut packet, Deadline::NEVER).unwrap();
            (received, server.receive(&mut packet, Deadline::NEVER))
        });
        client.send(&[7; HEADER_LEN], b"", Deadline::NEVER).unwrap();
        let (received, next) = receiving.join().unwrap();
        assert_eq!(received.header, HEADER_LEN);
        assert!(matches!(next, Err(PacketError::Closed)), "{next:?}");
    });
}

#[test]
fn what_was_there_when_reading_was_ended_and_is_not_any_more_keeps_nobody() {
    for deadline in [Deadline::NOW, Deadline::NEVER] {
        let [mut server, _client] = ends("last-never");
        ConnectionRef::new(server.connection()).shut_down_read();
        // As if its sender had taken it back.
        server.last_bytes = Some(HEADER_LEN);
        let found = server.receive(&mut [0; 64], deadline);
        assert!(matches!(found, Err(PacketError::Closed)), "{found:?}");
    }
}

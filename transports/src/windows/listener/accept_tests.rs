use std::time::Duration;

use super::*;
use crate::handshake::client;
use crate::listener::FIRST_PACKET;
use crate::windows::sys::{ClosableHandle, Operation, open_pipe};
use crate::{ClientSession, ConnectOptions, MessageHeader, Profiles, Progress, Status};

fn endpoint(directory: &tempfile::TempDir) -> Endpoint {
    Endpoint::new(directory.path(), "web").unwrap()
}

/// A listener whose first instance fails whenever it is to wait for a client: it is a client's end.
fn broken(endpoint: &Endpoint) -> Listener {
    let mut listener = Listener::bind(endpoint, &ListenOptions::default()).unwrap();
    let pipe = Arc::new(ClosableHandle::new(open_pipe(endpoint.pipe_name()).unwrap()));
    let operation = Operation::new(Arc::clone(&pipe), Arc::clone(&listener.changed), FIRST_PACKET);
    listener.instances[0] = Instance { pipe, operation };
    listener
}

#[test]
fn an_instance_that_fails_is_told_of_and_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let mut listener = broken(&endpoint(&directory));
    let failed = listener.try_accept();
    assert!(matches!(failed, Err(AcceptError::Io(_))), "{failed:?}");
    assert!(listener.changed.wait(Some(Duration::ZERO)).unwrap(), "there is more to do");
    assert!(listener.try_accept().unwrap().is_none());
}

#[test]
fn an_instance_that_fails_keeps_nobody_from_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = endpoint(&directory);
    let mut listener = broken(&endpoint);
    let client = ClientSession::begin(&endpoint, &ConnectOptions::default(), &Abort::new()).unwrap();
    let Ok(Progress::Readable(_client)) = client.advance() else { panic!("it has a connection") };
    let accept = |listener: &mut Listener| listener.accept(soon(), &Abort::new());
    // The failure is told first where the client's HELLO is not read at once.
    let accepted = accept(&mut listener).or_else(|_| accept(&mut listener));
    assert!(accepted.is_ok(), "{accepted:?}");
}

/// A listener of one session whose pipe has room for so little that a write waits for its reader.
fn cramped(endpoint: &Endpoint) -> Listener {
    let options = ListenOptions { max_sessions: 1, ..ListenOptions::default() };
    let mut listener = Listener::bind(endpoint, &options).unwrap();
    listener.mould.cramp();
    // With the last of them the pipe goes, whose first instance may be what tells how much room there is.
    listener.instances.clear();
    listener.instances.resize_with(INSTANCES, || listener.mould.next().unwrap());
    listener
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(30))
}

/// A client whose HELLO the listener has read. It has not read the answer.
fn greeted(listener: &mut Listener) -> Operation {
    let pipe = Arc::new(ClosableHandle::new(open_pipe(listener.endpoint().pipe_name()).unwrap()));
    let mut client = Operation::new(pipe, Arc::new(Event::signalled().unwrap()), 0);
    let hello = client::hello(&ConnectOptions::default().resolved(4_096, Profiles::BASELINE));
    assert!(client.write(&hello.header, &hello.payload).unwrap().is_none(), "there is no room for it");
    let late = soon();
    while !client.is_complete() {
        assert!(!late.is_past() && listener.try_accept().unwrap().is_none());
    }
    client.finish().unwrap().unwrap();
    assert!(listener.try_accept().unwrap().is_none(), "the answer is on its way");
    client
}

/// What the client reads.
fn answer(client: &mut Operation) -> Status {
    if client.read(256).unwrap().is_none() {
        let late = soon();
        while !client.is_complete() {
            assert!(!late.is_past());
            client.wait(late.remaining()).unwrap();
        }
        client.finish().unwrap().unwrap();
    }
    MessageHeader::decode(&client.buffer().unwrap()[..MessageHeader::LEN]).unwrap().transport_status
}

#[test]
fn an_ack_for_which_there_is_no_room_goes_out_when_its_client_reads() {
    let directory = tempfile::tempdir().unwrap();
    let mut listener = cramped(&endpoint(&directory));
    let mut client = greeted(&mut listener);
    assert_eq!(answer(&mut client), Status::Ok);
    let accepted = listener.accept(soon(), &Abort::new());
    assert!(accepted.is_ok(), "{accepted:?}");
}

#[test]
fn a_client_that_does_not_read_its_ack_has_taken_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let mut listener = cramped(&endpoint(&directory));
    let mut first = greeted(&mut listener);
    assert_eq!(answer(&mut greeted(&mut listener)), Status::LimitExceeded);
    assert_eq!(answer(&mut first), Status::Ok);
    assert!(listener.accept(soon(), &Abort::new()).is_ok());
}

#[test]
fn a_client_that_goes_without_its_ack_leaves_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let mut listener = cramped(&endpoint(&directory));
    drop(greeted(&mut listener));
    let late = soon();
    while listener.live_sessions() > 0 {
        assert!(!late.is_past() && listener.try_accept().unwrap().is_none());
    }
    assert_eq!(answer(&mut greeted(&mut listener)), Status::Ok);
}

#[test]
fn a_hello_for_which_there_is_no_room_goes_out_when_its_server_reads() {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = endpoint(&directory);
    let mut listener = cramped(&endpoint);
    let begun = ClientSession::begin(&endpoint, &ConnectOptions::default(), &Abort::new()).unwrap();
    let Ok(Progress::Readable(mut connecting)) = begun.advance() else { panic!("it has a connection") };
    let (late, mut accepted) = (soon(), None);
    loop {
        assert!(!late.is_past());
        accepted = accepted.or(listener.try_accept().unwrap());
        match connecting.advance().unwrap() {
            Progress::Readable(again) => connecting = again,
            Progress::Connected(_) => break,
            Progress::Later(..) => panic!("it had a connection"),
        }
    }
    accepted.map_or_else(|| listener.accept(late, &Abort::new()), Ok).unwrap();
}

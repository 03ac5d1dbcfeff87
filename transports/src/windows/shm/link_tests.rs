use std::sync::Arc;

use super::super::header::at;
use super::*;
use crate::Profiles;
use crate::buffer::Buffer;
use crate::envelope::MessageHeader;
use crate::link::Link;
use crate::windows::connection::Connection;
use crate::windows::pipe::Side as End;
use crate::windows::sys::{ClosableHandle, NewInstance, SecurityDescriptor, open_pipe};

/// Both ends of a link, without sessions.
struct Pair {
    client: Shm<Side>,
    server: Shm<Side>,
}

fn endpoint(name: &str) -> Endpoint {
    Endpoint::new(format!("run-{}", std::process::id()), name).unwrap()
}

fn agreed() -> Agreed {
    Agreed {
        profile: Profiles::SHM_HYBRID,
        session_id: 1,
        packet_size: 4_096,
        max_request_payload_bytes: 1_000,
        max_request_batch_items: 1,
        max_response_payload_bytes: 1_000,
        max_response_batch_items: 1,
    }
}

fn pair(name: &str) -> Pair {
    pair_in(name, |_| {})
}

/// In a region to which the server has done this.
fn pair_in(name: &str, change: impl FnOnce(&Region)) -> Pair {
    let (endpoint, agreed) = (endpoint(name), agreed());
    let security = SecurityDescriptor::new().unwrap();
    let instance = NewInstance::first(endpoint.pipe_name(), 65_536, &security).create().unwrap();
    let opened = open_pipe(endpoint.pipe_name()).unwrap();
    let pipe = |handle, end| {
        let connection = Connection::of(Arc::new(ClosableHandle::new(handle))).unwrap();
        Pipe::new(Arc::new(connection), end, Waiting::default()).unwrap()
    };
    let region = Region::create(&endpoint, 0, &agreed).unwrap();
    change(&region);
    let server = served(region, pipe(instance, End::Server), Waiting::default());
    let options = ConnectOptions::default();
    let client = attached(pipe(opened, End::Client), &endpoint, &options, &agreed, Deadline::NOW).unwrap();
    Pair { client, server }
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_mins(1))
}

fn receive(
    link: &mut Shm<Side>,
    meanwhile: impl FnOnce(),
    deadline: Deadline,
) -> Result<Vec<u8>, ReceiveError> {
    let mut buffer = Buffer::default();
    let meanwhile = |_: &MessageHeader| {
        meanwhile();
        Ok(())
    };
    let header = link.receive(&mut buffer, meanwhile, deadline)?;
    Ok(buffer.payload(header.payload_len as usize).to_vec())
}

fn send(link: &mut Shm<Side>, payload: &[u8]) {
    let header = MessageHeader::request(3, 1, u32::try_from(payload.len()).unwrap());
    link.send(&header, payload, soon()).unwrap();
}

#[test]
fn messages_of_all_lengths_go_both_ways() {
    let Pair { mut client, mut server } = pair("lengths");
    for len in (0..40).chain([999, 1_000, 1_024]) {
        let payload: Vec<u8> = (1..=255).cycle().take(len).collect();
        send(&mut client, &payload);
        assert_eq!(receive(&mut server, || {}, soon()).unwrap(), payload);
        send(&mut server, &payload);
        assert_eq!(receive(&mut client, || {}, soon()).unwrap(), payload);
    }
}

#[test]
fn a_message_that_is_replaced_while_it_is_copied_is_a_violation() {
    let Pair { mut client, mut server } = pair("replaced");
    send(&mut client, b"question");
    let region = client.sharing().region.as_ref().unwrap();
    let replace = || region.section().word64::<{ at::REQ_SEQ }>().store(2, Ordering::SeqCst);
    let found = receive(&mut server, replace, soon());
    let changed = matches!(found, Err(ReceiveError::Violation { violation: Violation::ChangedMessage, .. }));
    assert!(changed, "{found:?}");
}

#[test]
fn a_length_that_changes_while_the_message_is_copied_is_a_violation() {
    let Pair { mut client, mut server } = pair("longer");
    send(&mut client, b"question");
    let region = client.sharing().region.as_ref().unwrap();
    let lengthen = || region.section().word32::<{ at::REQ_LEN }>().store(41, Ordering::SeqCst);
    let found = receive(&mut server, lengthen, soon());
    let changed = matches!(found, Err(ReceiveError::Violation { violation: Violation::ChangedMessage, .. }));
    assert!(changed, "{found:?}");
}

#[test]
fn no_spin_looks_more_often_than_this_side_wants() {
    for (wanted, expected) in [(1_024, 1_024), (u32::MAX, MOST_LOOKS), (0, 0)] {
        let Pair { client, .. } = pair_in("spins", |region| region.set_spin_tries(wanted));
        assert_eq!(client.sharing().most_looks(), expected);
    }
}

#[test]
fn a_side_that_has_ended_has_given_its_memory_back() {
    let Pair { mut client, mut server } = pair("ended");
    for link in [&mut client, &mut server] {
        link.shut_down();
        link.shut_down();
        assert!(link.sharing().region.is_none());
        assert!(matches!(receive(link, || {}, soon()), Err(ReceiveError::SessionEnded)));
    }
    // Its names are free again.
    drop(pair("ended"));
}

#[test]
fn a_read_whose_thread_has_ended_is_begun_again() {
    let pair = thread::spawn(|| pair("thread")).join().unwrap();
    let Pair { mut client, mut server } = pair;
    assert_eq!(server.sharing_mut().peer().unwrap(), Peer::Present);
    send(&mut client, b"question");
    assert_eq!(receive(&mut server, || {}, soon()).unwrap(), b"question");
    drop(client);
    assert!(matches!(receive(&mut server, || {}, soon()), Err(ReceiveError::Closed)));
}

#[test]
fn a_signal_of_the_pipe_that_tells_of_nothing_ends_one_wait() {
    let Pair { client: _client, mut server } = pair("late-signal");
    let sharing = server.sharing_mut();
    sharing.pipe().readable().set();
    let waited = sharing.wait(Direction::Request, 1, None, &mut ()).unwrap();
    assert_eq!(waited, Waited::LookAround);
    assert_eq!(sharing.peer().unwrap(), Peer::Present);
    assert!(!sharing.pipe().readable().wait(Some(Duration::ZERO)).unwrap());
}

#[test]
fn a_signal_of_the_pipe_that_tells_of_nothing_does_not_outlive_a_look() {
    let Pair { client: _client, mut server } = pair("look-late-signal");
    for _ in 0..2 {
        let found = receive(&mut server, || {}, Deadline::NOW);
        assert!(matches!(found, Err(ReceiveError::TimedOut)), "{found:?}");
        assert!(!server.sharing().pipe().readable().wait(Some(Duration::ZERO)).unwrap());
        server.sharing().pipe().readable().set();
    }
}

#[test]
fn the_pipe_is_closed_before_the_names_are_free() {
    for round in 0..100 {
        let Pair { mut client, mut server } = pair(&format!("order-{round}"));
        let endpoint = endpoint(&format!("order-{round}"));
        // The server alone keeps the names.
        client.sharing_mut().region = None;
        thread::scope(|scope| {
            scope.spawn(|| server.shut_down());
            while Region::attach(&endpoint, 0, &agreed()).is_ok() {}
            assert_eq!(client.sharing_mut().pipe.peer().unwrap(), Peer::Closed);
        });
    }
}

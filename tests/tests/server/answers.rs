//! What a server answers, to good and to bad requests, and what becomes of the session.

use std::sync::mpsc;
use std::thread;

use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest, Increment};
use netipc::transport::{ClientSession, ConnectOptions, SendError};
use netipc::{Abort, CallError, Client, Deadline, Server, ServerConfig, Status};
use netipc_tests::support::servers_are_kept_apart;

use crate::common::exchange::{assert_bare, assert_closed, exchange};
use crate::common::{LONG, Place, client_config, connect_options, server_config, signal};

const INCREMENT: u16 = 1;

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

/// A client that sends what it likes.
fn raw(place: &Place) -> ClientSession {
    let options = ConnectOptions { max_request_batch_items: 16, ..connect_options() };
    ClientSession::connect(&place.endpoint(), &options, deadline(), &Abort::new()).expect("it is served")
}

fn assert_served(session: &mut ClientSession, id: u64) {
    let (header, payload) = exchange(session, INCREMENT, id, &41u64.to_ne_bytes());
    assert_eq!((header.transport_status, payload), (Status::Ok, 42u64.to_ne_bytes().to_vec()));
}

#[test]
fn a_request_is_answered_with_its_code_and_id() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut session = raw(&place);
    assert_served(&mut session, u64::MAX);
}

#[test]
fn another_method_is_unsupported_and_the_session_goes_on() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut session = raw(&place);
    let (header, _) = exchange(&mut session, 2, 5, &[1, 0, 0, 0]);
    assert_bare(&header, 2, 5, Status::Unsupported);
    assert_served(&mut session, 6);
}

#[test]
fn a_request_that_does_not_decode_is_bad_envelope_and_the_session_closes() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut session = raw(&place);
    let (header, _) = exchange(&mut session, INCREMENT, 9, &[1, 2, 3]);
    assert_bare(&header, INCREMENT, 9, Status::BadEnvelope);
    assert_closed(&mut session);
    assert_served(&mut raw(&place), 1);
}

#[test]
fn a_failed_handler_is_internal_error_and_the_session_closes() {
    let place = Place::new();
    let _server = place.server(server_config(), |value| match value {
        13 => Err("no 13".to_owned()),
        value => Ok(value + 1),
    });
    let mut session = raw(&place);
    let (header, _) = exchange(&mut session, INCREMENT, 9, &13u64.to_ne_bytes());
    assert_bare(&header, INCREMENT, 9, Status::InternalError);
    assert_closed(&mut session);
    assert_served(&mut raw(&place), 1);
}

#[test]
fn a_panic_in_the_handler_is_internal_error_and_the_server_lives_on() {
    let place = Place::new();
    let _server = place.server(server_config(), |value| {
        assert_ne!(value, 13, "this panic is part of the test");
        Ok(value + 1)
    });
    let (mut session, mut bystander) = (raw(&place), raw(&place));
    let (header, _) = exchange(&mut session, INCREMENT, 9, &13u64.to_ne_bytes());
    assert_bare(&header, INCREMENT, 9, Status::InternalError);
    assert_closed(&mut session);
    assert_served(&mut bystander, 1);
    assert_served(&mut raw(&place), 1);
}

#[test]
fn a_response_that_does_not_fit_is_limit_exceeded_whatever_the_handler_returns() {
    for handler_fails in [false, true] {
        let place = Place::new();
        let config = ServerConfig { max_response_payload_bytes: 200, ..server_config() };
        let _server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
            place.endpoint(),
            config,
            move |_, response, _| {
                let item = CgroupRef { name: &[b'n'; 60], path: b"/p", ..CgroupRef::default() };
                for _ in 0..3 {
                    let pushed = response.cgroups().push(item);
                    if handler_fails {
                        pushed?;
                    }
                }
                Ok(())
            },
        )
        .expect("the endpoint is free");
        let mut session = raw(&place);
        let (header, _) = exchange(&mut session, 2, 4, &[1, 0, 0, 0]);
        assert_bare(&header, 2, 4, Status::LimitExceeded);
        assert_closed(&mut session);
    }
}

#[test]
fn a_response_of_exactly_the_limit_is_sent() {
    let place = Place::new();
    // Header 24, one entry, an item of 32 bytes and two strings with their NULs.
    let config = ServerConfig { max_response_payload_bytes: 24 + 8 + 32 + 11 + 3, ..server_config() };
    let _server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
        place.endpoint(),
        config,
        |_, response, _| {
            Ok(response.cgroups().push(CgroupRef {
                name: b"0123456789",
                path: b"/p",
                ..CgroupRef::default()
            })?)
        },
    )
    .expect("the endpoint is free");
    let mut client =
        Client::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(place.endpoint(), client_config());
    client.refresh();
    let snapshot = client.call(&CgroupsSnapshotRequest {}).expect("it fits");
    assert_eq!(snapshot.cgroups().get(0).map(|cgroup| cgroup.name()), Some("0123456789".into()));
}

#[test]
fn requests_of_one_session_are_answered_in_order_however_many_are_sent_ahead() {
    let place = Place::new();
    let _server = place.incrementer();
    // In shared memory none is sent ahead.
    let options = ConnectOptions::default();
    let mut session =
        ClientSession::connect(&place.endpoint(), &options, deadline(), &Abort::new()).expect("it is served");
    for id in 0..50u64 {
        session.send(INCREMENT, id, &id.to_ne_bytes(), deadline()).expect("it goes out");
    }
    for id in 0..50u64 {
        let response = session.receive(deadline()).expect("it is answered");
        assert_eq!((response.header.message_id, response.payload), (id, &(id + 1).to_ne_bytes()[..]));
    }
}

#[test]
fn a_client_cannot_send_more_than_it_has_agreed() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut session = raw(&place);
    let error = session.send(INCREMENT, 1, &[0; 1_025], deadline()).expect_err("1,024 were agreed");
    assert!(matches!(error, SendError::OverLimit(_)), "{error}");
    assert_served(&mut session, 2);
}

#[test]
fn the_handler_learns_who_asks() {
    let place = Place::new();
    let (sender, receiver) = mpsc::channel();
    let _server =
        Server::<Increment, Increment>::spawn(place.endpoint(), server_config(), move |_, _, context| {
            Ok(sender.send(*context)?)
        })
        .expect("the endpoint is free");
    let mut client = place.ready_client();
    client.call(&Increment { value: 1 }).expect("it is served");
    let context = receiver.recv_timeout(LONG).expect("the handler ran");
    assert_eq!(context.credentials.pid, std::process::id());
    assert_eq!(Some(context.session_id), client.status().session.map(|agreed| agreed.session_id));
}

#[test]
fn sessions_do_not_wait_for_one_another() {
    let place = Place::new();
    let (entered, wait_entered) = signal();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let _server = place.server(server_config(), move |value| {
        if value == 0 {
            entered.send(()).expect("the test waits");
            let _ = released.lock().expect("not poisoned").recv_timeout(LONG);
        }
        Ok(value + 1)
    });
    let mut slow = place.ready_client();
    let slow = thread::spawn(move || slow.call(&Increment { value: 0 }).map(|response| response.value()));
    wait_entered();
    let mut quick = place.ready_client();
    assert_eq!(quick.call(&Increment { value: 1 }).expect("it is served").value(), 2);
    release.send(()).expect("the handler waits");
    let value = slow.join().expect("it does not panic");
    assert!(matches!(value, Ok(1)), "{value:?}");
}

#[test]
fn a_second_server_at_the_endpoint_is_told_that_it_is_in_use() {
    if !servers_are_kept_apart() {
        return;
    }
    let place = Place::new();
    let _server = place.incrementer();
    let second = Server::<Increment, Increment>::spawn(place.endpoint(), server_config(), |_, _, _| Ok(()));
    assert!(matches!(second, Err(netipc::ListenError::AddressInUse { .. })), "{second:?}");
    let mut client = place.ready_client();
    assert!(!matches!(client.call(&Increment { value: 1 }), Err(CallError::Receive(_))));
}

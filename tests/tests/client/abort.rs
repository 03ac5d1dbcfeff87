//! The abort handle, wherever a client waits.

use std::thread;

use netipc::messages::Increment;
use netipc::transport::ConnectError;
use netipc::{CallError, ClientConfig, ClientState, Deadline};

use crate::common::{LONG, Place, client_config, signal};

#[test]
fn abort_ends_a_call_that_waits_for_its_response() {
    let place = Place::new();
    let (arrived, wait) = signal();
    let _peer = place.peer(move |mut session| {
        let _ = session.receive(Deadline::after(LONG));
        arrived.send(()).expect("the test waits");
        let _ = session.receive(Deadline::after(LONG));
    });
    let mut client = place.ready_client();
    let abort = client.abort_handle();
    let aborter = thread::spawn(move || {
        wait();
        abort.abort();
    });
    let error = client.call(&Increment { value: 1 }).expect_err("aborted");
    assert!(matches!(error, CallError::Aborted), "{error}");
    assert!(error.is_abort() && !error.is_timeout());
    assert_eq!(client.status().state, ClientState::Broken);
    aborter.join().expect("it does not panic");
}

#[test]
fn calls_fail_as_aborted_until_the_handle_is_cleared() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut client = place.ready_client();
    client.abort_handle().abort();
    for _ in 0..2 {
        assert!(matches!(client.call(&Increment { value: 1 }), Err(CallError::Aborted)));
    }
    client.refresh();
    assert!(!client.is_ready());
    assert!(matches!(client.connect_error(), Some(ConnectError::Aborted { .. })));
    client.abort_handle().clear();
    client.refresh();
    assert_eq!(client.call(&Increment { value: 1 }).expect("served again").value(), 2);
}

#[test]
fn an_abort_while_nothing_waits_ends_the_session_for_good() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    let abort = client.abort_handle();
    abort.abort();
    abort.clear();
    assert!(!client.is_ready());
    assert_eq!(client.status().state, ClientState::Broken);
    assert!(client.status().session.is_none());
    let error = client.call(&Increment { value: 1 }).expect_err("there is no session any more");
    assert!(matches!(error, CallError::NotReady { state: ClientState::Broken, .. }), "{error}");
    assert_eq!(server.status().requests, 0);
    assert!(client.refresh(), "BROKEN becomes READY");
    assert_eq!(client.call(&Increment { value: 1 }).expect("served over a new session").value(), 2);
}

#[test]
fn the_first_call_after_an_abort_of_an_idle_client_was_cleared_and_refreshed_is_served() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut client = place.ready_client();
    for value in 0..3 {
        client.abort_handle().abort();
        client.abort_handle().clear();
        assert!(client.refresh());
        assert_eq!(
            client.call(&Increment { value }).expect("nothing is aborted any more").value(),
            value + 1
        );
    }
    assert_eq!((client.status().connects, client.status().errors), (4, 0));
}

#[test]
fn abort_ends_a_refresh_that_waits_for_the_handshake() {
    let place = Place::new();
    let silent = place.silent();
    let config = ClientConfig { handshake_timeout: LONG, ..client_config() };
    let mut client = netipc::Client::<Increment, Increment>::new(place.endpoint(), config);
    let abort = client.abort_handle();
    let aborter = thread::spawn(move || {
        silent.wait_for_hello();
        abort.abort();
    });
    client.refresh();
    assert!(matches!(client.connect_error(), Some(ConnectError::Aborted { .. })));
    aborter.join().expect("it does not panic");
}

#[test]
fn an_abort_handle_outlives_its_client() {
    let place = Place::new();
    let abort = place.client().abort_handle();
    thread::spawn(move || abort.abort()).join().expect("it does not panic");
}

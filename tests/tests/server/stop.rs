//! Stop and drain: with sessions idle, busy and stuck.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netipc::messages::{Increment, StringReverse};
use netipc::transport::{ClientSession, ConnectOptions, ReceiveError};
use netipc::{Abort, CallError, Deadline, Drained, Server, ServerConfig, Waiting};

use crate::common::{LONG, Place, client_config, connect_options, server_config, signal};

fn raw(place: &Place) -> ClientSession {
    let deadline = Deadline::after(LONG);
    ClientSession::connect(&place.endpoint(), &connect_options(), deadline, &Abort::new()).expect("served")
}

/// A server whose handler says when it runs, and waits until it is told to go on.
struct Busy {
    server: Server<Increment, Increment>,
    release: mpsc::Sender<()>,
    call: thread::JoinHandle<Result<u64, CallError>>,
}

fn busy(place: &Place) -> Busy {
    let (entered, wait_entered) = signal();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let server = place.server(server_config(), move |value| {
        entered.send(()).expect("the test waits");
        let _ = released.lock().expect("not poisoned").recv_timeout(LONG);
        Ok(value + 1)
    });
    let mut client = place.ready_client();
    let call = thread::spawn(move || client.call(&Increment { value: 1 }).map(|response| response.value()));
    wait_entered();
    Busy { server, release, call }
}

#[test]
fn stop_ends_idle_sessions_and_leaves_no_file() {
    let place = Place::new();
    let server = place.incrementer();
    let mut sessions: Vec<_> = (0..8).map(|_| raw(&place)).collect();
    server.stop();
    assert!(place.is_empty());
    for session in &mut sessions {
        let error = session.receive(Deadline::after(LONG)).expect_err("it is closed");
        assert!(matches!(error, ReceiveError::Closed | ReceiveError::Broken { .. }), "{error}");
    }
}

#[test]
fn dropping_a_server_stops_it() {
    let place = Place::new();
    let server = place.incrementer();
    let mut session = raw(&place);
    drop(server);
    assert!(place.is_empty());
    assert!(session.receive(Deadline::after(LONG)).is_err());
}

#[test]
fn drain_without_requests_in_progress_is_complete_at_once() {
    let place = Place::new();
    let server = place.incrementer();
    let _idle: Vec<_> = (0..8).map(|_| raw(&place)).collect();
    assert_eq!(server.drain(LONG), Drained::Complete);
    assert!(place.is_empty());
}

/// Drains a server with a request in progress, and has its handler go on when nobody is let in any more.
fn drain_and_release(timeout: Duration) {
    let place = Place::new();
    let Busy { server, release, call } = busy(&place);
    let drain = thread::spawn(move || server.drain(timeout));
    while place.is_served() {
        thread::yield_now();
    }
    release.send(()).expect("the handler waits");
    assert_eq!(drain.join().expect("it does not panic"), Drained::Complete);
    let value = call.join().expect("it does not panic");
    assert!(matches!(value, Ok(2)), "{value:?}");
    assert!(place.is_empty());
}

#[test]
fn a_drain_without_time_is_complete_where_all_sessions_are_idle() {
    let place = Place::new();
    let server = place.incrementer();
    let mut clients: Vec<_> = (0..8).map(|_| place.ready_client()).collect();
    for client in clients.iter_mut().skip(4) {
        client.call(&Increment { value: 1 }).expect("it is served");
    }
    assert_eq!(server.drain(Duration::ZERO), Drained::Complete);
    assert!(place.is_empty());
}

#[test]
fn drain_lets_a_request_in_progress_finish() {
    drain_and_release(LONG);
}

#[test]
fn drain_without_an_end_waits_for_a_request_in_progress() {
    drain_and_release(Duration::MAX);
}

/// Whether nothing is left of a server whose handler still runs. On Windows shared memory has no file, and its name for as long as
/// that handler's session has it mapped.
fn is_gone(place: &Place) -> bool {
    !place.is_served() && (cfg!(windows) || place.is_empty())
}

/// The same, when the handler has been told to return.
fn is_soon_empty(place: &Place) {
    while !place.is_empty() {
        thread::yield_now();
    }
}

#[test]
fn drain_cuts_off_what_takes_longer_than_its_time() {
    let place = Place::new();
    let Busy { server, release, call } = busy(&place);
    assert_eq!(server.drain(Duration::from_millis(50)), Drained::CutOff { sessions: 1 });
    assert!(is_gone(&place), "while the handler runs");
    let value = call.join().expect("it does not panic");
    assert!(matches!(value, Err(CallError::Reconnect { .. })), "{value:?}");
    drop(release);
    is_soon_empty(&place);
}

#[test]
fn stop_does_not_wait_for_a_handler() {
    let place = Place::new();
    let Busy { server, release, call } = busy(&place);
    server.stop();
    assert!(is_gone(&place), "while the handler runs");
    assert!(call.join().expect("it does not panic").is_err());
    drop(release);
    is_soon_empty(&place);
}

#[test]
fn stop_ends_a_session_that_spins_for_as_long_as_it_may() {
    let place = Place::new();
    let waiting = Waiting::spin_at_most(Duration::MAX);
    let server = place.server(ServerConfig { waiting, ..server_config() }, Ok);
    let mut client = place.ready_client();
    // The first waits show that it pays.
    for value in 0..10 {
        client.call(&Increment { value }).expect("it is served");
    }
    server.stop();
    assert!(is_gone(&place));
}

#[test]
fn stop_ends_a_session_whose_client_never_reads() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 1 << 20, ..server_config() };
    let server =
        Server::<StringReverse, StringReverse>::spawn(place.endpoint(), config, |request, response, _| {
            response.text(request.text());
            Ok(())
        })
        .expect("the endpoint is free");
    let options = ConnectOptions { max_request_payload_bytes: 65_000, ..connect_options() };
    let mut session =
        ClientSession::connect(&place.endpoint(), &options, Deadline::after(LONG), &Abort::new())
            .expect("it is served");
    // Until neither side can send any more.
    let mut payload = vec![0; 60_000];
    payload[..4].copy_from_slice(&8u32.to_ne_bytes());
    payload[4..8].copy_from_slice(&59_991u32.to_ne_bytes());
    let mut id = 0;
    while session.send(3, id, &payload, Deadline::after(Duration::from_millis(200))).is_ok() {
        id += 1;
    }
    assert!(id > 0);
    server.stop();
    assert!(place.is_empty());
}

#[test]
fn a_stopped_servers_endpoint_can_be_served_again_at_once() {
    let place = Place::new();
    for _ in 0..20 {
        let server = place.incrementer();
        let mut client = netipc::Client::<Increment, Increment>::new(place.endpoint(), client_config());
        client.refresh();
        assert_eq!(client.call(&Increment { value: 1 }).expect("it is served").value(), 2);
        server.stop();
    }
    assert!(place.is_empty());
}

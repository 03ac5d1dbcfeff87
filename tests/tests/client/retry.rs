//! At least once: what is retried, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use netipc::messages::{CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, Increment};
use netipc::transport::{MessageHeader, ServerSession};
use netipc::{CallError, Client, ClientConfig, ClientState, Deadline, Status};
use netipc_tests::support::raw::Raw;

use super::bare::BareProvider;
use crate::common::{LONG, Place, client_config, server_config, signal};

/// A peer that receives one request of each session and leaves the rest to `answer`, which is told how many requests
/// there have been. Counts them.
fn counting(
    place: &Place,
    mut answer: impl FnMut(ServerSession, MessageHeader, u64) + Send + 'static,
) -> (crate::common::Peer, Arc<AtomicU64>) {
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    let peer = place.peer(move |mut session| {
        if let Ok(message) = session.receive(Deadline::after(LONG)) {
            let header = message.header;
            answer(session, header, counter.fetch_add(1, Ordering::SeqCst) + 1);
        }
    });
    (peer, seen)
}

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

#[test]
fn a_request_lost_with_its_session_is_sent_once_more_and_succeeds() {
    let place = Place::new();
    let (_peer, seen) = counting(&place, |mut session, header, count| {
        if count == 2 {
            session.respond(header, &7u64.to_ne_bytes(), deadline()).expect("the client waits");
            let _ = session.receive(deadline());
        }
    });
    let mut client = place.ready_client();
    assert_eq!(client.call(&Increment { value: 1 }).expect("the second one is answered").value(), 7);
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    let status = client.status();
    assert_eq!((status.connects, status.reconnects, status.retries, status.errors), (2, 1, 1, 0));
}

#[test]
fn a_request_that_finds_no_other_session_is_not_counted_as_sent_again() {
    let place = Place::new();
    let provider = place.server(server_config(), |value| Ok(value + 1));
    let mut client = place.ready_client();
    provider.stop();
    let error = client.call(&Increment { value: 1 }).expect_err("nobody is there");
    assert!(matches!(error, CallError::Reconnect { .. }), "{error}");
    assert_eq!((client.status().retries, client.status().errors), (0, 1));
}

#[test]
fn a_request_lost_twice_is_reported() {
    let place = Place::new();
    let (_peer, seen) = counting(&place, |_, _, _| {});
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("nobody answers");
    assert!(matches!(error, CallError::Receive(_)), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_restarted_provider_is_reached_by_the_same_call() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    assert_eq!(client.call(&Increment { value: 1 }).expect("served").value(), 2);
    server.stop();
    let _server = place.incrementer();
    assert_eq!(client.call(&Increment { value: 2 }).expect("served by the next one").value(), 3);
}

#[test]
fn each_failure_status_is_retried_once_and_then_an_error_of_that_name() {
    for status in [Status::BadEnvelope, Status::Unsupported, Status::InternalError, Status::Other(77)] {
        let place = Place::new();
        let (_peer, seen) = counting(&place, move |session, header, _| {
            session.refuse(header, status, deadline()).expect("the client waits");
        });
        let mut client = place.ready_client();
        let error = client.call(&Increment { value: 1 }).expect_err("refused");
        assert!(matches!(error, CallError::Rejected(found) if found == status), "{error}");
        assert_eq!(seen.load(Ordering::SeqCst), 2);
        assert_eq!(client.status().state, ClientState::Broken);
    }
}

#[test]
fn a_response_that_does_not_decode_is_retried_once_and_ends_the_session() {
    let place = Place::new();
    let (_peer, seen) = counting(&place, |mut session, header, _| {
        session.respond(header, &[1, 2, 3], deadline()).expect("the client waits");
    });
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("3 bytes are no u64");
    assert!(matches!(error, CallError::Decode(_)), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 2);
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_response_of_another_method_is_retried_once_and_reported() {
    let place = Place::new();
    let (_peer, seen) = counting(&place, |mut session, mut header, _| {
        header.code = 9;
        session.respond(header, &7u64.to_ne_bytes(), deadline()).expect("the client waits");
    });
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("another method's response");
    assert!(matches!(error, CallError::WrongResponse { code: 9, expected: 1 }), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 2);
}

#[test]
fn a_timeout_ends_the_session_and_is_not_retried() {
    let place = Place::new();
    let (peer, seen) = counting(&place, |mut session, _, _| {
        // Until the client goes.
        let _ = session.receive(deadline());
    });
    let mut client = place.ready_client();
    let error = client
        .call_until(&Increment { value: 1 }, Deadline::after(Duration::from_millis(50)))
        .expect_err("nobody answers");
    assert!(matches!(error, CallError::TimedOut), "{error}");
    assert!(error.is_timeout() && !error.is_abort());
    // It may come to receive the request only now.
    drop(peer);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_call_that_names_no_deadline_has_the_time_that_is_configured() {
    let config = ClientConfig {
        call_timeout: Duration::from_millis(50),
        max_request_batch_items: 2,
        ..client_config()
    };
    let place = Place::new();
    let (peer, seen) = counting(&place, |mut session, _, _| {
        // Until the client goes.
        let _ = session.receive(deadline());
    });
    let started = Instant::now();
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config.clone());
    client.refresh();
    let call = client.call(&Increment { value: 1 }).map(drop);
    client.refresh();
    let batch = client.call_batch(&[Increment { value: 1 }, Increment { value: 2 }]).map(drop);
    client.close();
    let mut client = Client::<CgroupsLookupRequest, CgroupsLookup>::new(place.endpoint(), config);
    client.refresh();
    let lookup = client.call_lookup(&[CgroupPathRef { path: b"/" }]).map(drop);
    for result in [call, batch, lookup] {
        assert!(matches!(result, Err(CallError::TimedOut)), "{result:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(30), "the default was waited for");
    // It may come to receive the last request only now.
    drop((client, peer));
    assert_eq!(seen.load(Ordering::SeqCst), 3);
}

/// Closes the session on its first request, and leaves the next one without an answer to its HELLO for as long as what it
/// returns lives. Says when that one has come.
fn losing_and_then_mute(place: &Place) -> (JoinHandle<Raw>, impl Fn() + Send + use<>) {
    let mut provider = BareProvider::new(place);
    let (came, wait) = signal();
    let provider = thread::spawn(move || {
        provider.accept().receive();
        let (peer, _) = provider.greeted();
        came.send(()).expect("the test waits");
        peer
    });
    (provider, wait)
}

#[test]
fn one_deadline_covers_a_retry_too() {
    let place = Place::new();
    let (provider, wait) = losing_and_then_mute(&place);
    let mut client = Client::<Increment, Increment>::new(
        place.endpoint(),
        ClientConfig { handshake_timeout: LONG, call_timeout: LONG, ..client_config() },
    );
    client.refresh();
    assert!(client.is_ready(), "{:?}", client.connect_error());
    // Enough for the retry to begin on a busy machine, and much less than what is configured.
    let (started, time) = (Instant::now(), Duration::from_secs(3));
    let error = client
        .call_until(&Increment { value: 1 }, Deadline::after(time))
        .expect_err("nobody shakes hands any more");
    let took = started.elapsed();
    assert!(matches!(error, CallError::TimedOut), "{error}");
    assert!((time..LONG / 2).contains(&took), "{took:?}");
    wait();
    let status = client.status();
    assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 0, 1));
    provider.join().expect("it does not panic");
}

#[test]
fn abort_ends_a_retry_that_waits_for_the_handshake() {
    let place = Place::new();
    let (provider, wait) = losing_and_then_mute(&place);
    let mut client = place.ready_client();
    let abort = client.abort_handle();
    let aborter = thread::spawn(move || {
        wait();
        abort.abort();
    });
    let error = client.call(&Increment { value: 1 }).expect_err("aborted");
    assert!(matches!(error, CallError::Aborted), "{error}");
    let status = client.status();
    assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 0, 1));
    aborter.join().expect("it does not panic");
    provider.join().expect("it does not panic");
}

#[test]
fn message_ids_grow_over_the_life_of_the_client() {
    let place = Place::new();
    let ids = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&ids);
    let _peer = place.peer(move |mut session| {
        for _ in 0..2 {
            let Ok(message) = session.receive(deadline()) else { return };
            let header = message.header;
            noted.lock().expect("not poisoned").push(header.message_id);
            session.respond(header, &[0; 8], deadline()).expect("the client waits");
        }
    });
    let mut client = place.ready_client();
    for value in 0..4 {
        client.call(&Increment { value }).expect("answered, if need be by the next session");
    }
    let ids = ids.lock().expect("not poisoned");
    assert!(ids.len() >= 4 && ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
}

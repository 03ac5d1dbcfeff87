//! Providers of other make, as docs/contract/deployed-peers.md describes them, and how a client takes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netipc::messages::Increment;
use netipc::transport::ListenOptions;
use netipc::{CallError, ClientConfig, ClientState, Deadline, ServerConfig, Status};

use crate::common::{LONG, Place, client_config, listen_options, server_config};

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

#[test]
fn a_server_that_answers_a_failure_and_goes_on_is_asked_once_more_over_a_new_session() {
    for status in [Status::BadEnvelope, Status::InternalError] {
        let place = Place::new();
        let sessions = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&sessions);
        let _peer = place.peer(move |mut session| {
            let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
            while let Ok(message) = session.receive(deadline()) {
                let header = message.header;
                let answered = if first {
                    session.reject(header, status, deadline())
                } else {
                    session.respond(header, &7u64.to_ne_bytes(), deadline())
                };
                answered.expect("the client waits");
            }
        });
        let mut client = place.ready_client();
        assert_eq!(client.call(&Increment { value: 1 }).expect("the second one is OK").value(), 7);
        assert_eq!(sessions.load(Ordering::SeqCst), 2);
    }
}

#[test]
fn a_server_at_capacity_that_says_ok_and_hangs_up_is_a_transport_failure() {
    let place = Place::new();
    let _peer = place.peer(drop);
    // In shared memory it may hang up before the client has attached, and then there was no session.
    let mut client = netipc::Client::<Increment, Increment>::new(place.endpoint(), ClientConfig::default());
    client.refresh();
    let error = client.call(&Increment { value: 1 }).expect_err("it hangs up each time");
    assert!(matches!(error, CallError::Receive(_)), "{error}");
    assert!(error.is_transient());
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_server_that_closes_silently_over_a_request_is_a_transport_failure() {
    let place = Place::new();
    let _peer = place.peer(|mut session| {
        let _ = session.receive(deadline());
    });
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("closed each time");
    assert!(matches!(error, CallError::Receive(_)), "{error}");
    assert_eq!(client.status().retries, 1);
}

#[test]
fn a_provider_that_was_configured_with_nothing_accepts_the_first_proposal() {
    let place = Place::new();
    let options = ListenOptions { max_request_payload_bytes: 1_024, ..listen_options() };
    let _peer = place.peer_with(options, |mut session| {
        let _ = session.receive(deadline());
    });
    let client = place.ready_client();
    assert_eq!(client.status().connects, 1);
}

#[test]
fn a_refused_token_and_an_incompatible_server_are_not_final() {
    let place = Place::new();
    let config = ClientConfig { auth_token: 2, ..client_config() };
    let mut client = netipc::Client::<Increment, Increment>::new(place.endpoint(), config);
    let server = place.server(ServerConfig { auth_token: 1, ..server_config() }, Ok);
    client.refresh();
    assert_eq!(client.status().state, ClientState::AuthFailed);
    server.stop();
    // A managed server of such packets is not started.
    let peer = place.peer_with(ListenOptions { auth_token: 2, packet_size: 32, ..listen_options() }, drop);
    client.refresh();
    assert_eq!(client.status().state, ClientState::Incompatible);
    drop(peer);
    let _server = place.server(ServerConfig { auth_token: 2, ..server_config() }, Ok);
    client.refresh();
    assert_eq!(client.status().state, ClientState::Ready);
}

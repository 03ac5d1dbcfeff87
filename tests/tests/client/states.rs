//! Every state and how a client gets there.

use std::time::Duration;

use netipc::messages::Increment;
use netipc::transport::ConnectError;
use netipc::{CallError, Client, ClientConfig, ClientState, Deadline, ServerConfig};

use crate::common::{LONG, Place, client_config, profile, server_config};

fn client_with(place: &Place, config: ClientConfig) -> Client<Increment, Increment> {
    Client::new(place.endpoint(), config)
}

#[test]
fn a_new_client_is_disconnected_and_has_counted_nothing() {
    let place = Place::new();
    let client = place.client();
    let status = client.status();
    assert!(!client.is_ready());
    assert_eq!(status.state, ClientState::Disconnected);
    assert_eq!((status.connects, status.reconnects, status.calls, status.errors), (0, 0, 0, 0));
    assert!(status.session.is_none());
}

#[test]
fn a_call_of_a_client_that_is_not_ready_fails_at_once_and_does_not_connect() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.client();
    let error = client.call(&Increment { value: 1 }).expect_err("there was no refresh");
    assert!(matches!(error, CallError::NotReady { state: ClientState::Disconnected, .. }));
    assert!(error.is_transient());
    assert_eq!(server.sessions(), 0);
    assert_eq!((client.status().calls, client.status().errors), (1, 1));
}

#[test]
fn without_a_provider_the_state_is_not_found() {
    let place = Place::new();
    let mut client = place.client();
    assert!(client.refresh());
    assert_eq!(client.status().state, ClientState::NotFound);
    assert!(matches!(client.connect_error(), Some(ConnectError::NotFound { .. })));
    assert!(!client.refresh(), "nothing has changed");
}

#[test]
fn a_provider_that_comes_late_is_picked_up_by_refresh() {
    let place = Place::new();
    let mut client = place.client();
    client.refresh();
    let _server = place.incrementer();
    assert!(client.refresh());
    assert_eq!(client.status().state, ClientState::Ready);
    assert!(client.connect_error().is_none());
    assert_eq!(client.call(&Increment { value: 41 }).expect("it is served").value(), 42);
    assert!(!client.refresh(), "READY stays READY");
    assert_eq!((client.status().connects, client.status().reconnects), (1, 0));
}

#[test]
fn status_tells_what_the_session_has_agreed() {
    let place = Place::new();
    let _server = place.server(ServerConfig { packet_size: 4096, ..server_config() }, Ok);
    let client = place.ready_client();
    let agreed = client.status().session.expect("there is a session");
    assert_eq!(agreed.packet_size, 4096);
    assert_eq!(agreed.max_request_payload_bytes, 1_024);
    assert_eq!(agreed.max_response_payload_bytes, 65_536);
    assert_eq!(agreed.profile, profile());
}

#[test]
fn a_wrong_token_is_auth_failed_until_the_provider_takes_it() {
    let place = Place::new();
    let server = place.server(ServerConfig { auth_token: 1, ..server_config() }, Ok);
    let mut client = client_with(&place, ClientConfig { auth_token: 2, ..client_config() });
    client.refresh();
    assert_eq!(client.status().state, ClientState::AuthFailed);
    let error = client.call(&Increment { value: 1 }).expect_err("there is no session").to_string();
    assert!(error.ends_with("refresh() connects once both sides have the same token"), "{error}");
    server.stop();
    let _server = place.server(ServerConfig { auth_token: 2, ..server_config() }, Ok);
    client.refresh();
    assert_eq!(client.status().state, ClientState::Ready);
}

#[test]
fn a_packet_size_that_carries_nothing_is_incompatible() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut client = client_with(&place, ClientConfig { packet_size: 32, ..client_config() });
    client.refresh();
    assert_eq!(client.status().state, ClientState::Incompatible);
    let error = client.call(&Increment { value: 1 }).expect_err("there is no session").to_string();
    let hint = "refresh() connects once both sides have a version, a profile and a packet size in common";
    assert!(error.ends_with(hint), "{error}");
}

#[test]
fn a_provider_that_is_full_is_disconnected_until_a_session_ends() {
    let place = Place::new();
    let server = place.server(ServerConfig { max_sessions: 1, ..server_config() }, Ok);
    let first = place.ready_client();
    let mut second = place.client();
    second.refresh();
    assert_eq!(second.status().state, ClientState::Disconnected);
    assert!(matches!(second.connect_error(), Some(ConnectError::LimitExceeded { .. })));
    drop(first);
    while server.sessions() > 0 {
        std::thread::yield_now();
    }
    // The place of a session is free only after its thread has left the registry.
    while !second.is_ready() {
        second.refresh();
    }
}

#[test]
fn a_ready_client_whose_provider_vanishes_is_broken_and_then_not_found() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    server.stop();
    let error = client.call(&Increment { value: 1 }).expect_err("nobody is there");
    assert!(matches!(error, CallError::Reconnect { source: ConnectError::NotFound { .. }, .. }), "{error}");
    assert!(error.is_transient());
    assert!(!client.is_ready());
    assert_eq!(client.status().state, ClientState::Broken);
    assert!(client.refresh());
    assert_eq!(client.status().state, ClientState::NotFound);
}

#[test]
fn close_ends_the_session_and_refresh_makes_another() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    client.close();
    assert_eq!(client.status().state, ClientState::Disconnected);
    while server.sessions() > 0 {
        std::thread::yield_now();
    }
    client.refresh();
    assert_eq!(client.call(&Increment { value: 1 }).expect("it is served").value(), 2);
    assert_eq!((client.status().connects, client.status().reconnects), (2, 1));
}

#[test]
fn a_provider_that_says_nothing_costs_the_handshake_timeout_and_no_more() {
    let place = Place::new();
    let _silent = place.silent();
    let config = ClientConfig { handshake_timeout: Duration::from_millis(50), ..client_config() };
    let mut client = client_with(&place, config);
    client.refresh();
    assert_eq!(client.status().state, ClientState::Disconnected);
    assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
}

#[test]
fn a_refresh_ends_at_a_deadline_of_its_own() {
    let place = Place::new();
    let _silent = place.silent();
    let mut client = client_with(&place, ClientConfig { handshake_timeout: LONG, ..client_config() });
    client.refresh_until(Deadline::after(Duration::from_millis(50)));
    assert_eq!(client.status().state, ClientState::Disconnected);
    assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
}

#[test]
fn a_status_is_compared_with_another_one() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut client = place.ready_client();
    let before = client.status();
    assert_eq!(client.status(), before);
    client.call(&Increment { value: 1 }).expect("it is served");
    assert_ne!(client.status(), before);
}

#[test]
fn a_client_is_ready_until_a_call_finds_that_it_is_not() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = place.ready_client();
    server.stop();
    assert!(client.is_ready(), "a cached value: nothing has looked");
    client.call(&Increment { value: 1 }).map(|_| ()).expect_err("nobody is there");
    assert!(!client.is_ready());
}

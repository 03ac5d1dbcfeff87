//! What a server allows, and what it counts. Contract: docs/contract/service.md, "Managed server".

use std::time::{Duration, Instant};

use netipc::messages::Increment;
#[cfg(target_os = "linux")]
use netipc::transport::BatchBuilder;
use netipc::transport::{ClientSession, ConnectError, ConnectOptions, MessageHeader};
use netipc::{
    Abort, Client, ClientConfig, ClientState, Deadline, ListenError, Profiles, Server, ServerConfig, Status,
};
use netipc_tests::support::raw::{Raw, hello, packet};

#[cfg(target_os = "linux")]
use crate::common::is_over_shared_memory;
use crate::common::{LONG, Place, client_config, connect_options, server_config};

#[test]
fn a_user_with_as_many_sessions_as_one_may_have_is_refused_and_comes_again() {
    let place = Place::new();
    let server = place.server(ServerConfig { max_sessions_per_user: 1, ..server_config() }, Ok);
    let first = place.ready_client();
    let mut second = place.client();
    second.refresh();
    assert_eq!(second.status().state, ClientState::Disconnected);
    assert!(matches!(second.connect_error(), Some(ConnectError::LimitExceeded { .. })));
    assert_eq!(server.status().refused, 1);
    drop(first);
    while !second.is_ready() {
        second.refresh();
    }
}

#[test]
fn a_request_over_the_limit_is_answered_limit_exceeded_and_the_session_closes() {
    let place = Place::new();
    let server = place.incrementer();
    let peer = Raw::connect(&place.endpoint());
    let agreed = peer.shake_hands(&hello()).agreed_max_request_payload_bytes;
    // The header alone is enough to tell.
    peer.send(&MessageHeader::request(1, 5, agreed + 1).encode());
    let (header, _) = peer.receive_message();
    assert_eq!((header.transport_status, header.message_id), (Status::LimitExceeded, 5));
    assert_eq!((header.payload_len, header.item_count, header.is_batch()), (0, 1, false));
    assert!(peer.is_closed_by_peer());
    assert_eq!(server.status().limit_exceeded, 1);
    assert_eq!(
        server.status().max_response_payload_bytes,
        65_536,
        "it is not the response that was too large"
    );
}

/// Set in a process that has little memory.
#[cfg(target_os = "linux")]
const LITTLE_MEMORY: &str = "NETIPC_TEST_LITTLE_MEMORY";

/// Runs in a process of its own: the limit is one of a whole process.
#[cfg(target_os = "linux")]
#[test]
fn a_response_without_memory_for_it_is_internal_error_and_the_server_lives_on() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    if is_over_shared_memory() {
        // There the region takes as much, and sessions without one go through the socket.
        return;
    }
    if std::env::var_os(LITTLE_MEMORY).is_none() {
        let thread = std::thread::current();
        let status = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", thread.name().expect("the name of the test")])
            .env(LITTLE_MEMORY, "")
            .status();
        assert!(status.expect("it runs").success());
        return;
    }
    let limit = Some(2 << 30);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }).expect("less than there is");
    let place = Place::new();
    let config = ServerConfig { max_response_payload_bytes: u32::MAX, ..server_config() };
    let server = place.server(config, Ok);
    for batch in [false, true] {
        let options = ConnectOptions { max_response_payload_bytes: u32::MAX, ..connect_options() };
        let deadline = Deadline::after(LONG);
        let mut session =
            ClientSession::connect(&place.endpoint(), &options, deadline, &Abort::new()).expect("served");
        if batch {
            let mut items = BatchBuilder::new();
            items.start(1, 100).expect("there is room");
            items.push(&[0; 8]).expect("there is room");
            session.send_batch(1, 1, &items.finish().expect("complete"), deadline).expect("it goes out");
        } else {
            session.send(1, 1, &[0; 8], deadline).expect("it goes out");
        }
        let status = session.receive(deadline).expect("it is answered").header.transport_status;
        assert_eq!(status, Status::InternalError);
    }
    let reason = server.last_handler_failure().expect("it is kept");
    assert!(reason.starts_with("there is no memory for a response of "), "{reason}");
}

#[test]
fn a_client_that_takes_no_response_loses_its_session_when_the_time_for_it_is_up() {
    let place = Place::new();
    let config = ServerConfig { response_timeout: Duration::from_millis(50), ..server_config() };
    let server = place.server(config, Ok);
    let started = Instant::now();
    let peer = Raw::connect(&place.endpoint());
    peer.shake_hands(&hello());
    // Until the server, which has no room left for its responses, has hung up.
    let mut request = MessageHeader::request(1, 0, 8);
    while peer.try_send(&packet(&request, &[0; 8])).is_ok() {
        request.message_id += 1;
    }
    while server.sessions() > 0 {
        std::thread::yield_now();
    }
    assert!(started.elapsed() < Duration::from_secs(30), "the default was waited for");
    assert!(server.status().requests > 0);
}

#[test]
fn a_client_that_says_nothing_loses_its_connection_when_the_time_for_the_handshake_is_up() {
    let place = Place::new();
    let config = ServerConfig { handshake_timeout: Duration::from_millis(50), ..server_config() };
    let server = place.server(config, Ok);
    let started = Instant::now();
    assert!(Raw::connect(&place.endpoint()).is_closed_by_peer());
    assert!(started.elapsed() < Duration::from_secs(5), "the default was waited for");
    assert_eq!(server.status().accepted, 0);
}

#[test]
fn a_configuration_that_has_every_client_refused_is_refused_itself() {
    let place = Place::new();
    let spawn = |config| Server::<Increment, Increment>::spawn(place.endpoint(), config, |_, _, _| Ok(()));
    let unknown = Profiles::from_bits(1 << 31);
    for config in [
        ServerConfig { packet_size: 1, ..server_config() },
        ServerConfig { packet_size: 32, ..server_config() },
        ServerConfig { supported_profiles: unknown, ..server_config() },
    ] {
        let spawned = spawn(config);
        assert!(matches!(spawned, Err(ListenError::Config { .. })), "{spawned:?}");
    }
    let supported_profiles = server_config().supported_profiles | unknown;
    let config = ServerConfig { packet_size: 33, supported_profiles, ..server_config() };
    assert!(spawn(config).is_ok(), "others can be served");
}

#[test]
fn proposals_are_accepted_up_to_the_request_ceiling_from_the_first_connection_on() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 5_000, ..server_config() };
    let _server = place.server(config, Ok);
    let connect = |max_request_payload_bytes| {
        let options = ConnectOptions { max_request_payload_bytes, ..connect_options() };
        ClientSession::connect(&place.endpoint(), &options, Deadline::after(LONG), &Abort::new())
    };
    assert_eq!(connect(5_000).expect("the ceiling").agreed().max_request_payload_bytes, 5_000);
    assert!(matches!(connect(5_001), Err(ConnectError::LimitExceeded { .. })));
}

#[test]
fn a_server_counts_sessions_requests_and_failures_by_kind() {
    let place = Place::new();
    let server = place.server(ServerConfig { auth_token: 1, ..server_config() }, |value| match value {
        13 => Err("no 13".to_owned()),
        value => Ok(value + 1),
    });
    let config = ClientConfig { auth_token: 1, ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    client.refresh();
    for value in [1, 2, 3] {
        client.call(&Increment { value }).expect("it is served");
    }
    // Sent twice: the provider might have changed.
    client.call(&Increment { value: 13 }).map(|_| ()).expect_err("the handler fails");
    let mut stranger = place.client();
    stranger.refresh();
    assert_eq!(stranger.status().state, ClientState::AuthFailed);
    let status = server.status();
    assert_eq!((status.accepted, status.refused), (2, 1));
    assert_eq!((status.requests, status.internal_error), (5, 2));
    assert_eq!((status.bad_envelope, status.limit_exceeded, status.unsupported), (0, 0, 0));
    while server.status().sessions > 0 {
        std::thread::yield_now();
    }
}

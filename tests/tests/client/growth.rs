//! Growth: requests and responses that are larger than the session allows. Contract: docs/contract/service.md,
//! "Growth".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use netipc::messages::{
    CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest, Increment, StringReverse, StringReverseRef,
};
use netipc::transport::{ConnectError, ListenOptions};
use netipc::{CallError, Client, ClientConfig, ClientState, Deadline, Server, ServerConfig, Side, Status};

use crate::common::{LONG, Place, client_config, listen_options, server_config};

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

/// A request with a payload of so many bytes.
fn text(payload_len: usize) -> Vec<u8> {
    // 8 bytes of header, a NUL behind the string.
    vec![b'x'; payload_len - 9]
}

fn request_limit(client: &Client<StringReverse, StringReverse>) -> u32 {
    client.status().session.expect("there is a session").max_request_payload_bytes
}

#[test]
fn a_request_over_the_sessions_limit_grows_the_proposal_to_a_power_of_two() {
    let place = Place::new();
    let _server = place.reverser(server_config());
    let mut client = place.reverse_client(client_config());
    assert_eq!(request_limit(&client), 1_024);
    let text = text(5_000);
    assert_eq!(client.call(StringReverseRef { text: &text }).expect("it grows").text(), &text[..]);
    assert_eq!(request_limit(&client), 8_192);
    let status = client.status();
    assert_eq!((status.connects, status.growths, status.retries, status.errors), (2, 1, 0, 0));
}

#[test]
fn a_request_grows_to_the_configured_ceiling_and_one_byte_more_is_an_overflow() {
    let place = Place::new();
    let _server = place.reverser(server_config());
    let config = ClientConfig { max_request_payload_bytes: 10_000, ..client_config() };
    let mut client = place.reverse_client(config);
    let error = client.call(StringReverseRef { text: &text(10_001) }).expect_err("over the ceiling");
    assert!(
        matches!(error, CallError::RequestTooLarge { bytes: 10_001, limit: 10_000, side: Side::Client }),
        "{error}"
    );
    assert!(
        error.to_string().ends_with("10000 are allowed; raise max_request_payload_bytes of the client"),
        "{error}"
    );
    assert_eq!(client.status().connects, 1, "nothing is tried that cannot help");
    client.call(StringReverseRef { text: &text(10_000) }).expect("exactly the ceiling");
    assert_eq!(request_limit(&client), 10_000);
}

#[test]
fn a_grown_proposal_that_is_refused_is_taken_back_and_the_client_stays_connected() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 2_048, ..server_config() };
    let _server = place.reverser(config);
    let mut client = place.reverse_client(client_config());
    client.call(StringReverseRef { text: &text(2_000) }).expect("it grows to what the server accepts");
    for _ in 0..2 {
        let error = client.call(StringReverseRef { text: &text(2_049) }).expect_err("it grows no further");
        assert!(
            matches!(error, CallError::RequestTooLarge { bytes: 2_049, limit: 2_048, side: Side::Server }),
            "{error}"
        );
        assert!(error.to_string().ends_with("raise max_request_payload_bytes of the server"), "{error}");
        assert!(!error.is_transient());
        assert_eq!(client.status().state, ClientState::Ready);
        assert_eq!(request_limit(&client), 2_048, "the last one that was accepted");
        client.call(StringReverseRef { text: &text(2_048) }).expect("it is served as before");
    }
}

#[test]
fn a_first_proposal_above_the_default_that_is_refused_is_repeated_with_the_default() {
    /// A request that always has 2,000 bytes.
    #[derive(netipc::WireMessage, Debug)]
    #[wire(method = 1, header = 2_000, reserved(at = 8, len = 1_992))]
    struct Long {
        /// A number.
        #[wire(at = 0)]
        value: u64,
    }
    let place = Place::new();
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    let options = ListenOptions { max_request_payload_bytes: 1_024, ..listen_options() };
    let _peer = place.peer_with(options, move |mut session| {
        counter.store(session.session_id(), Ordering::SeqCst);
        let _ = session.receive(deadline());
    });
    let mut client = Client::<Long, Increment>::new(place.endpoint(), client_config());
    assert!(client.refresh());
    assert_eq!(client.status().state, ClientState::Ready);
    let agreed = client.status().session.expect("there is a session");
    assert_eq!((agreed.session_id, agreed.max_request_payload_bytes), (2, 1_024));
    let error = client.call(&Long { value: 1 }).expect_err("it does not fit");
    assert!(
        matches!(error, CallError::RequestTooLarge { bytes: 2_000, limit: 1_024, side: Side::Server }),
        "{error}"
    );
    assert_eq!(client.status().state, ClientState::Ready);
}

#[test]
fn a_provider_that_restarts_with_a_smaller_ceiling_is_reached_with_the_first_proposal() {
    let place = Place::new();
    let server = place.reverser(server_config());
    let mut client = place.reverse_client(client_config());
    client.call(StringReverseRef { text: &text(5_000) }).expect("it grows");
    server.stop();
    let config = ServerConfig { max_request_payload_bytes: 1_024, ..server_config() };
    let _server = place.reverser(config);
    assert_eq!(client.call(StringReverseRef { text: b"abc" }).expect("the next provider").text(), "cba");
    assert_eq!(request_limit(&client), 1_024);
}

/// A snapshot with a response of `24 + 8 + 32 + name + 1 + 2` bytes.
fn snapshot(
    place: &Place,
    config: ServerConfig,
    name: usize,
) -> Server<CgroupsSnapshotRequest, CgroupsSnapshot> {
    let name = vec![b'n'; name];
    Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
        place.endpoint(),
        config,
        move |_, response, _| {
            Ok(response.cgroups().push(CgroupRef { name: &name, path: b"/", ..CgroupRef::default() })?)
        },
    )
    .expect("the endpoint is free")
}

fn snapshot_client(place: &Place, config: ClientConfig) -> Client<CgroupsSnapshotRequest, CgroupsSnapshot> {
    let mut client = Client::new(place.endpoint(), config);
    client.refresh();
    client
}

#[test]
fn a_response_that_does_not_fit_comes_once_the_server_has_learned() {
    let place = Place::new();
    let server = snapshot(&place, server_config(), 500_000);
    let mut client = snapshot_client(&place, client_config());
    assert_eq!(server.status().max_response_payload_bytes, 65_536);
    let response = client.call(&CgroupsSnapshotRequest {}).expect("65,536 grow to 524,288");
    assert_eq!(response.cgroups().get(0).map(|cgroup| cgroup.name().len()), Some(500_000));
    let status = client.status();
    assert_eq!((status.connects, status.growths, status.errors), (4, 3, 0));
    assert_eq!(server.status().max_response_payload_bytes, 524_288);
    let mut another = snapshot_client(&place, client_config());
    another.call(&CgroupsSnapshotRequest {}).expect("it is served");
    assert_eq!(another.status().connects, 1, "later sessions are offered what was learned");
}

#[test]
fn a_response_beyond_the_automatic_ceiling_is_an_overflow() {
    let place = Place::new();
    let server = snapshot(&place, server_config(), 2_000_000);
    let mut client = snapshot_client(&place, client_config());
    let error = client.call(&CgroupsSnapshotRequest {}).expect_err("it never fits");
    assert!(matches!(error, CallError::ResponseTooLarge { limit: 1_048_576 }), "{error}");
    assert!(!error.is_transient());
    assert_eq!(client.status().growths, 4);
    assert_eq!(server.status().max_response_payload_bytes, 1_048_576);
}

#[test]
fn a_server_with_a_configured_response_limit_stays_at_it() {
    let place = Place::new();
    let config = ServerConfig { max_response_payload_bytes: 1_000, ..server_config() };
    let server = snapshot(&place, config, 2_000);
    let mut client = snapshot_client(&place, client_config());
    let error = client.call(&CgroupsSnapshotRequest {}).expect_err("it does not fit");
    assert!(matches!(error, CallError::ResponseTooLarge { limit: 1_000 }), "{error}");
    assert_eq!(client.status().state, ClientState::Ready, "it has looked whether the server has learned");
    assert_eq!((client.status().connects, client.status().growths), (2, 0));
    assert_eq!(server.status().max_response_payload_bytes, 1_000);
}

#[test]
fn a_response_over_the_clients_own_ceiling_is_an_overflow_and_asked_for_once() {
    let place = Place::new();
    let server = snapshot(&place, server_config(), 2_000);
    let config = ClientConfig { max_response_payload_bytes: 1_000, ..client_config() };
    let mut client = snapshot_client(&place, config);
    let error = client.call(&CgroupsSnapshotRequest {}).expect_err("more than the client takes");
    assert!(matches!(error, CallError::ResponseTooLarge { limit: 1_000 }), "{error}");
    assert_eq!(client.status().state, ClientState::Broken);
    assert_eq!(server.status().requests, 1);
}

#[test]
fn limit_exceeded_without_a_larger_offer_is_an_overflow_and_not_sent_again() {
    let place = Place::new();
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    let _peer = place.peer(move |mut session| {
        if let Ok(message) = session.receive(deadline()) {
            let header = message.header;
            counter.fetch_add(1, Ordering::SeqCst);
            session.refuse(header, Status::LimitExceeded, deadline()).expect("the client waits");
        }
    });
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("refused");
    assert!(matches!(error, CallError::ResponseTooLarge { limit: 65_536 }), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn growth_ends_after_eight_times_however_much_the_server_promises() {
    let place = Place::new();
    let mut listener =
        netipc::transport::Listener::bind(&place.endpoint(), &listen_options()).expect("it is free");
    let limit = listener.response_limit();
    let stop = netipc::Abort::new();
    let stopped = stop.clone();
    let server = std::thread::spawn(move || {
        let mut refused = 0;
        while let Ok(mut session) = listener.accept(Deadline::NEVER, &stopped) {
            if let Ok(message) = session.receive(deadline()) {
                let header = message.header;
                refused += 1;
                // A little more each time, and never enough.
                limit.raise_to(limit.get() + 1);
                session.refuse(header, Status::LimitExceeded, deadline()).expect("the client waits");
            }
        }
        refused
    });
    let mut client = place.ready_client();
    let error = client.call(&Increment { value: 1 }).expect_err("never enough");
    assert!(matches!(error, CallError::ResponseTooLarge { .. }), "{error}");
    assert_eq!((client.status().growths, client.status().connects), (8, 9));
    stop.abort();
    drop(client);
    assert_eq!(server.join().expect("it does not panic"), 9);
}

#[test]
fn one_deadline_covers_growth_too() {
    let place = Place::new();
    // It serves one session and lets the next wait in its backlog.
    let mut listener =
        netipc::transport::Listener::bind(&place.endpoint(), &listen_options()).expect("it is free");
    let server = std::thread::spawn(move || {
        let session = listener.accept(deadline(), &netipc::Abort::new()).expect("a client comes");
        (listener, session)
    });
    let mut client = place.reverse_client(client_config());
    let _kept = server.join().expect("it does not panic");
    let error = client
        .call_until(StringReverseRef { text: &text(5_000) }, Deadline::after(Duration::from_millis(50)))
        .expect_err("nobody shakes hands");
    assert!(matches!(error, CallError::TimedOut), "{error}");
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_provider_that_vanishes_while_the_client_grows_is_reported_as_lost() {
    let place = Place::new();
    let server = place.reverser(server_config());
    let mut client = place.reverse_client(client_config());
    server.stop();
    let error = client.call(StringReverseRef { text: &text(5_000) }).expect_err("nobody is there");
    assert!(
        matches!(&error, CallError::Reconnect { source: ConnectError::NotFound { .. }, lost }
            if matches!(**lost, CallError::RequestTooLarge { .. })),
        "{error}"
    );
    assert!(error.is_transient());
}

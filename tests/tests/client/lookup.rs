//! Lookups over real sessions; what a lookup does with its messages is tested beside its state machine. Contract:
//! docs/contract/service.md, "Lookups".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use netipc::codec::{MessageBuilder, WireMessage};
use netipc::messages::{
    AppLookupItemRef, AppsLookup, AppsLookupRequest, CgroupLookupItemRef, CgroupPathRef, CgroupsLookup,
    CgroupsLookupBuilder, CgroupsLookupRequest, PathStatus, Pid, ProcessStatus,
};
use netipc::transport::ListenOptions;
use netipc::{
    CallError, Client, ClientConfig, ClientState, Deadline, LookupError, Server, ServerConfig, Status,
};

use crate::common::{LONG, Place, client_config, listen_options, server_config};

type Lookups = Client<CgroupsLookupRequest, CgroupsLookup>;

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

/// A provider that knows every path by its own name, `name_len` bytes of it.
fn server(
    place: &Place,
    config: ServerConfig,
    name_len: usize,
) -> Server<CgroupsLookupRequest, CgroupsLookup> {
    let name = vec![b'n'; name_len];
    Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        config,
        move |request, response, _| {
            response.generation(7);
            for key in request.paths() {
                let item =
                    CgroupLookupItemRef { path: key.path(), name: &name, ..CgroupLookupItemRef::default() };
                response.items().push(item)?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free")
}

fn client(place: &Place, config: ClientConfig) -> Lookups {
    let mut client = Client::new(place.endpoint(), config);
    client.refresh();
    assert!(client.is_ready(), "{:?}", client.connect_error());
    client
}

fn paths(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("/{index}")).collect()
}

fn keys(paths: &[String]) -> Vec<CgroupPathRef<'_>> {
    paths.iter().map(|path| CgroupPathRef { path: path.as_bytes() }).collect()
}

#[test]
fn one_view_has_an_item_for_every_key_however_many_messages_that_takes() {
    let place = Place::new();
    let config = ServerConfig { max_response_payload_bytes: 4_096, ..server_config() };
    let server = server(&place, config, 30);
    let mut client = client(&place, client_config());
    let paths = paths(1_000);
    let found = client.call_lookup(&keys(&paths)).expect("it is served");
    assert_eq!((found.generation(), found.items().len()), (7, 1_000));
    for (item, path) in found.items().iter().zip(&paths) {
        assert_eq!(
            (item.status(), item.path(), item.name().len()),
            (PathStatus::Known, path.as_str().into(), 30)
        );
    }
    assert!(server.status().requests > 10);
    assert_eq!((client.status().calls, client.status().errors), (1, 0));
}

#[test]
fn a_full_call_is_answered_in_order_and_asks_for_at_most_a_tenth_more_keys_than_there_are() {
    let place = Place::new();
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        ServerConfig { max_response_payload_bytes: 65_536, ..server_config() },
        move |request, response, _| {
            counter.fetch_add(request.paths().len() as u64, Ordering::SeqCst);
            for key in request.paths() {
                let item =
                    CgroupLookupItemRef { path: key.path(), name: b"name", ..CgroupLookupItemRef::default() };
                response.items().push(item)?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client = client(&place, client_config());
    let paths = paths(65_536);
    let found = client.call_lookup(&keys(&paths)).expect("it is served");
    assert_eq!(found.items().len(), paths.len());
    for (item, path) in found.items().iter().zip(&paths) {
        assert_eq!((item.status(), item.path()), (PathStatus::Known, path.as_str().into()));
    }
    let asked = asked.load(Ordering::SeqCst);
    assert!((65_536..=65_536 * 11 / 10).contains(&asked), "{asked} keys were asked for");
    assert!(server.status().requests > 10);
}

#[test]
fn a_request_that_is_worth_more_than_the_session_allows_grows_the_proposal() {
    let place = Place::new();
    let server = server(&place, server_config(), 30);
    let mut client = client(&place, client_config());
    let paths = paths(300);
    let found = client.call_lookup(&keys(&paths)).expect("it is served");
    assert_eq!(found.items().len(), 300);
    assert_eq!((client.status().growths, server.status().requests), (1, 1));
}

#[test]
fn a_provider_that_refuses_larger_requests_gets_small_ones() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 1_024, ..server_config() };
    let server = server(&place, config, 30);
    let mut client = client(&place, client_config());
    let paths = paths(300);
    for _ in 0..2 {
        let found = client.call_lookup(&keys(&paths)).expect("the keys are cut to fit");
        assert!(found.items().iter().all(|item| item.status() == PathStatus::Known));
        assert_eq!(found.items().len(), 300);
    }
    assert_eq!(server.status().refused, 1, "it is not asked twice");
    assert_eq!((client.status().connects, client.status().state), (2, ClientState::Ready));
}

#[test]
fn a_key_too_long_for_any_request_is_oversized_and_not_sent() {
    let place = Place::new();
    let server = server(&place, server_config(), 5);
    let config = ClientConfig { max_request_payload_bytes: 2_000, ..client_config() };
    let mut client = client(&place, config);
    let paths = ["/a".to_owned(), "p".repeat(3_000), "/b".to_owned()];
    let found = client.call_lookup(&keys(&paths)).expect("it is served");
    let statuses: Vec<_> = found.items().iter().map(|item| item.status()).collect();
    assert_eq!(statuses, [PathStatus::Known, PathStatus::OversizedItem, PathStatus::Known]);
    let alone = client.call_lookup(&keys(&paths[1..2])).expect("an empty request is served");
    assert_eq!((alone.generation(), alone.items().len()), (7, 1));
    assert_eq!(server.status().requests, 2);
}

#[test]
fn an_item_too_large_for_any_response_is_oversized_and_the_others_are_there() {
    let place = Place::new();
    let huge = vec![b'n'; 5_000];
    let _server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        ServerConfig { max_response_payload_bytes: 4_096, ..server_config() },
        move |request, response, _| {
            for key in request.paths() {
                let name = if key.path() == "/1" { &huge[..] } else { b"n" };
                let item = CgroupLookupItemRef { path: key.path(), name, ..CgroupLookupItemRef::default() };
                response.items().push(item)?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client = client(&place, client_config());
    let paths = paths(3);
    let found = client.call_lookup(&keys(&paths)).expect("it is served");
    let statuses: Vec<_> = found.items().iter().map(|item| item.status()).collect();
    assert_eq!(statuses, [PathStatus::Known, PathStatus::OversizedItem, PathStatus::Known]);
}

#[test]
fn the_empty_lookup_learns_the_generation() {
    let place = Place::new();
    let _server = server(&place, server_config(), 5);
    let mut client = client(&place, client_config());
    let found = client.call_lookup::<CgroupPathRef<'_>>(&[]).expect("it is served");
    assert_eq!((found.generation(), found.items().len()), (7, 0));
}

#[test]
fn a_key_that_cannot_be_one_fails_the_call_and_nothing_is_sent() {
    let place = Place::new();
    let server = server(&place, server_config(), 5);
    let mut client = client(&place, client_config());
    for bad in ["", "/a\0b"] {
        let error = client
            .call_lookup(&[CgroupPathRef { path: b"/a" }, CgroupPathRef { path: bad.as_bytes() }])
            .expect_err("it is no key");
        assert!(matches!(error, CallError::Lookup(LookupError::Key { index: 1, .. })), "{error}");
        assert!(!error.is_transient());
    }
    assert_eq!((server.status().requests, client.status().state), (0, ClientState::Ready));
    assert_eq!((client.status().calls, client.status().errors), (2, 2));
}

#[test]
fn the_ceilings_are_configured() {
    let place = Place::new();
    let config = ServerConfig { max_response_payload_bytes: 1_024, ..server_config() };
    let _server = server(&place, config, 5);
    let paths = paths(100);
    let failed = |config| {
        let error = client(&place, config).call_lookup(&keys(&paths)).map(|_| ()).expect_err("a ceiling");
        let CallError::Lookup(error) = error else { panic!("{error}") };
        error
    };
    let error = failed(ClientConfig { max_lookup_keys: 99, ..client_config() });
    assert_eq!(error, LookupError::TooManyKeys { keys: 100, limit: 99 });
    let error = failed(ClientConfig { max_lookup_messages: 2, ..client_config() });
    assert_eq!(error, LookupError::TooManyMessages { limit: 2 });
    let error = failed(ClientConfig { max_lookup_bytes: 3_000, ..client_config() });
    assert!(matches!(error, LookupError::TooLarge { limit: 3_000, .. }), "{error}");
}

/// Answers the keys of a request with items of this generation, and with room for so many bytes.
fn answer(request: &[u8], generation: u64, limit: usize) -> Vec<u8> {
    let mut buffer = vec![0; limit];
    let mut builder = CgroupsLookupBuilder::answering(&mut buffer, request);
    builder.generation(generation);
    for key in CgroupsLookupRequest::view(request).paths() {
        let item = CgroupLookupItemRef { path: key.path(), name: b"name", ..CgroupLookupItemRef::default() };
        builder.items().push(item).expect("there is room for markers");
    }
    let len = builder.finish().expect("there is room for markers");
    buffer.truncate(len);
    buffer
}

#[test]
fn a_session_lost_between_two_messages_is_made_again_and_the_lookup_goes_on() {
    let place = Place::new();
    let requests = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&requests);
    let options = ListenOptions { max_response_payload_bytes: 500, ..listen_options() };
    let _peer = place.peer_with(options, move |mut session| {
        while let Ok(message) = session.receive(deadline()) {
            let (header, payload) = (message.header, answer(message.payload, 3, 500));
            if counter.fetch_add(1, Ordering::SeqCst) == 1 {
                // The second one is lost with its session.
                return;
            }
            session.respond(header, &payload, deadline()).expect("the client waits");
        }
    });
    let mut client = client(&place, client_config());
    let paths = paths(30);
    let found = client.call_lookup(&keys(&paths)).expect("it goes on");
    assert!(found.items().iter().zip(&paths).all(|(item, path)| item.path() == path.as_str()));
    assert_eq!(found.items().len(), 30);
    assert_eq!((client.status().retries, client.status().errors), (1, 0));
}

#[test]
fn a_provider_that_changes_its_generation_in_mid_call_fails_the_call_and_keeps_the_session() {
    let place = Place::new();
    let options = ListenOptions { max_response_payload_bytes: 500, ..listen_options() };
    let mut generation = 0;
    let _peer = place.peer_with(options, move |mut session| {
        while let Ok(message) = session.receive(deadline()) {
            generation += 1;
            let (header, payload) = (message.header, answer(message.payload, generation, 500));
            session.respond(header, &payload, deadline()).expect("the client waits");
        }
    });
    let mut client = client(&place, client_config());
    let error = client.call_lookup(&keys(&paths(30))).map(|_| ()).expect_err("another generation");
    let changed = LookupError::GenerationChanged { field: "generation" };
    assert!(matches!(error, CallError::Lookup(found) if found == changed), "{error}");
    assert!(error.is_transient());
    assert_eq!(client.status().state, ClientState::Ready);
}

#[test]
fn limit_exceeded_that_growth_does_not_cure_halves_the_keys() {
    let place = Place::new();
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    // A provider of other make, which refuses where it could mark.
    let _peer = place.peer(move |mut session| {
        while let Ok(message) = session.receive(deadline()) {
            let header = message.header;
            let keys = CgroupsLookupRequest::view(message.payload).paths().len();
            noted.lock().expect("not poisoned").push(keys);
            if keys > 3 {
                session.refuse(header, Status::LimitExceeded, deadline()).expect("the client waits");
                return;
            }
            let payload = answer(message.payload, 3, 65_536);
            session.respond(header, &payload, deadline()).expect("the client waits");
        }
    });
    let mut client = client(&place, client_config());
    let found = client.call_lookup(&keys(&paths(16))).expect("three at a time");
    assert_eq!(found.items().len(), 16);
    let asked = asked.lock().expect("not poisoned");
    assert_eq!(asked[..4], [16, 8, 4, 2], "{asked:?}");
}

#[test]
fn limit_exceeded_for_a_single_key_is_an_overflow() {
    let place = Place::new();
    let _peer = place.peer(|mut session| {
        if let Ok(message) = session.receive(deadline()) {
            let header = message.header;
            session.refuse(header, Status::LimitExceeded, deadline()).expect("the client waits");
        }
    });
    let mut client = client(&place, client_config());
    let error = client.call_lookup(&keys(&paths(2))).map(|_| ()).expect_err("never");
    assert!(matches!(error, CallError::ResponseTooLarge { limit: 65_536 }), "{error}");
}

#[test]
fn a_response_limit_that_is_too_small_for_the_markers_grows_with_the_server() {
    let place = Place::new();
    let server = server(&place, server_config(), 5);
    let mut client = client(&place, client_config());
    // The key's own marker is larger than 65,536 bytes.
    let long = "p".repeat(100_000);
    let found = client.call_lookup(&[CgroupPathRef { path: long.as_bytes() }]).expect("it grows");
    assert_eq!(
        found.items().get(0).map(|item| (item.status(), item.path().len())),
        Some((PathStatus::Known, 100_000))
    );
    assert_eq!(server.status().max_response_payload_bytes, 131_072);
}

#[test]
fn one_deadline_covers_all_messages_of_a_lookup() {
    let place = Place::new();
    let options = ListenOptions { max_response_payload_bytes: 500, ..listen_options() };
    let _peer = place.peer_with(options, |mut session| {
        let mut first = true;
        while let Ok(message) = session.receive(deadline()) {
            if std::mem::take(&mut first) {
                let (header, payload) = (message.header, answer(message.payload, 3, 500));
                session.respond(header, &payload, deadline()).expect("the client waits");
            }
        }
    });
    let mut client = client(&place, client_config());
    let error = client
        .call_lookup_until(&keys(&paths(30)), Deadline::after(Duration::from_millis(100)))
        .map(|_| ())
        .expect_err("the second message is not answered");
    assert!(matches!(error, CallError::TimedOut), "{error}");
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn a_lookup_of_a_client_that_is_not_ready_fails_at_once() {
    let place = Place::new();
    let _server = server(&place, server_config(), 5);
    let mut client = Lookups::new(place.endpoint(), client_config());
    assert!(matches!(client.call_lookup(&keys(&paths(2))), Err(CallError::NotReady { .. })));
}

#[test]
fn processes_are_looked_up_by_the_same_means() {
    let place = Place::new();
    let _server = Server::<AppsLookupRequest, AppsLookup>::spawn(
        place.endpoint(),
        ServerConfig { max_response_payload_bytes: 2_048, ..server_config() },
        |request, response, _| {
            for key in request.pids() {
                response.items().push(AppLookupItemRef {
                    status: ProcessStatus::Known,
                    pid: key.pid(),
                    comm: b"init",
                    cgroup_path: b"/",
                    ..AppLookupItemRef::default()
                })?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client = Client::<AppsLookupRequest, AppsLookup>::new(place.endpoint(), client_config());
    client.refresh();
    let keys: Vec<_> = (0..500).map(|pid| Pid { pid }).collect();
    let found = client.call_lookup(&keys).expect("it is served");
    assert!(found.items().iter().map(|item| item.pid()).eq(0..500));
    assert!(found.items().iter().all(|item| item.comm() == "init"));
}

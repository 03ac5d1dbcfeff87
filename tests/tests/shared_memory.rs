//! Shared memory as clients and servers see it, and what becomes of a client that cannot attach. Contract:
//! docs/contract/service.md, "A call".
#![cfg(any(target_os = "linux", windows))]

mod common;

use std::thread;

use netipc::messages::Increment;
use netipc::transport::envelope::{Hello, HelloAck};
use netipc::transport::{ConnectError, MessageHeader};
use netipc::{CallError, Client, ClientConfig, ClientState, Profiles, ServerConfig, Status};
use netipc_tests::support::names;
use netipc_tests::support::raw::{RawListener, ack, ack_packet, packet};

use common::Place;

const BOTH: Profiles = Profiles::CARRIED;

fn config(supported_profiles: Profiles) -> ClientConfig {
    ClientConfig { supported_profiles, max_request_batch_items: 10, ..ClientConfig::default() }
}

fn client(place: &Place, supported_profiles: Profiles) -> Client<Increment, Increment> {
    Client::new(place.endpoint(), config(supported_profiles))
}

#[test]
fn calls_and_batches_go_through_shared_memory_where_both_sides_have_it() {
    let place = Place::new();
    let server = place
        .server(ServerConfig { supported_profiles: BOTH, ..ServerConfig::default() }, |request| {
            Ok(request + 1)
        });
    let mut client = client(&place, BOTH);
    client.refresh();
    assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(BOTH.highest()));
    assert_eq!(client.call(&Increment { value: 41 }).expect("it is served").value(), 42);
    let responses =
        client.call_batch(&[Increment { value: 1 }, Increment { value: 2 }]).expect("it is served");
    assert!(responses.iter().map(|response| response.value()).eq([2, 3]));
    assert!(!client.status().without_shared_memory);
    server.stop();
    let error = client.call(&Increment { value: 1 }).map(|_| ()).expect_err("nobody is there");
    assert!(matches!(error, CallError::Reconnect { .. }), "{error}");
    drop(client);
    assert_eq!(names(&place.endpoint()), Vec::<String>::new());
}

#[test]
fn a_client_without_shared_memory_uses_the_baseline() {
    let place = Place::new();
    let _server = place.server(ServerConfig { supported_profiles: BOTH, ..ServerConfig::default() }, Ok);
    let client = place.ready_client();
    assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(Profiles::BASELINE));
}

/// Promises shared memory to whoever proposes it, makes no region, and serves the others; gives what was proposed.
fn liar(place: &Place, connections: usize) -> thread::JoinHandle<Vec<Profiles>> {
    let listener = RawListener::at(&place.endpoint());
    thread::spawn(move || {
        let serve = |_| {
            let peer = listener.accept();
            let hello = Hello::decode(&peer.receive()[MessageHeader::LEN..]).expect("a HELLO");
            let proposed = hello.supported_profiles;
            let profile = proposed.highest();
            peer.send(&ack_packet(
                Status::Ok,
                &HelloAck {
                    server_supported_profiles: BOTH,
                    intersection_profiles: proposed,
                    selected_profile: profile,
                    agreed_max_request_batch_items: hello.max_request_batch_items,
                    ..ack()
                },
            ));
            if profile == Profiles::BASELINE {
                let (header, payload) = peer.receive_message();
                peer.send(&packet(&header.response(Status::Ok, header.payload_len), &payload));
            }
            // Until the client closes.
            peer.receive();
            proposed
        };
        (0..connections).map(serve).collect()
    })
}

#[test]
fn a_client_that_cannot_attach_connects_again_without_shared_memory_and_keeps_to_that() {
    let place = Place::new();
    let liar = liar(&place, 3);
    let mut client = client(&place, BOTH);
    assert!(client.refresh());
    assert_eq!(client.status().state, ClientState::Ready, "{:?}", client.connect_error());
    assert!(client.status().without_shared_memory);
    assert_eq!(client.call(&Increment { value: 7 }).expect("it is echoed").value(), 7);
    client.close();
    client.refresh();
    assert_eq!(client.call(&Increment { value: 8 }).expect("it is echoed").value(), 8);
    drop(client);
    assert_eq!(liar.join().expect("it does not panic"), [BOTH, Profiles::BASELINE, Profiles::BASELINE]);
}

#[test]
fn a_client_with_nothing_but_shared_memory_says_that_it_cannot_attach_and_tries_again() {
    let place = Place::new();
    let liar = liar(&place, 2);
    let mut client = client(&place, Profiles::SHM_HYBRID);
    for _ in 0..2 {
        client.refresh();
        assert_eq!(client.status().state, ClientState::Disconnected);
        assert!(
            matches!(client.connect_error(), Some(ConnectError::Attach { .. })),
            "{:?}",
            client.connect_error()
        );
    }
    assert!(!client.status().without_shared_memory);
    assert_eq!(liar.join().expect("it does not panic"), [Profiles::SHM_HYBRID; 2]);
}

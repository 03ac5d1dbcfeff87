//! A server that has as many sessions as it may, one of which makes room for its own successor. Contract:
//! docs/contract/service.md, "Growth".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use netipc::messages::{Increment, StringReverseRef};
use netipc::{Client, ServerConfig};
use netipc_tests::support::counting;

use crate::common::{Place, client_config, server_config};

const ROUNDS: usize = 200;

/// Has room for one session.
fn full() -> ServerConfig {
    ServerConfig { max_sessions: 1, ..server_config() }
}

#[test]
fn a_client_whose_request_grows_keeps_its_place_at_a_server_that_is_full() {
    let place = Place::new();
    let _server = place.reverser(full());
    for round in 0..ROUNDS {
        let mut client = place.reverse_client(client_config());
        let answer = client.call(StringReverseRef { text: &counting(5_000) }).map(|_| ());
        assert!(answer.is_ok(), "round {round}: {answer:?}");
        let limit = client.status().session.map(|agreed| agreed.max_request_payload_bytes);
        assert_eq!(limit, Some(8_192), "round {round}");
    }
}

#[test]
fn a_client_whose_response_grows_keeps_its_place_at_a_server_that_is_full() {
    let place = Place::new();
    for round in 0..ROUNDS {
        let _server = place.reverser(full());
        let config = netipc::ClientConfig { max_request_payload_bytes: 1 << 20, ..client_config() };
        let mut client = place.reverse_client(config);
        // The server offers 64 KiB at first.
        let answer = client.call(StringReverseRef { text: &counting(70_000) }).map(|_| ());
        assert!(answer.is_ok(), "round {round}: {answer:?}");
    }
}

#[test]
fn a_client_that_sends_once_more_keeps_its_place_at_a_server_that_is_full() {
    let place = Place::new();
    let fails = Arc::new(AtomicBool::new(false));
    let next = Arc::clone(&fails);
    let _server = place.server(full(), move |value| {
        if next.swap(false, Ordering::SeqCst) { Err("this once".to_owned()) } else { Ok(value + 1) }
    });
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), client_config());
    client.refresh();
    for round in 0..ROUNDS {
        fails.store(true, Ordering::SeqCst);
        let answer = client.call(&Increment { value: 1 }).map(|response| response.value());
        assert!(matches!(answer, Ok(2)), "round {round}: {answer:?}");
    }
}

//! What a client makes of a handshake that fails, by what the server answers. Contract: docs/contract/service.md,
//! "Client".

use std::time::Duration;

use netipc::messages::Increment;
use netipc::transport::{ConnectError, envelope::HelloAck};
use netipc::{Client, ClientConfig, ClientState, Status};
use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet};

use crate::common::{Place, client_config};

/// The state of a client that is answered this once it has said HELLO, and the status that it reports.
fn state_after(answer: &[u8]) -> (ClientState, Option<Status>) {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint());
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), client_config());
    std::thread::scope(|scope| {
        let server = scope.spawn(|| {
            let peer: Raw = listener.accept();
            peer.receive();
            if !answer.is_empty() {
                peer.send(answer);
            }
        });
        client.refresh();
        server.join().expect("it does not panic");
    });
    let state = client.status().state;
    let reason = match client.connect_error() {
        Some(ConnectError::Rejected { status, .. }) => Some(*status),
        _ => None,
    };
    // The next attempt is as good as the first: nothing is final.
    std::thread::scope(|scope| {
        let server = scope.spawn(|| {
            let peer = listener.accept();
            peer.receive();
            peer.send(&ack_packet(Status::Ok, &ack()));
            peer
        });
        client.refresh();
        assert!(client.is_ready(), "{:?}", client.connect_error());
        server.join().expect("it does not panic");
    });
    (state, reason)
}

#[test]
fn a_rejection_without_a_state_of_its_own_is_disconnected() {
    for status in [Status::BadEnvelope, Status::InternalError, Status::Other(99)] {
        let (state, reason) = state_after(&ack_packet(status, &HelloAck::default()));
        assert_eq!((state, reason), (ClientState::Disconnected, Some(status)));
    }
    let (state, _) = state_after(&ack_packet(Status::LimitExceeded, &HelloAck::default()));
    assert_eq!(state, ClientState::Disconnected);
}

#[test]
fn a_broken_handshake_is_disconnected() {
    for answer in [&b""[..], b"garbage", &[0; 80]] {
        assert_eq!(state_after(answer).0, ClientState::Disconnected, "{answer:?}");
    }
}

#[test]
fn what_cannot_be_agreed_is_incompatible() {
    for status in [Status::Incompatible, Status::Unsupported] {
        let (state, _) = state_after(&ack_packet(status, &HelloAck::default()));
        assert_eq!(state, ClientState::Incompatible, "{status}");
    }
    let (state, _) = state_after(&ack_packet(Status::AuthFailed, &HelloAck::default()));
    assert_eq!(state, ClientState::AuthFailed);
    // Another layout version in an ack that is well otherwise.
    let mut other_layout = ack_packet(Status::Ok, &ack());
    other_layout[32] = 2;
    assert_eq!(state_after(&other_layout).0, ClientState::Incompatible);
}

#[test]
fn a_full_backlog_is_disconnected_when_the_time_is_up() {
    let place = Place::new();
    let _listener = RawListener::without_room(&place.endpoint());
    // It takes one connection.
    let _waiting = Raw::connect(&place.endpoint());
    let config = ClientConfig { handshake_timeout: Duration::from_millis(50), ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    client.refresh();
    assert_eq!(client.status().state, ClientState::Disconnected);
    assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
}

//! `docs/contract/envelope.md`, "Negotiation", between two well-behaved sides.

use std::thread;

use netipc_transport::{
    Agreed, ClientSession, ConnectError, ConnectOptions, Incompatibility, ListenOptions, Profiles,
};

use super::transport::{Transport, listen_with, pair_of, serve, serve_with};
use crate::servers::{Listening, Servers, Serving, Terms};
use crate::support::{Pair, Place, accept, soon};

const TOKEN: u64 = 0xdead_beef_cafe_babe;

fn options<T: Transport>() -> ListenOptions {
    ListenOptions {
        auth_token: TOKEN,
        max_request_payload_bytes: 8_192,
        packet_size: 6_000,
        ..T::listen_options()
    }
}

pub fn both_sides_agree_on_everything<T: Transport>() {
    let connect = ConnectOptions {
        auth_token: TOKEN,
        max_request_payload_bytes: 5_000,
        max_request_batch_items: 7,
        max_response_payload_bytes: 100_000,
        ..T::connect_options()
    };
    let pair = pair_of::<T>(connect, options::<T>());
    assert_eq!(Terms::from(pair.client.agreed()), pair.server.terms());
    let agreed: &Agreed = pair.client.agreed();
    assert_eq!((agreed.packet_size, agreed.max_request_payload_bytes), (6_000, 5_000));
    assert_eq!((agreed.max_request_batch_items, agreed.max_response_payload_bytes), (7, 65_536));
    // Each of the two is a process of the same user.
    let mut peer = pair.server.peer_credentials();
    assert_eq!(peer.pid, std::process::id());
    peer.pid = T::Servers::process_id();
    assert_eq!(pair.client.peer_credentials().unwrap(), peer);
}

/// What a client with these options makes of a listener with those above.
fn connect<T: Transport>(options: &ConnectOptions) -> Result<ClientSession, ConnectError> {
    let place = Place::new();
    let _server = serve_with::<T>(&place, &self::options::<T>());
    place.connect_with(options)
}

pub fn a_wrong_token_is_refused<T: Transport>() {
    let found = connect::<T>(&ConnectOptions { auth_token: TOKEN + 1, ..T::connect_options() });
    assert!(matches!(found, Err(ConnectError::AuthFailed { .. })), "{found:?}");
}

pub fn a_proposal_over_the_servers_maximum_is_refused<T: Transport>() {
    let good = ConnectOptions {
        auth_token: TOKEN,
        max_request_payload_bytes: 8_192,
        packet_size: 100,
        ..T::connect_options()
    };
    connect::<T>(&good).unwrap();
    let found = connect::<T>(&ConnectOptions { max_request_payload_bytes: 8_193, ..good });
    assert!(matches!(found, Err(ConnectError::LimitExceeded { .. })), "{found:?}");
}

pub fn a_packet_size_that_carries_nothing_is_incompatible<T: Transport>() {
    let found = connect::<T>(&ConnectOptions { auth_token: TOKEN, packet_size: 32, ..T::connect_options() });
    let Err(ConnectError::Incompatible { reason, .. }) = found else { panic!("{found:?}") };
    assert_eq!(reason, Incompatibility::Refused);
}

pub fn a_client_without_a_common_profile_is_told_so<T: Transport>() {
    let unknown = Profiles::from_bits(1 << 31);
    let options = ConnectOptions { auth_token: TOKEN, supported_profiles: unknown, ..T::connect_options() };
    let found = connect::<T>(&options);
    let Err(ConnectError::Incompatible { reason, .. }) = found else { panic!("{found:?}") };
    assert_eq!(reason, Incompatibility::NoCommonProfile);
}

pub fn a_server_without_the_profile_serves_the_baseline<T: Transport>() {
    let place = Place::new();
    let _server = serve_with::<T>(&place, &ListenOptions::default());
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    assert_eq!(client.agreed().profile, Profiles::BASELINE);
    client.send(3, 1, b"ab", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"ba");
}

pub fn a_client_without_the_profile_is_served_the_baseline<T: Transport>() {
    let place = Place::new();
    let _server = serve::<T>(&place);
    let mut client = place.connect_with(&ConnectOptions::default()).unwrap();
    assert_eq!(client.agreed().profile, Profiles::BASELINE);
    client.send(3, 1, b"ab", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"ba");
}

pub fn session_ids_count_connections_also_those_that_fail<T: Transport>() {
    let place = Place::new();
    let mut listener = listen_with::<T>(&place, &options::<T>());
    let right = ConnectOptions { auth_token: TOKEN, ..T::connect_options() };
    let wrong = ConnectOptions { auth_token: 1, ..right };
    let ids: Vec<_> = thread::scope(|scope| {
        let clients = scope.spawn(|| {
            let first = place.connect_with(&right).unwrap();
            assert!(place.connect_with(&wrong).is_err());
            [first, place.connect_with(&right).unwrap()].map(|client| client.agreed().session_id)
        });
        // Kept until both clients have theirs.
        let servers = [(); 2].map(|()| accept(&mut listener));
        let ids = servers.each_ref().map(|server| server.terms().session_id);
        assert_eq!(clients.join().unwrap(), ids);
        ids.to_vec()
    });
    assert_eq!(ids, [1, 3]);
}

pub fn a_raised_response_limit_is_offered_to_later_sessions<T: Transport>() {
    let Pair { client: before, mut listener, place, .. } =
        pair_of::<T>(ConnectOptions { auth_token: TOKEN, ..T::connect_options() }, options::<T>());
    listener.raise_response_limit_to(131_072);
    let connect =
        ConnectOptions { auth_token: TOKEN, max_response_payload_bytes: 1 << 20, ..T::connect_options() };
    thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(&connect).unwrap());
        let server = accept(&mut listener);
        assert_eq!(server.terms().max_response_payload_bytes, 131_072);
        assert_eq!(client.join().unwrap().agreed().max_response_payload_bytes, 131_072);
    });
    assert_eq!(before.agreed().max_response_payload_bytes, 65_536);
}

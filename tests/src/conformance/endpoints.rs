//! `docs/contract/transport.md`, "Endpoints left behind".

use std::sync::Barrier;
use std::thread;

use netipc_transport::{ConnectError, Endpoint, ListenError, Listener};

use super::transport::Transport;
use crate::support::{Place, Reverser, servers_are_kept_apart, soon};

fn bind<T: Transport>(endpoint: &Endpoint) -> Result<Listener, ListenError> {
    Listener::bind(endpoint, &T::listen_options())
}

fn assert_serves<T: Transport>(place: &Place) {
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    assert_eq!(client.agreed().profile, T::PROFILE);
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

pub fn an_endpoint_where_nobody_listens_is_not_found<T: Transport>() {
    let place = Place::new();
    let found = place.connect_with(&T::connect_options());
    assert!(matches!(found, Err(ConnectError::NotFound { .. })), "{found:?}");
    drop(bind::<T>(&place.endpoint).unwrap());
    let found = place.connect_with(&T::connect_options());
    assert!(matches!(found, Err(ConnectError::NotFound { .. })), "{found:?}");
}

pub fn a_live_server_is_in_use_and_does_not_notice<T: Transport>() {
    if !servers_are_kept_apart() {
        return;
    }
    let place = Place::new();
    let _server = Reverser::start(bind::<T>(&place.endpoint).unwrap());
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    for id in 0..10 {
        let found = bind::<T>(&place.endpoint);
        assert!(matches!(found, Err(ListenError::AddressInUse { .. })), "{found:?}");
        // Neither do its sessions.
        client.send(3, id, b"abc", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
    }
    assert_serves::<T>(&place);
}

pub fn an_endpoint_that_was_closed_can_be_served_again_at_once<T: Transport>() {
    let place = Place::new();
    for _ in 0..20 {
        let _server = Reverser::start(bind::<T>(&place.endpoint).unwrap());
        assert_serves::<T>(&place);
    }
}

pub fn of_two_servers_that_start_together_one_serves_and_the_other_is_told_so<T: Transport>() {
    if !servers_are_kept_apart() {
        return;
    }
    let place = Place::new();
    for _ in 0..100 {
        let barrier = Barrier::new(2);
        let start = || {
            barrier.wait();
            bind::<T>(&place.endpoint)
        };
        let (one, other) = thread::scope(|scope| {
            let (one, other) = (scope.spawn(start), scope.spawn(start));
            (one.join().unwrap(), other.join().unwrap())
        });
        let (winner, loser) = if one.is_ok() { (one, other) } else { (other, one) };
        assert!(matches!(loser, Err(ListenError::AddressInUse { .. })), "{loser:?}");
        let _server = Reverser::start(winner.unwrap());
        assert_serves::<T>(&place);
    }
}

pub fn services_of_one_run_directory_do_not_touch_one_another<T: Transport>() {
    let place = Place::new();
    let api = Endpoint::new(place.dir.path(), "web-api").unwrap();
    let _api = Reverser::start(bind::<T>(&api).unwrap());
    let options = T::connect_options();
    let abort = netipc_transport::Abort::new();
    let mut client = netipc_transport::ClientSession::connect(&api, &options, soon(), &abort).unwrap();
    for _ in 0..3 {
        let _web = Reverser::start(bind::<T>(&place.endpoint).unwrap());
        assert_serves::<T>(&place);
    }
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

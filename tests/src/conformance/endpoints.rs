//! `docs/contract/transport.md`, "Endpoints left behind".

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use netipc_transport::{ConnectError, Endpoint, ListenError};

use super::transport::{Transport, bind, serve};
use crate::servers::{Here, Listening, Servers};
use crate::support::{Place, servers_are_kept_apart, soon};

/// A server in this process, which the others need not be in.
fn bind_here<T: Transport>(place: &Place) -> Result<netipc_transport::Listener, ListenError> {
    Here::bind(&place.endpoint, &T::listen_options())
}

fn assert_serves<T: Transport>(place: &Place) {
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    assert_eq!(client.agreed().profile, T::PROFILE);
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

fn assert_serves_alone<T: Transport>(place: &Place, winner: impl Listening, loser: &ListenError) {
    assert!(matches!(loser, ListenError::AddressInUse { .. }), "{loser:?}");
    let _server = winner.reverse();
    assert_serves::<T>(place);
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
    let _server = serve::<T>(&place);
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    for id in 0..10 {
        let found = bind_here::<T>(&place);
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
        let _server = serve::<T>(&place);
        assert_serves::<T>(&place);
    }
}

pub fn of_two_servers_that_start_together_one_serves_and_the_other_is_told_so<T: Transport>() {
    if !servers_are_kept_apart() {
        return;
    }
    let place = Place::new();
    for round in 0..100 {
        let barrier = Barrier::new(2);
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| {
                barrier.wait();
                bind::<T>(&place.endpoint)
            });
            barrier.wait();
            // It takes a while until another process has heard of it: now the one is first, now the other.
            thread::sleep(Duration::from_micros(round % 2 * 2 * round));
            let other = bind_here::<T>(&place);
            (one.join().unwrap(), other)
        });
        match (one, other) {
            (Ok(winner), Err(loser)) => assert_serves_alone::<T>(&place, winner, &loser),
            (Err(loser), Ok(winner)) => assert_serves_alone::<T>(&place, winner, &loser),
            both => panic!("{both:?}"),
        }
    }
}

pub fn services_of_one_run_directory_do_not_touch_one_another<T: Transport>() {
    let place = Place::new();
    let api = Endpoint::new(place.dir.path(), "web-api").unwrap();
    let _api = bind::<T>(&api).unwrap().reverse();
    let options = T::connect_options();
    let abort = netipc_transport::Abort::new();
    let mut client = netipc_transport::ClientSession::connect(&api, &options, soon(), &abort).unwrap();
    for _ in 0..3 {
        let _web = serve::<T>(&place);
        assert_serves::<T>(&place);
    }
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

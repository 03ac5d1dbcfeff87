//! `docs/contract/transport.md`, "A connection's life": what happens on one session never touches another.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use netipc_transport::{ClientSession, ConnectError, ConnectOptions, Deadline, ListenOptions, SendError};

use super::transport::{Transport, serve, serve_with};
use crate::support::{Place, soon};

fn call(client: &mut ClientSession, id: u64) {
    let payload = id.to_ne_bytes();
    client.send(3, id, &payload, soon()).unwrap();
    let answer: Vec<u8> = payload.iter().rev().copied().collect();
    assert_eq!(client.receive(soon()).unwrap().payload, answer);
}

pub fn many_clients_at_once_get_their_own_answers<T: Transport>() {
    let place = Place::new();
    let server = serve::<T>(&place);
    // All are there at the same time; every fifth vanishes with a request in flight.
    let all = Barrier::new(40);
    thread::scope(|scope| {
        for number in 0..40 {
            let (place, all) = (&place, &all);
            scope.spawn(move || {
                let mut client = place.connect_with(&T::connect_options()).unwrap();
                assert_eq!(client.agreed().profile, T::PROFILE);
                all.wait();
                if number % 5 == 0 {
                    client.send(3, 1, b"unanswered", soon()).unwrap();
                } else {
                    (0..100).for_each(|id| call(&mut client, number * 1_000 + id));
                }
            });
        }
    });
    drop(server);
    let found = place.connect_with(&T::connect_options());
    assert!(matches!(found, Err(ConnectError::NotFound { .. })), "{found:?}");
}

pub fn a_client_that_never_receives_holds_up_no_other_session<T: Transport>() {
    let place = Place::new();
    let _server = serve::<T>(&place);
    let mut lazy = place.connect_with(&T::connect_options()).unwrap();
    // Until the answers fill one direction and the requests the other, or a second request is not taken.
    let mut id = 0;
    let full = loop {
        id += 1;
        match lazy.send(3, id, &[0; 1_000], Deadline::after(Duration::from_millis(200))) {
            Ok(()) => {}
            Err(error) => break error,
        }
    };
    assert!(!matches!(full, SendError::Disconnected | SendError::SessionEnded), "{full:?}");
    let mut client = place.connect_with(&T::connect_options()).unwrap();
    (0..100).for_each(|id| call(&mut client, id));
}

pub fn a_client_is_told_that_the_server_is_full<T: Transport>() {
    let place = Place::new();
    let listen = ListenOptions { max_sessions: 1, auth_token: 7, ..T::listen_options() };
    let _server = serve_with::<T>(&place, &listen);
    let options = ConnectOptions { auth_token: 7, ..T::connect_options() };
    let mut client = place.connect_with(&options).unwrap();
    call(&mut client, 1);
    assert!(matches!(place.connect_with(&options), Err(ConnectError::LimitExceeded { .. })));
    call(&mut client, 2);
    // Who is not let in is not told how full it is.
    let found = place.connect_with(&T::connect_options());
    assert!(matches!(found, Err(ConnectError::AuthFailed { .. })), "{found:?}");
}

pub fn a_session_that_has_ended_makes_room_for_another<T: Transport>() {
    let place = Place::new();
    let listen = ListenOptions { max_sessions: 1, ..T::listen_options() };
    let _server = serve_with::<T>(&place, &listen);
    for id in 0..20 {
        // The server learns of the end before long, and not before.
        let mut client = loop {
            match place.connect_with(&T::connect_options()) {
                Ok(client) => break client,
                Err(ConnectError::LimitExceeded { .. }) => thread::yield_now(),
                Err(error) => panic!("{error:?}"),
            }
        };
        call(&mut client, id);
    }
}

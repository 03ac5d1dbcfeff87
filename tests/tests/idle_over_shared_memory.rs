//! A server of many sessions in shared memory with nothing to do. Counted for all threads, and in a program of its own,
//! since it takes many descriptors.
#![cfg(target_os = "linux")]

mod common;

use common::{Place, client_config, server_config};
use netipc::messages::Increment;
use netipc::{Client, Profiles, ServerConfig};
use netipc_tests::support::idleness::{other_threads, raise_descriptor_limit, stay_asleep};

const SESSIONS: u32 = 500;

#[test]
fn a_server_whose_sessions_are_idle_wakes_no_thread() {
    raise_descriptor_limit();
    let place = Place::new();
    let server = place.server(ServerConfig { max_sessions: SESSIONS, ..server_config() }, Ok);
    let connect = |value| {
        let mut client = Client::<Increment, Increment>::new(place.endpoint(), client_config());
        client.refresh();
        assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(Profiles::SHM_HYBRID));
        // What it takes to wait was made when it waited for the first time.
        assert_eq!(client.call(&Increment { value }).expect("it is served").value(), value);
        client
    };
    let mut clients: Vec<_> = (0..u64::from(SESSIONS)).map(connect).collect();
    let threads = other_threads();
    assert!(threads.len() > SESSIONS as usize, "each session has one, and the server one to accept");
    stay_asleep(&threads);
    for client in &mut clients {
        assert_eq!(client.call(&Increment { value: 1 }).expect("it is served").value(), 1);
    }
    assert_eq!(server.sessions(), clients.len());
}

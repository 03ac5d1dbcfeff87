//! What tests may rely on of the process that has their servers.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::{env, thread};

use netipc_tests::servers::{Listening, Servers, Serving, There};
use netipc_tests::support::raw::{Raw, hello, hello_packet};
use netipc_tests::support::{Place, accept, watched};
use netipc_transport::{ConnectError, ConnectOptions, Deadline, Endpoint, ListenOptions};

use super::suite::ServersProgram;

type Elsewhere = There<ServersProgram>;

/// Tells a process of this program that it is to be killed, and where its server is to be.
const RUN_DIR: &str = "NETIPC_TEST_RUN_DIR_OF_A_VICTIM";

#[test]
fn it_ends_with_the_process_whose_servers_it_has_whatever_waits_there() {
    watched(|| {
        let place = Place::new();
        let mut victim = Command::new(env::current_exe().unwrap())
            .args(["--exact", "other_process::the_part_of_a_process_that_is_killed", "--nocapture"])
            .env(RUN_DIR, place.endpoint.run_dir())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(victim.stdout.take().unwrap());
        let serves = output.lines().any(|line| line.unwrap().ends_with("serving"));
        let connect = || place.connect_with(&ConnectOptions::default()).map(drop);
        let connected = connect();
        victim.kill().unwrap();
        victim.wait().unwrap();
        assert!(serves && connected.is_ok(), "{connected:?}");
        while !matches!(connect(), Err(ConnectError::NotFound { .. })) {
            thread::yield_now();
        }
    });
}

/// As a test of its own it has no part.
#[test]
fn the_part_of_a_process_that_is_killed() {
    let Some(run_dir) = env::var_os(RUN_DIR) else { return };
    let endpoint = Endpoint::new(run_dir, "web").unwrap();
    let mut listener = Elsewhere::bind(&endpoint, &ListenOptions::default()).unwrap();
    let never = listener.new_abort();
    println!("serving");
    loop {
        // One that waits for requests beside it, for ever.
        let mut session = listener.accept(Deadline::NEVER, &never).unwrap();
        thread::spawn(move || session.receive(Deadline::NEVER).map(drop));
    }
}

#[test]
#[should_panic(expected = "in the process of the servers")]
fn what_it_cannot_tell_fails_the_test() {
    let place = Place::new();
    let mut listener = Elsewhere::bind(&place.endpoint, &ListenOptions::default()).unwrap();
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(&hello()));
    let mut server = accept(&mut listener);
    client.send(b"a violation, of which no test of the suite asks");
    let _ = server.receive(Deadline::NEVER);
}

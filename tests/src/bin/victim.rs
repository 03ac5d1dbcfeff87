//! One side of a session, in a process that is to be killed: `victim server|client PROFILES RUN_DIR [CALL NTH]`.
//!
//! It stops for ever before the `NTH` use of `CALL`, and says so in a line `stopped`. A server says `listening` before
//! that if it gets so far. Who is not stopped says how often it used each call, as lines `used CALL COUNT`.
#![allow(clippy::unwrap_used, reason = "it is a test")]

use std::io::{self, Read};
use std::time::Duration;
use std::{env, thread};

use netipc_tests::support::reverse_all;
use netipc_transport::faults::{Action, Injector};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, Endpoint, ListenOptions, Listener, Profiles,
};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [role, profiles, run_dir, fault @ ..] = arguments.as_slice() else { panic!("{arguments:?}") };
    let profiles = Profiles::from_bits(profiles.parse().unwrap());
    let endpoint = Endpoint::new(run_dir, "web").unwrap();
    let injector = match fault {
        [] => Injector::counting(),
        [call, nth] => Injector::at(call, nth.parse().unwrap(), Action::Stop(|| println!("stopped"))),
        _ => panic!("{fault:?}"),
    };
    match role.as_str() {
        "server" => serve(&endpoint, profiles, &injector),
        "client" => ask(&endpoint, profiles, &injector),
        _ => panic!("{role}"),
    }
    for (call, count) in injector.uses() {
        println!("used {call} {count}");
    }
}

/// Answers all clients until standard input ends.
fn serve(endpoint: &Endpoint, profiles: Profiles, injector: &Injector) {
    let options = ListenOptions {
        supported_profiles: profiles | Profiles::BASELINE,
        preferred_profiles: profiles,
        ..ListenOptions::default()
    };
    let stop = Abort::new();
    let stopped = stop.clone();
    thread::spawn(move || {
        let _ = io::stdin().read(&mut [0]);
        stopped.abort();
    });
    injector.during(|| {
        let mut listener = Listener::bind(endpoint, &options).unwrap();
        println!("listening");
        thread::scope(|scope| {
            while let Ok(session) = listener.accept(Deadline::NEVER, &stop) {
                scope.spawn(|| injector.during(|| reverse_all(session)));
            }
        });
    });
}

/// Asks three times.
fn ask(endpoint: &Endpoint, profiles: Profiles, injector: &Injector) {
    let options = ConnectOptions {
        supported_profiles: profiles | Profiles::BASELINE,
        preferred_profiles: profiles,
        ..ConnectOptions::default()
    };
    let deadline = Deadline::after(Duration::from_mins(1));
    injector.during(|| {
        let mut session = ClientSession::connect(endpoint, &options, deadline, &Abort::new()).unwrap();
        for id in 0..3 {
            session.send(3, id, b"question", deadline).unwrap();
            assert_eq!(session.receive(deadline).unwrap().payload, b"noitseuq");
        }
    });
}

//! Sessions that wait in shared memory and cost nothing. Counted for each thread, and in a program of its own, since it
//! takes many descriptors.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use netipc_tests::support::idleness::{raise_descriptor_limit, sleeps, stay_asleep};
use netipc_tests::support::{Place, watched};
use netipc_transport::{Abort, ConnectOptions, Deadline, ListenOptions, Profiles, ReceiveError};
use rustix::thread::gettid;

const SESSIONS: usize = 500;

#[test]
fn idle_sessions_are_not_woken_and_each_still_learns_of_its_clients_end() {
    watched(|| {
        raise_descriptor_limit();
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions {
            supported_profiles: Profiles::SHM_HYBRID,
            max_sessions: u32::try_from(SESSIONS).unwrap(),
            max_response_payload_bytes: 64,
            ..ListenOptions::default()
        });
        let stop = Abort::new();
        let stopped = stop.clone();
        let (report, reports) = mpsc::channel();
        let accepting = thread::spawn(move || {
            report.send((0, gettid().as_raw_nonzero().get())).unwrap();
            let mut sessions = Vec::new();
            while let Ok(mut session) = listener.accept(Deadline::NEVER, &stopped) {
                let report = report.clone();
                let serve = move || {
                    report.send((session.session_id(), gettid().as_raw_nonzero().get())).unwrap();
                    session.receive(Deadline::NEVER).map(drop)
                };
                sessions.push(thread::Builder::new().stack_size(64 << 10).spawn(serve).unwrap());
            }
            sessions
        });
        let options = ConnectOptions {
            supported_profiles: Profiles::SHM_HYBRID,
            max_request_payload_bytes: 64,
            ..ConnectOptions::default()
        };
        let mut clients: Vec<_> = (0..SESSIONS).map(|_| place.connect_with(&options).unwrap()).collect();
        // The one that accepts, and then those of the sessions in the order of the clients.
        let mut threads: Vec<_> = reports.iter().take(1 + SESSIONS).collect();
        threads.sort_unstable();
        let threads: Vec<_> = threads.into_iter().map(|(_, tid)| tid).collect();
        let before = stay_asleep(&threads);

        // One that ends wakes who accepts, who watches, and no other.
        drop(clients.pop());
        let last = threads[SESSIONS];
        while fs::exists(format!("/proc/self/task/{last}")).unwrap() {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(sleeps(&threads[1..SESSIONS]), before[1..SESSIONS]);

        // All learn of their clients' ends when nobody watches for them any more, too.
        stop.abort();
        let sessions = accepting.join().unwrap();
        drop(clients);
        for session in sessions {
            assert!(matches!(session.join().unwrap(), Err(ReceiveError::Closed)));
        }
        assert_eq!(place.names(), Vec::<String>::new());
    });
}

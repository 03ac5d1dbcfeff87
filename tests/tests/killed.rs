//! kill -9 of either side before every system call and at every step of a publication: the other side learns of it in
//! time, and the next server and its clients find nothing in their way.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "killed/victim.rs"]
mod victim;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use netipc_tests::conformance::Transport;
use netipc_tests::support::{Place, Reverser, reverse_all, soon, watched};
use netipc_transport::{Abort, ClientSession, Deadline, Listener};
use victim::Victim;

/// Far more than a survivor needs to learn of the end, and far less than its deadline.
const AT_ONCE: Duration = Duration::from_secs(30);

/// What a client of a victim makes of it.
type Survived = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn ask<T: Transport>(place: &Place) -> Survived {
    let options = T::connect_options();
    let mut session = ClientSession::connect(&place.endpoint, &options, soon(), &Abort::new())?;
    for id in 0..3 {
        session.send(3, id, b"abc", soon())?;
        assert_eq!(session.receive(soon())?.payload, b"cba");
    }
    Ok(())
}

/// Every place where a process of this role can be stopped: which use of which call.
fn steps<T: Transport>(role: &str) -> Vec<(String, usize)> {
    let place = Place::new();
    let uses = if role == "server" {
        let mut victim = Victim::start::<T>(role, &place, None);
        assert_eq!(victim.next_line().as_deref(), Some("listening"));
        ask::<T>(&place).unwrap();
        victim.uses()
    } else {
        let _server = Reverser::start(place.listen_with(&T::listen_options()));
        Victim::start::<T>(role, &place, None).uses()
    };
    uses.into_iter().flat_map(|(call, count)| (1..=count).map(move |nth| (call.clone(), nth))).collect()
}

fn a_server_is_killed_at_every_step<T: Transport + 'static>() {
    watched(|| {
        let mut stopped = 0;
        for (call, nth) in steps::<T>("server") {
            let what = format!("killed before use {nth} of {call}");
            let place = Place::new();
            let mut victim = Victim::start::<T>("server", &place, Some((&call, nth)));
            let mut line = victim.next_line();
            let is_listening = line.as_deref() == Some("listening");
            thread::scope(|scope| {
                let client = scope.spawn(|| if is_listening { ask::<T>(&place) } else { Ok(()) });
                if is_listening {
                    // Who has had all its answers before needs no server any more.
                    line = victim.next_line_or_end(|| client.is_finished());
                }
                let was_stopped = line.as_deref() == Some("stopped");
                stopped += usize::from(was_stopped);
                victim.kill();
                let killed = Instant::now();
                let survived = client.join().unwrap();
                assert!(killed.elapsed() < AT_ONCE, "{what}: {survived:?} after {:?}", killed.elapsed());
            });
            works_again::<T>(&place, &what);
        }
        assert!(stopped > 10, "only {stopped} steps were reached");
    });
}

fn a_client_is_killed_at_every_step<T: Transport + 'static>() {
    watched(|| {
        let mut stopped = 0;
        for (call, nth) in steps::<T>("client") {
            let what = format!("killed before use {nth} of {call}");
            let place = Place::new();
            let mut listener = place.listen_with(&T::listen_options());
            let stop = Abort::new();
            thread::scope(|scope| {
                let (ended, has_ended) = mpsc::channel();
                let until = stop.clone();
                let listener = &mut listener;
                let serving = scope.spawn(move || {
                    while let Ok(session) = listener.accept(Deadline::NEVER, &until) {
                        let ended = ended.clone();
                        thread::spawn(move || {
                            reverse_all(session);
                            let _ = ended.send(());
                        });
                    }
                });
                let mut victim = Victim::start::<T>("client", &place, Some((&call, nth)));
                let was_stopped = victim.next_line().as_deref() == Some("stopped");
                stopped += usize::from(was_stopped);
                victim.kill();
                stop.abort();
                serving.join().unwrap();
                // The channel ends when all sessions have.
                let killed = Instant::now();
                while has_ended.recv_timeout(AT_ONCE).is_ok() {}
                assert!(killed.elapsed() < AT_ONCE, "{what}: the session goes on");
            });
            assert_eq!(listener.live_sessions(), 0, "{what}");
            // The same listener serves on.
            one_client_is_served::<T>(&place, &mut listener);
            drop(listener);
            assert_eq!(place.names(), Vec::<String>::new(), "{what}");
        }
        assert!(stopped > 5, "only {stopped} steps were reached");
    });
}

/// Serves one client that lives; dead ones may still stand before it.
fn one_client_is_served<T: Transport>(place: &Place, listener: &mut Listener) {
    let done = Abort::new();
    thread::scope(|scope| {
        let client = scope.spawn(|| {
            let asked = ask::<T>(place);
            done.abort();
            asked
        });
        while let Ok(session) = listener.accept(Deadline::NEVER, &done) {
            reverse_all(session);
        }
        client.join().unwrap().unwrap();
    });
}

/// A successor starts, serves, and leaves nothing of its predecessor.
fn works_again<T: Transport>(place: &Place, what: &str) {
    let mut successor = Listener::bind(&place.endpoint, &T::listen_options())
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let files = place.names();
    assert_eq!(files, ["web.sock"], "{what}");
    one_client_is_served::<T>(place, &mut successor);
    drop(successor);
    assert_eq!(place.names(), Vec::<String>::new(), "{what}");
}

macro_rules! killed {
    ($($module:ident: $transport:ty,)*) => {
        $(mod $module {
            #[test]
            fn a_server_is_killed_at_every_step() {
                super::a_server_is_killed_at_every_step::<$transport>();
            }

            #[test]
            fn a_client_is_killed_at_every_step() {
                super::a_client_is_killed_at_every_step::<$transport>();
            }
        })*
    };
}

killed! {
    uds: netipc_tests::conformance::Uds,
    shm: netipc_tests::conformance::Shm,
}

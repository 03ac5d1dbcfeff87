//! Sessions that wait in shared memory, whose listener watches their sockets until it has given somebody a session and
//! does not come back. `docs/contract/posix.md`, "Receiving".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use netipc_tests::support::idleness::stay_asleep;
use netipc_tests::support::{Place, accept, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, ListenOptions, Listener, Profiles, ReceiveError,
    ServerSession,
};
use rustix::thread::gettid;

/// A thread that waits for a request, and its number.
struct Waiting {
    thread: JoinHandle<Result<(), ReceiveError>>,
    tid: i32,
}

impl Waiting {
    /// Waits for ever in this session.
    fn begin(mut session: ServerSession) -> Self {
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            tell.send(gettid().as_raw_nonzero().get()).unwrap();
            session.receive(Deadline::NEVER).map(drop)
        });
        Self { thread, tid: told.recv().unwrap() }
    }

    fn learns_of_the_end(self) {
        let found = self.thread.join().unwrap();
        assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
    }
}

fn connect(place: &Place, supported_profiles: Profiles) -> ClientSession {
    place.connect_with(&ConnectOptions { supported_profiles, ..ConnectOptions::default() }).unwrap()
}

/// Sessions that have relied on their listener, which has come out of accept since and is not in it again.
fn left_alone<const SESSIONS: usize>(place: &Place) -> ([(ClientSession, Waiting); SESSIONS], Listener) {
    let mut listener = place.listen_with(&ListenOptions {
        supported_profiles: Profiles::SHM_HYBRID | Profiles::BASELINE,
        ..ListenOptions::default()
    });
    let (give, given) = mpsc::channel();
    let accepting = thread::spawn(move || {
        for _ in 0..SESSIONS {
            give.send(accept(&mut listener)).unwrap();
        }
        listener.accept(Deadline::NEVER, &Abort::new()).unwrap();
        listener
    });
    let sessions = [(); SESSIONS].map(|()| {
        let client = connect(place, Profiles::SHM_HYBRID);
        (client, Waiting::begin(given.recv().unwrap()))
    });
    stay_asleep(&sessions.each_ref().map(|(_, waiting)| waiting.tid));
    drop(connect(place, Profiles::BASELINE));
    (sessions, accepting.join().unwrap())
}

#[test]
fn a_session_learns_of_its_clients_end_although_its_listener_has_not_come_back() {
    watched(|| {
        let place = Place::new();
        let ([(client, waiting)], _listener) = left_alone(&place);
        drop(client);
        waiting.learns_of_the_end();
    });
}

#[test]
fn all_sessions_learn_of_their_clients_ends_although_their_listener_has_not_come_back() {
    watched(|| {
        let place = Place::new();
        let (sessions, _listener) = left_alone::<8>(&place);
        for (client, waiting) in sessions {
            drop(client);
            waiting.learns_of_the_end();
        }
    });
}

/// Whichever it is that looks for all: it has something else to do at once.
#[test]
fn a_session_learns_of_its_clients_end_although_all_others_have_requests() {
    watched(|| {
        let place = Place::new();
        let ([(client, waiting), (mut other, busy)], _listener) = left_alone(&place);
        other.send(3, 1, b"request", Deadline::NEVER).unwrap();
        busy.thread.join().unwrap().unwrap();
        drop(client);
        waiting.learns_of_the_end();
    });
}

//! Running out of file descriptors. The limit is one of the whole process, so that these tests have a program of their
//! own, and run one after the other.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::File;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{self, Raw, RawListener, hello, hello_packet};
use netipc_tests::support::{Place, watched};
use netipc_transport::{Abort, AcceptError, Deadline, ListenError, ListenOptions, Listener};
use rustix::net::{SocketAddrUnix, SocketType};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// No further descriptor can be opened until this is dropped.
struct Exhausted {
    before: Rlimit,
    files: Vec<File>,
}

impl Exhausted {
    fn new() -> Self {
        let before = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(64), maximum: before.maximum }).unwrap();
        let mut exhausted = Self { before, files: Vec::new() };
        exhausted.take_all();
        exhausted
    }

    fn take_all(&mut self) {
        while let Ok(file) = File::open("/dev/null") {
            self.files.push(file);
        }
    }

    /// Makes so many available again.
    fn release(&mut self, count: usize) {
        self.files.truncate(self.files.len() - count);
    }
}

impl Drop for Exhausted {
    fn drop(&mut self) {
        setrlimit(Resource::Nofile, self.before).unwrap();
    }
}

fn alone(test: impl FnOnce() + Send + 'static) {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    watched(test);
}

fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

#[test]
fn an_endpoint_whose_liveness_cannot_be_tested_is_in_use() {
    alone(|| {
        let place = Place::new();
        drop(RawListener::at(&place.endpoint));
        let mut exhausted = Exhausted::new();
        // Not even the run directory can be opened; then it can, and there is none for the probe.
        for available in 0..2 {
            let found = Listener::bind(&place.endpoint, &ListenOptions::default());
            let in_use = matches!(&found, Err(ListenError::AddressInUse { source: Some(_), .. }));
            assert!(in_use, "{available} available: {found:?}");
            assert!(place.socket_exists());
            exhausted.release(1);
        }
        // Enough to find out, not enough to serve.
        let found = Listener::bind(&place.endpoint, &ListenOptions::default());
        assert!(matches!(found, Err(ListenError::Io { .. })), "{found:?}");
        assert!(!place.socket_exists());
        let free = netipc_transport::Endpoint::new(place.dir.path(), "free").unwrap();
        exhausted.take_all();
        let found = Listener::bind(&free, &ListenOptions::default());
        assert!(matches!(found, Err(ListenError::Io { .. })), "{found:?}");
        drop(exhausted);
        Listener::bind(&place.endpoint, &ListenOptions::default()).unwrap();
    });
}

#[test]
fn a_listener_without_descriptors_neither_spins_nor_gives_up() {
    alone(|| {
        let place = Place::new();
        let mut listener = place.listen();
        let address = SocketAddrUnix::new(place.endpoint.socket_path()).unwrap();
        let waiting = raw::socket(SocketType::SEQPACKET);
        rustix::net::connect(&waiting, &address).unwrap();
        let exhausted = Exhausted::new();
        let before = cpu_time();
        let found = listener.accept(Deadline::after(Duration::from_millis(500)), &Abort::new());
        assert!(matches!(found, Err(AcceptError::TimedOut)), "{found:?}");
        let spent = cpu_time().saturating_sub(before);
        assert!(spent < Duration::from_millis(250), "{spent:?} of 500 ms");
        drop(exhausted);
        thread::scope(|scope| {
            let accepting = scope.spawn(|| netipc_tests::support::accept(&mut listener));
            let client = Raw::connect(&place.endpoint);
            client.send(&hello_packet(&hello()));
            accepting.join().unwrap();
        });
    });
}

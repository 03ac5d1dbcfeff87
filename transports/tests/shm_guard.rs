//! The truncation of a region, with and without the guard. Signals are a matter of the whole process, so that each test runs
//! its part in a process of its own. `docs/security.md`, "Truncation".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod apart;

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use apart::apart;
use netipc_tests::support::{Pair, pair_with, region, soon};
use netipc_transport::{
    ConnectOptions, ListenOptions, Profiles, ReceiveError, SendError, guard_against_truncation,
};
use nix::sys::signal::{Signal, raise};
use rustix::mm::{MapFlags, ProtFlags, mmap};

const SIGBUS: i32 = Signal::SIGBUS as i32;

fn pair() -> Pair {
    let supported_profiles = Profiles::SHM_HYBRID;
    pair_with(
        &ConnectOptions { supported_profiles, ..ConnectOptions::default() },
        &ListenOptions { supported_profiles, ..ListenOptions::default() },
    )
}

fn truncate(pair: &Pair) {
    let path = region::path(&pair.place.endpoint, pair.server.session_id());
    File::options().write(true).open(path).unwrap().set_len(0).unwrap();
}

fn is_truncated(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

#[test]
fn with_the_guard_a_truncated_region_ends_its_session_and_no_other() {
    let status = apart("with_the_guard_a_truncated_region_ends_its_session_and_no_other", || {
        guard_against_truncation().unwrap();
        guard_against_truncation().unwrap();
        let (mut lost, mut other) = (pair(), pair());
        lost.client.send(3, 1, b"abc", soon()).unwrap();
        truncate(&lost);
        let found = lost.server.receive(soon()).map(drop);
        assert!(matches!(&found, Err(ReceiveError::Io(error)) if is_truncated(error)), "{found:?}");
        assert!(lost.server.is_ended());
        let found = lost.client.receive(soon()).map(drop);
        assert!(matches!(&found, Err(ReceiveError::Io(error)) if is_truncated(error)), "{found:?}");

        let mut sender = pair();
        truncate(&sender);
        let found = sender.client.send(3, 1, b"abc", soon());
        assert!(matches!(&found, Err(SendError::Io(error)) if is_truncated(error)), "{found:?}");

        other.client.send(3, 1, b"abc", soon()).unwrap();
        let header = other.server.receive(soon()).unwrap().header;
        other.server.respond(header, b"cba", soon()).unwrap();
        assert_eq!(other.client.receive(soon()).unwrap().payload, b"cba");
    });
    assert!(status.success(), "{status}");
}

#[test]
fn with_the_guard_a_truncation_ends_a_wait() {
    let status = apart("with_the_guard_a_truncation_ends_a_wait", || {
        guard_against_truncation().unwrap();
        let mut pair = pair();
        pair.client.send(3, 1, b"abc", soon()).unwrap();
        std::thread::scope(|scope| {
            let client = &mut pair.client;
            let waiting = scope.spawn(move || client.receive(soon()).map(drop));
            let path = region::path(&pair.place.endpoint, 1);
            File::options().write(true).open(path).unwrap().set_len(0).unwrap();
            let found = waiting.join().unwrap();
            assert!(matches!(&found, Err(ReceiveError::Io(error)) if is_truncated(error)), "{found:?}");
        });
    });
    assert!(status.success(), "{status}");
}

#[test]
fn without_the_guard_a_truncated_region_ends_the_process() {
    let status = apart("without_the_guard_a_truncated_region_ends_the_process", || {
        let mut pair = pair();
        truncate(&pair);
        let _ = pair.client.send(3, 1, b"abc", soon());
    });
    assert_eq!(status.signal(), Some(SIGBUS), "{status}");
}

/// Reads from a mapping of this test's own that has lost its file.
#[allow(unsafe_code, reason = "a fault that is nobody else's")]
fn fault() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(64).unwrap();
    let (null, access) = (std::ptr::null_mut(), ProtFlags::READ);
    // SAFETY: the kernel chooses the place, and the page is read as bytes alone.
    unsafe {
        let place = mmap(null, 64, access, MapFlags::SHARED, &file, 0).unwrap();
        file.set_len(0).unwrap();
        place.cast::<u8>().read_volatile();
    }
}

#[test]
fn with_the_guard_a_fault_elsewhere_ends_the_process_as_before() {
    let status = apart("with_the_guard_a_fault_elsewhere_ends_the_process_as_before", || {
        guard_against_truncation().unwrap();
        fault();
    });
    assert_eq!(status.signal(), Some(SIGBUS), "{status}");
}

#[test]
fn a_handler_that_was_there_before_gets_every_other_signal() {
    let status = apart("a_handler_that_was_there_before_gets_every_other_signal", || {
        let seen = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGBUS, Arc::clone(&seen)).unwrap();
        guard_against_truncation().unwrap();
        let mut pair = pair();
        truncate(&pair);
        assert!(pair.client.send(3, 1, b"abc", soon()).is_err());
        assert!(!seen.load(Ordering::Relaxed));
        // Behind it stands the handler of Rust's runtime, which lets the next one end the process.
        raise(Signal::SIGBUS).unwrap();
        assert!(seen.load(Ordering::Relaxed));
    });
    assert!(status.success(), "{status}");
}

//! Endpoints left behind, and those that are not. `docs/contract/posix.md`, "Taking over"; `docs/contract/transport.md`,
//! "Endpoints left behind".
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{RawListener, bound, socket};
use netipc_tests::support::{Place, Reverser, soon, watched};
use netipc_transport::{ConnectError, ConnectOptions, ListenError, ListenOptions, Listener};
use rustix::fs::{FlockOperation, flock};
use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::{SocketAddrUnix, SocketType, connect, listen};

fn bind(place: &Place) -> Result<Listener, ListenError> {
    Listener::bind(&place.endpoint, &ListenOptions::default())
}

/// That a server can be started, and reached.
fn is_taken_over(place: &Place) {
    let server = Reverser::start(bind(place).unwrap());
    assert_serves(place);
    drop(server);
    assert!(!place.socket_exists());
}

fn assert_serves(place: &Place) {
    let mut client = place.connect_with(&ConnectOptions::default()).unwrap();
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

fn assert_in_use(found: &Result<Listener, ListenError>) {
    assert!(matches!(found, Err(ListenError::AddressInUse { .. })), "{found:?}");
}

#[test]
fn a_free_name_is_taken_with_a_socket_for_the_owner_alone() {
    watched(|| {
        let place = Place::new();
        let listener = bind(&place).unwrap();
        let mode = fs::metadata(place.endpoint.socket_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        drop(listener);
        assert!(!place.socket_exists());
    });
}

#[test]
fn a_dead_socket_is_taken_over() {
    watched(|| {
        let place = Place::new();
        drop(RawListener::at(&place.endpoint));
        assert!(place.socket_exists());
        is_taken_over(&place);
    });
}

#[test]
fn a_file_is_taken_over() {
    watched(|| {
        let place = Place::new();
        fs::write(place.endpoint.socket_path(), "garbage").unwrap();
        is_taken_over(&place);
    });
}

#[test]
fn a_symbolic_link_is_taken_over_and_what_it_points_to_is_left_alone() {
    watched(|| {
        let place = Place::new();
        let file = place.dir.path().join("precious");
        fs::write(&file, "kept").unwrap();
        symlink(&file, place.endpoint.socket_path()).unwrap();
        is_taken_over(&place);
        assert_eq!(fs::read(&file).unwrap(), b"kept");
    });
}

#[test]
fn a_symbolic_link_to_nothing_is_taken_over() {
    watched(|| {
        let place = Place::new();
        symlink("nowhere", place.endpoint.socket_path()).unwrap();
        is_taken_over(&place);
    });
}

#[test]
fn a_symbolic_link_to_itself_is_taken_over() {
    watched(|| {
        let place = Place::new();
        symlink("web.sock", place.endpoint.socket_path()).unwrap();
        is_taken_over(&place);
    });
}

#[test]
fn a_symbolic_link_to_a_live_server_is_in_use() {
    watched(|| {
        let place = Place::new();
        let elsewhere = place.dir.path().join("elsewhere");
        let _live = RawListener::bind(&elsewhere, SocketType::SEQPACKET, 16);
        symlink(&elsewhere, place.endpoint.socket_path()).unwrap();
        assert_in_use(&bind(&place));
        assert!(place.socket_exists());
    });
}

#[test]
fn an_empty_directory_is_taken_over() {
    watched(|| {
        let place = Place::new();
        fs::create_dir(place.endpoint.socket_path()).unwrap();
        is_taken_over(&place);
    });
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    watched(|| {
        let place = Place::new();
        fs::create_dir(place.endpoint.socket_path()).unwrap();
        let inside = place.endpoint.socket_path().join("file");
        fs::write(&inside, "kept").unwrap();
        let error = bind(&place).unwrap_err();
        assert!(matches!(error, ListenError::Path { .. }), "{error:?}");
        assert!(error.to_string().contains("web.sock"), "{error}");
        assert_eq!(fs::read(&inside).unwrap(), b"kept");
    });
}

#[test]
fn a_live_server_with_a_full_backlog_is_in_use() {
    watched(|| {
        let place = Place::new();
        let _busy = RawListener::bind(place.endpoint.socket_path(), SocketType::SEQPACKET, 0);
        let address = SocketAddrUnix::new(place.endpoint.socket_path()).unwrap();
        let mut waiting = Vec::new();
        loop {
            let client = socket(SocketType::SEQPACKET);
            ioctl_fionbio(&client, true).unwrap();
            match connect(&client, &address) {
                Ok(()) => waiting.push(client),
                Err(error) => break assert_eq!(error, Errno::AGAIN),
            }
        }
        assert_in_use(&bind(&place));
        assert!(place.socket_exists());
    });
}

#[test]
fn a_socket_of_another_kind_that_is_alive_is_in_use() {
    watched(|| {
        for kind in [SocketType::STREAM, SocketType::DGRAM] {
            let place = Place::new();
            let _other = RawListener::bind(place.endpoint.socket_path(), kind, 16);
            assert_in_use(&bind(&place));
            assert!(place.socket_exists());
        }
    });
}

#[test]
fn of_two_servers_that_start_together_over_a_dead_socket_one_serves() {
    watched(|| {
        let place = Place::new();
        for _ in 0..100 {
            drop(bound(place.endpoint.socket_path(), SocketType::SEQPACKET));
            let barrier = Barrier::new(2);
            let start = || {
                barrier.wait();
                bind(&place)
            };
            let (one, other) = thread::scope(|scope| {
                let (one, other) = (scope.spawn(start), scope.spawn(start));
                (one.join().unwrap(), other.join().unwrap())
            });
            let (winner, loser) = if one.is_ok() { (one, other) } else { (other, one) };
            assert_in_use(&loser);
            let _server = Reverser::start(winner.unwrap());
            assert_serves(&place);
        }
    });
}

/// Where servers keep apart.
fn lock_path(place: &Place) -> PathBuf {
    place.dir.path().join(".netipc.lock")
}

/// Holds the lock of servers that start, for as long as the file is open.
fn locked(place: &Place) -> File {
    let lock = File::create(lock_path(place)).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    lock
}

#[test]
fn a_socket_whose_server_is_just_starting_is_not_removed() {
    watched(|| {
        let place = Place::new();
        let lock = locked(&place);
        let starting = bound(place.endpoint.socket_path(), SocketType::SEQPACKET);
        thread::scope(|scope| {
            let second = scope.spawn(|| bind(&place));
            thread::sleep(Duration::from_millis(50));
            listen(&starting, 16).unwrap();
            drop(lock);
            assert_in_use(&second.join().unwrap());
        });
    });
}

#[test]
fn a_lock_that_stays_held_is_in_use() {
    watched(|| {
        let place = Place::new();
        let _lock = locked(&place);
        assert_in_use(&bind(&place));
        assert_eq!(place.names(), [".netipc.lock"]);
    });
}

#[test]
fn whoever_locks_the_run_directory_is_in_nobodys_way() {
    watched(|| {
        let place = Place::new();
        let stranger = File::open(place.dir.path()).unwrap();
        flock(&stranger, FlockOperation::LockExclusive).unwrap();
        is_taken_over(&place);
    });
}

#[test]
fn a_lock_that_a_dead_server_has_left_is_taken_over_and_removed() {
    watched(|| {
        let place = Place::new();
        drop(locked(&place));
        let _listener = bind(&place).unwrap();
        assert_eq!(place.names(), ["web.sock"]);
    });
}

#[test]
fn something_else_in_the_place_of_the_lock_is_named_and_left_alone() {
    watched(|| {
        let place = Place::new();
        let elsewhere = place.dir.path().join("precious");
        symlink(&elsewhere, lock_path(&place)).unwrap();
        let error = bind(&place).unwrap_err();
        assert!(matches!(&error, ListenError::Path { path, .. } if *path == lock_path(&place)), "{error:?}");
        assert!(!elsewhere.exists());
        fs::remove_file(lock_path(&place)).unwrap();
        fs::create_dir(lock_path(&place)).unwrap();
        let error = bind(&place).unwrap_err();
        assert!(matches!(&error, ListenError::Path { path, .. } if *path == lock_path(&place)), "{error:?}");
    });
}

#[test]
fn a_run_directory_that_is_missing_or_none_is_named() {
    watched(|| {
        let place = Place::new();
        let file = place.dir.path().join("file");
        fs::write(&file, "").unwrap();
        for run_dir in [place.dir.path().join("missing"), file] {
            let endpoint = netipc_transport::Endpoint::new(&run_dir, "web").unwrap();
            let error = Listener::bind(&endpoint, &ListenOptions::default()).unwrap_err();
            assert!(matches!(&error, ListenError::Path { path, .. } if *path == run_dir), "{error:?}");
        }
    });
}

#[test]
fn a_listener_does_not_unlink_the_socket_of_its_successor() {
    watched(|| {
        let place = Place::new();
        let old = bind(&place).unwrap();
        fs::remove_file(place.endpoint.socket_path()).unwrap();
        let _server = Reverser::start(bind(&place).unwrap());
        drop(old);
        assert_serves(&place);
    });
}

#[test]
fn a_listener_whose_socket_was_removed_is_dropped_quietly() {
    watched(|| {
        let place = Place::new();
        let listener = bind(&place).unwrap();
        fs::remove_file(place.endpoint.socket_path()).unwrap();
        drop(listener);
        assert!(!place.socket_exists());
    });
}

#[test]
fn something_of_another_kind_is_an_error_of_its_own() {
    watched(|| {
        let place = Place::new();
        let _stream = RawListener::bind(place.endpoint.socket_path(), SocketType::STREAM, 16);
        let found = place.connect_with(&ConnectOptions::default());
        assert!(matches!(found, Err(ConnectError::Io { .. })), "{found:?}");
    });
}

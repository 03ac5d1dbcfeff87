//! Servers that start at the same moment: of another make, which take no lock, and of another user. `docs/contract/
//! transport.md`, "Endpoints left behind".

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use netipc_tests::support::Place;
use netipc_tests::support::raw::RawListener;
use netipc_transport::faults::{Action, Errno, Injector};
use netipc_transport::{Cleaned, Inventory, ListenError, ListenOptions, Listener, Outcome};
use rustix::net::SocketType;

use crate::harness::{LOCK, alone};

fn bind(place: &Place) -> Result<Listener, ListenError> {
    Listener::bind(&place.endpoint, &ListenOptions::default())
}

/// Binds with an injector that has something happen to the name right before the `nth` use of a call.
fn bind_while(
    place: &Place,
    (call, nth): (&str, usize),
    happens: impl Fn(&Path) + Send + Sync + 'static,
) -> (Result<Listener, ListenError>, Injector) {
    let path = place.endpoint.socket_path().to_owned();
    let injector = Injector::at(call, nth, Action::Precede(Arc::new(move || happens(&path))));
    let bound = injector.during(|| bind(place));
    assert!(injector.has_acted(), "it does not get to use {nth} of {call}");
    (bound, injector)
}

fn remove(path: &Path) {
    fs::remove_file(path).expect("it is bound");
}

fn assert_in_use(found: &Result<Listener, ListenError>) {
    assert!(matches!(found, Err(ListenError::AddressInUse { .. })), "{found:?}");
}

#[test]
fn a_server_whose_name_is_taken_before_it_listens_gives_way() {
    alone(|| {
        let place = Place::new();
        let other = Arc::new(Mutex::new(None));
        let others = Arc::clone(&other);
        let (found, _) = bind_while(&place, ("listen", 1), move |path| {
            remove(path);
            *others.lock().expect("no panic") = Some(RawListener::bind(path, SocketType::SEQPACKET, 16));
        });
        assert_in_use(&found);
        assert_eq!(place.names(), ["web.sock"]);
        // It is the other one that is reached.
        assert_in_use(&bind(&place));
    });
}

#[test]
fn a_server_whose_name_is_removed_before_it_listens_gives_way() {
    alone(|| {
        let place = Place::new();
        let (found, _) = bind_while(&place, ("listen", 1), remove);
        assert_in_use(&found);
    });
}

#[test]
fn a_server_that_does_not_find_its_own_name_removes_nothing() {
    alone(|| {
        let place = Place::new();
        let counting = Injector::counting();
        let listener = counting.during(|| bind(&place)).expect("nobody is in its way");
        let uses = counting.uses();
        drop(listener);
        // The last look at the name is the one after it listens, the one before that after it has bound.
        let (found, injector) = bind_while(&place, ("lstat", uses["lstat"] - 1), remove);
        assert_in_use(&found);
        assert_eq!(injector.uses().get("unlink"), uses.get("unlink"));
    });
}

#[test]
fn the_lock_of_servers_that_start_is_for_its_owner_alone() {
    alone(|| {
        let place = Place::new();
        let lock = place.dir.path().join(LOCK);
        // One that somebody else may open could be locked by them.
        fs::write(&lock, "").expect("a file");
        let seen = Arc::new(Mutex::new(None));
        let mode = Arc::clone(&seen);
        let (bound, _) = bind_while(&place, ("bind", 1), move |_| {
            let metadata = fs::metadata(&lock).expect("it is locked");
            *mode.lock().expect("no panic") = Some(metadata.permissions().mode() & 0o7777);
        });
        bound.expect("nobody is in its way");
        assert_eq!(*seen.lock().expect("no panic"), Some(0o600));
    });
}

#[test]
fn a_lock_that_another_user_has_is_waited_for() {
    alone(|| {
        let place = Place::new();
        fs::write(place.dir.path().join(LOCK), "").expect("a file");
        let once = Injector::at("open", 1, Action::Fail(Errno::ACCESS));
        drop(once.during(|| bind(&place)).expect("it goes in a moment"));
        assert!(once.has_acted());
    });
}

#[test]
fn a_lock_that_another_user_has_left_is_named() {
    alone(|| {
        let place = Place::new();
        let lock = place.dir.path().join(LOCK);
        fs::write(&lock, "").expect("a file");
        let never = Injector::counting().lacking("open", Errno::ACCESS);
        let found = never.during(|| bind(&place));
        assert!(matches!(&found, Err(ListenError::Path { path, .. }) if *path == lock), "{found:?}");
    });
}

#[test]
fn who_has_nothing_to_clean_takes_no_lock() {
    alone(|| {
        let place = Place::new();
        let _listener = place.listen();
        let cleaning = Injector::counting();
        let cleaned = cleaning.during(|| Inventory::clean(place.dir.path(), None)).expect("a directory");
        assert!(matches!(cleaned[..], [Cleaned { outcome: Outcome::Kept, .. }]), "{cleaned:?}");
        assert_eq!(cleaning.uses().get("flock"), None);
    });
}

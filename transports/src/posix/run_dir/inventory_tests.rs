use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use rustix::fs::{FlockOperation, flock};
use rustix::net::{bind, listen};
use tempfile::TempDir;

use super::super::{Cleaned, Outcome};
use super::*;
use crate::posix::address::address;
use crate::posix::sys;
use crate::{ListenOptions, Listener, RegionHeader};

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn serve(&self, service: &str) -> Listener {
        let endpoint = Endpoint::new(self.0.path(), service).unwrap();
        Listener::bind(&endpoint, &ListenOptions::default()).unwrap()
    }

    /// A socket on which nobody listens, nor has: one that has listened may live on for a moment in a child that another
    /// test forks.
    fn dead_socket(&self, service: &str) -> PathBuf {
        let path = self.path(&format!("{service}.sock"));
        bind(sys::socket().unwrap(), &address(&path).unwrap()).unwrap();
        path
    }

    fn region(&self, name: &str, owner_pid: i32) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, header(owner_pid)).unwrap();
        path
    }

    fn take(&self) -> Vec<RunFile> {
        Inventory::take(self.0.path(), None).unwrap().into_files()
    }

    /// The one file that there is.
    fn only(&self) -> RunFile {
        let mut files = self.take();
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }

    fn clean(&self) -> Vec<Cleaned> {
        Inventory::clean(self.0.path(), None).unwrap()
    }
}

fn header(owner_pid: i32) -> [u8; 64] {
    RegionHeader {
        owner_pid,
        owner_generation: 7,
        request_offset: 64,
        request_capacity: 1_088,
        response_offset: 1_152,
        response_capacity: 4_096,
        req_seq: 0,
        resp_seq: 0,
        req_len: 0,
        resp_len: 0,
        req_signal: 0,
        resp_signal: 0,
    }
    .encode()
}

/// The ID of a process that has ended, and which the kernel gives to no other one for a long time.
fn dead_pid() -> i32 {
    let mut child = Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    i32::try_from(child.id()).unwrap()
}

const REGION: &str = "web-0000000000000001.ipcshm";

#[test]
fn only_names_of_the_contract_are_looked_at() {
    let place = Place::new();
    for name in ["web", "web.socket", "a b.sock", ".sock", "web-1.ipcshm", "web-000000000000000A.ipcshm"] {
        fs::write(place.path(name), "").unwrap();
    }
    assert!(place.take().is_empty());
}

#[test]
fn files_come_by_service_and_a_service_can_be_asked_for_alone() {
    let place = Place::new();
    place.region("web-0000000000000002.ipcshm", 1);
    place.region("web-api-0000000000000001.ipcshm", 1);
    place.region(REGION, 1);
    place.dead_socket("web");
    place.dead_socket("web-api");
    let names = |files: &[RunFile]| -> Vec<String> {
        let name = |file: &RunFile| file.path.file_name().unwrap().to_str().unwrap().to_owned();
        files.iter().map(name).collect()
    };
    let of_web = ["web.sock", REGION, "web-0000000000000002.ipcshm"];
    let of_web_api = ["web-api.sock", "web-api-0000000000000001.ipcshm"];
    assert_eq!(names(&place.take()), [&of_web[..], &of_web_api[..]].concat());
    assert_eq!(names(Inventory::take(place.0.path(), Some("web")).unwrap().files()), of_web);
}

#[test]
fn a_server_that_answers_is_told_with_its_process_and_user() {
    let place = Place::new();
    let _listener = place.serve("web");
    let file = place.only();
    assert!(matches!(file.state, FileState::InUse), "{file:?}");
    assert_eq!((file.pid, file.uid), (Some(std::process::id()), Some(rustix::process::geteuid().as_raw())));
}

#[test]
fn a_server_whose_backlog_is_full_is_in_use() {
    let place = Place::new();
    let socket = sys::socket().unwrap();
    let path = place.path("web.sock");
    bind(&socket, &address(&path).unwrap()).unwrap();
    listen(&socket, 0).unwrap();
    let waiting: Vec<_> = std::iter::repeat_with(|| probe(&path))
        .take_while(|probe| matches!(probe, Probe::Connected(_)))
        .collect();
    assert!(!waiting.is_empty());
    assert!(matches!(place.only().state, FileState::InUse));
    drop(waiting);
}

#[test]
fn a_link_to_a_server_that_answers_is_in_use() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let _listener = elsewhere.serve("web");
    symlink(elsewhere.path("web.sock"), place.path("web.sock")).unwrap();
    assert!(matches!(place.only().state, FileState::InUse));
}

#[test]
fn a_socket_that_refuses_is_left_behind_and_cleaned_away() {
    let place = Place::new();
    let path = place.dead_socket("web");
    assert!(place.only().is_left_behind());
    let cleaned = place.clean();
    assert!(matches!(cleaned[..], [Cleaned { outcome: Outcome::Removed, .. }]), "{cleaned:?}");
    assert!(!path.exists());
}

#[test]
fn a_socket_of_another_kind_that_somebody_listens_on_is_foreign() {
    let place = Place::new();
    let _listener = UnixListener::bind(place.path("web.sock")).unwrap();
    assert!(matches!(place.only().state, FileState::Foreign(Foreign::OtherKind)));
}

#[test]
fn what_is_not_a_socket_and_not_a_region_is_foreign() {
    for name in ["web.sock", REGION] {
        let place = Place::new();
        let state = |make: &dyn Fn(PathBuf)| {
            make(place.path(name));
            let state = place.only().state;
            let _ = fs::remove_file(place.path(name));
            let _ = fs::remove_dir(place.path(name));
            match state {
                FileState::Foreign(foreign) => foreign,
                other => panic!("{name}: {other:?}"),
            }
        };
        let foreign = state(&|path| fs::write(path, b"a letter").unwrap());
        assert!(matches!(foreign, Foreign::FileType | Foreign::NoRegion), "{foreign:?}");
        assert_eq!(state(&|path| fs::create_dir(path).unwrap()), Foreign::Directory);
        assert_eq!(state(&|path| symlink("/nowhere/at/all", path).unwrap()), Foreign::SymbolicLink);
    }
}

#[test]
fn a_region_belongs_to_the_process_that_its_header_names() {
    let place = Place::new();
    place.region(REGION, 1);
    let file = place.only();
    assert!(matches!(file.state, FileState::InUse), "{file:?}");
    assert_eq!((file.pid, file.len), (Some(1), 64));
    assert_eq!(file.kind, RunFileKind::Region { session_id: 1 });
    let dead = dead_pid();
    place.region(REGION, dead);
    let file = place.only();
    assert!(file.is_left_behind(), "{file:?}");
    assert_eq!(file.pid, u32::try_from(dead).ok());
}

#[test]
fn a_region_whose_process_is_not_to_be_seen_is_in_doubt_while_its_service_may_be_served() {
    let place = Place::new();
    let listener = place.serve("web");
    place.region(REGION, dead_pid());
    place.region("web-api-0000000000000001.ipcshm", dead_pid());
    let left = |place: &Place| -> Vec<String> {
        place.take().into_iter().filter(RunFile::is_left_behind).map(|file| file.service).collect()
    };
    assert_eq!(left(&place), ["web-api"]);
    drop(listener);
    assert_eq!(left(&place), ["web", "web-api"]);
}

#[test]
fn cleaning_takes_what_is_left_behind_and_nothing_else() {
    let place = Place::new();
    let left = [place.dead_socket("web"), place.region(REGION, dead_pid()), place.dead_socket("web-api")];
    let target = place.path("target");
    fs::write(&target, "precious").unwrap();
    let _listener = place.serve("served");
    let kept = [
        place.path("served.sock"),
        place.region("served-0000000000000001.ipcshm", dead_pid()),
        place.region("web-0000000000000002.ipcshm", 1),
        place.path("letter.sock"),
        place.path("link.sock"),
        place.path("directory.sock"),
        place.path("web-0000000000000003.ipcshm"),
        place.path("web-0000000000000004.ipcshm"),
        target.clone(),
    ];
    fs::write(place.path("letter.sock"), "").unwrap();
    symlink(&target, place.path("link.sock")).unwrap();
    fs::create_dir(place.path("directory.sock")).unwrap();
    fs::write(place.path("web-0000000000000003.ipcshm"), b"garbage").unwrap();
    symlink(&target, place.path("web-0000000000000004.ipcshm")).unwrap();

    let cleaned = place.clean();
    let removed: Vec<_> = cleaned
        .iter()
        .filter(|cleaned| matches!(cleaned.outcome, Outcome::Removed))
        .map(|cleaned| &cleaned.file.path)
        .collect();
    assert_eq!(removed, [&left[0], &left[1], &left[2]]);
    assert!(cleaned.iter().all(|cleaned| !matches!(cleaned.outcome, Outcome::Failed(_) | Outcome::Gone)));
    assert!(left.iter().all(|path| path.symlink_metadata().is_err()));
    assert!(kept.iter().all(|path| path.symlink_metadata().is_ok()));
    assert_eq!(fs::read(target).unwrap(), b"precious");
}

#[test]
fn cleaning_takes_the_files_of_one_service_if_asked_to() {
    let place = Place::new();
    let (web, web_api) = (place.dead_socket("web"), place.dead_socket("web-api"));
    Inventory::clean(place.0.path(), Some("web")).unwrap();
    assert!(!web.exists() && web_api.exists());
}

#[test]
fn a_file_that_has_taken_the_place_of_the_judged_one_is_kept() {
    let place = Place::new();
    let path = place.dead_socket("web");
    let judged = place.only();
    // The old one lives on elsewhere, so that the new one has another inode.
    fs::rename(&path, place.path("old")).unwrap();
    let _listener = place.serve("web");
    assert!(matches!(judged.clean(), Outcome::Gone));
    assert!(path.exists());
}

#[test]
fn a_file_that_has_gone_meanwhile_is_gone() {
    let place = Place::new();
    let path = place.dead_socket("web");
    let judged = place.only();
    fs::remove_file(path).unwrap();
    assert!(matches!(judged.clean(), Outcome::Gone));
}

#[test]
fn cleaning_waits_for_whoever_holds_the_lock_and_gives_up() {
    let place = Place::new();
    let path = place.dead_socket("web");
    let lock = fs::File::create(place.path(".netipc.lock")).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let error = Inventory::clean(place.0.path(), None).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert!(path.exists());
}

#[test]
fn a_lock_that_was_left_behind_is_no_file_of_a_service_and_is_removed() {
    let place = Place::new();
    let path = place.path(".netipc.lock");
    fs::write(&path, "").unwrap();
    assert!(place.take().is_empty());
    assert!(place.clean().is_empty());
    assert!(!path.exists());
}

#[test]
fn a_lock_that_cannot_be_taken_is_named() {
    let place = Place::new();
    place.dead_socket("web");
    fs::create_dir(place.path(".netipc.lock")).unwrap();
    let error = Inventory::clean(place.0.path(), None).unwrap_err();
    assert!(error.to_string().contains(".netipc.lock"), "{error}");
}

#[test]
fn a_server_that_starts_while_somebody_cleans_has_its_socket() {
    for _ in 0..100 {
        let place = Place::new();
        place.dead_socket("web");
        let ready = Barrier::new(2);
        let listener = thread::scope(|scope| {
            let server = scope.spawn(|| {
                ready.wait();
                place.serve("web")
            });
            ready.wait();
            place.clean();
            server.join().unwrap()
        });
        assert!(matches!(place.only().state, FileState::InUse));
        drop(listener);
    }
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let place = Place::new();
    for error in [
        Inventory::take(&place.path("gone"), None).unwrap_err(),
        Inventory::clean(&place.path("gone"), None).unwrap_err(),
    ] {
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}

#[test]
fn a_socket_that_no_address_can_name_is_in_doubt() {
    let place = Place::new();
    let service = "s".repeat(120);
    fs::write(place.path(&format!("{service}.sock")), "").unwrap();
    let file = place.only();
    assert!(matches!(file.state, FileState::Unknown(Doubt::Name(_))), "{file:?}");
    assert!(matches!(place.clean()[..], [Cleaned { outcome: Outcome::Kept, .. }]));
}

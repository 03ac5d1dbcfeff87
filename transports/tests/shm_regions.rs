//! The files of shared-memory sessions: made, attached to, removed. `docs/contract/posix.md`, "Shared memory".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, hello_packet};
use netipc_tests::support::region;
use netipc_tests::support::{Pair, Place, accept, pair_with, soon, watched};
use netipc_transport::envelope::{Hello, HelloAck};
use netipc_transport::{
    Abort, AttachError, ConnectError, ConnectOptions, CreateError, Deadline, Incompatibility, ListenOptions,
    Profiles, ReceiveError, RegionHeader, Status,
};

const SHM: Profiles = Profiles::SHM_HYBRID;

fn connect_options(supported_profiles: Profiles) -> ConnectOptions {
    ConnectOptions { supported_profiles, ..ConnectOptions::default() }
}

fn listen_options(supported_profiles: Profiles) -> ListenOptions {
    ListenOptions { supported_profiles, ..ListenOptions::default() }
}

fn pair() -> Pair {
    pair_with(&connect_options(SHM), &listen_options(SHM))
}

fn name(session_id: u64) -> String {
    format!("web-{session_id:016x}.ipcshm")
}

fn regions(place: &Place) -> Vec<String> {
    place.names().into_iter().filter(|name| name.ends_with(".ipcshm")).collect()
}

/// The header of a region that a live process has.
fn header() -> RegionHeader {
    RegionHeader {
        owner_pid: 1,
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
}

/// Puts a region there, with nothing in its areas.
fn put(path: &Path, header: RegionHeader) {
    let mut bytes = header.encode().to_vec();
    bytes.resize(5_248, 0);
    fs::write(path, bytes).unwrap();
}

fn hello_for(supported_profiles: Profiles) -> Vec<u8> {
    hello_packet(&Hello { supported_profiles, ..hello() })
}

#[test]
fn a_region_is_private_as_large_as_agreed_and_there_before_the_ack() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&listen_options(SHM));
        let client = Raw::connect(&place.endpoint);
        client.send(&hello_for(SHM));
        let session = accept(&mut listener);
        client.receive_ack();
        let path = region::path(&place.endpoint, session.session_id());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        let header = RegionHeader::decode(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(header.owner_pid, i32::try_from(std::process::id()).unwrap());
        assert_ne!(header.owner_generation, 0);
        assert_eq!((header.request_offset, header.request_capacity), (64, 4_096 + 64));
        assert_eq!(header.response_capacity, 65_536 + 64);
        assert_eq!(header.check(fs::metadata(&path).unwrap().len()), Ok(()));
    });
}

#[test]
fn a_client_that_is_refused_or_vanishes_leaves_no_region() {
    watched(|| {
        let place = Place::new();
        let mut listener =
            place.listen_with(&ListenOptions { auth_token: 7, max_sessions: 1, ..listen_options(SHM) });
        let refused = Raw::connect(&place.endpoint);
        refused.send(&hello_for(SHM));
        let vanishing = Raw::connect(&place.endpoint);
        vanishing.send(&hello_packet(&Hello { auth_token: 7, supported_profiles: SHM, ..hello() }));
        drop(vanishing);
        let last = Raw::connect(&place.endpoint);
        last.send(&hello_packet(&Hello { auth_token: 7, supported_profiles: SHM, ..hello() }));
        // All three have been looked at when the last one has its session.
        let session = accept(&mut listener);
        assert_eq!(session.session_id(), 3);
        assert_eq!(refused.receive_ack().0, Status::AuthFailed);
        let full = Raw::connect(&place.endpoint);
        full.send(&hello_packet(&Hello { auth_token: 7, supported_profiles: SHM, ..hello() }));
        let more = listener.accept(Deadline::after(std::time::Duration::ZERO), &Abort::new());
        assert!(more.is_err());
        assert_eq!(full.receive_ack().0, Status::LimitExceeded);
        let mut files = place.names();
        files.sort();
        assert_eq!(files, [name(3), "web.sock".to_owned()]);
    });
}

#[test]
fn the_file_goes_with_the_servers_session_whichever_side_ends_it() {
    watched(|| {
        let Pair { client, server, place, .. } = pair();
        assert!(place.names().contains(&name(1)));
        drop(server);
        assert_eq!(regions(&place), Vec::<String>::new());
        drop(client);

        let Pair { client, mut server, place, .. } = pair();
        drop(client);
        assert!(server.receive(soon()).is_err());
        // The session has ended, although somebody still has it.
        assert_eq!(regions(&place), Vec::<String>::new());
        assert!(server.is_ended());
    });
}

#[test]
fn the_file_goes_when_the_session_is_shut_down_from_outside_whatever_its_owner_does() {
    watched(|| {
        let Pair { client, mut server, place, .. } = pair();
        server.handle().shutdown_read();
        assert_eq!(regions(&place), [name(1)]);
        server.handle().shutdown();
        assert_eq!(regions(&place), Vec::<String>::new());
        // Its memory stays for whoever is still in it.
        assert!(matches!(server.receive(Deadline::NEVER), Err(ReceiveError::Aborted)));
        drop((client, server));
    });
}

#[test]
fn a_region_of_another_that_took_the_name_is_not_removed() {
    watched(|| {
        let Pair { server, place, .. } = pair();
        let path = region::path(&place.endpoint, 1);
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"another's").unwrap();
        drop(server);
        assert_eq!(fs::read(&path).unwrap(), b"another's");
    });
}

#[test]
fn a_listener_that_starts_removes_what_dead_servers_of_its_service_left() {
    watched(|| {
        let place = Place::new();
        let put = |name: &str, header| put(&place.dir.path().join(name), header);
        put(&name(1), RegionHeader { owner_pid: 0, ..header() });
        put(&name(2), RegionHeader { owner_generation: 0, ..header() });
        put(&name(3), header());
        put("web-api-0000000000000001.ipcshm", RegionHeader { owner_pid: 0, ..header() });
        let _listener = place.listen();
        let mut files = place.names();
        files.sort();
        assert_eq!(files, [&name(3), "web-api-0000000000000001.ipcshm", "web.sock"]);
    });
}

#[test]
fn a_name_that_is_in_use_leaves_the_baseline_and_is_reported() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&listen_options(Profiles::CARRIED));
        put(&region::path(&place.endpoint, 1), header());
        let census = listener.census();
        thread::scope(|scope| {
            let client = scope.spawn(|| place.connect_with(&connect_options(Profiles::CARRIED)).unwrap());
            let server = accept(&mut listener);
            let client = client.join().unwrap();
            assert_eq!(client.agreed().profile, Profiles::BASELINE);
            assert_eq!(server.agreed().profile, Profiles::BASELINE);
        });
        assert_eq!(census.region_failures(), 1);
        assert!(matches!(*census.last_region_failure().unwrap(), CreateError::InUse { .. }));
        assert!(place.names().contains(&name(1)));
    });
}

#[test]
fn without_another_profile_a_region_that_cannot_be_made_is_unsupported() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&listen_options(SHM));
        fs::create_dir_all(region::path(&place.endpoint, 1).join("precious")).unwrap();
        thread::scope(|scope| {
            let client = scope.spawn(|| place.connect_with(&connect_options(SHM)));
            let second = scope.spawn(|| {
                while listener.census().refused() == 0 {
                    let soon = Deadline::after(std::time::Duration::from_millis(1));
                    let _ = listener.accept(soon, &Abort::new());
                }
            });
            let found = client.join().unwrap();
            assert!(
                matches!(
                    found,
                    Err(ConnectError::Incompatible { reason: Incompatibility::NoCommonProfile, .. })
                ),
                "{found:?}"
            );
            second.join().unwrap();
        });
    });
}

/// What a client makes of a server that says that there is a region.
fn attach(prepare: impl FnOnce(&Path, Raw) -> Option<Raw> + Send) -> ConnectError {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    thread::scope(|scope| {
        let path = region::path(&place.endpoint, 1);
        let server = scope.spawn(move || {
            let server = listener.accept();
            server.receive();
            let selected = HelloAck { selected_profile: SHM, ..ack() };
            let packet = ack_packet(Status::Ok, &selected);
            server.send(&packet);
            prepare(&path, server)
        });
        let found = place.connect_with(&connect_options(Profiles::CARRIED));
        drop(server.join().unwrap());
        found.unwrap_err()
    })
}

#[test]
fn a_client_that_cannot_attach_says_why() {
    watched(|| {
        let error = attach(|_, server| Some(server));
        assert!(
            matches!(&error, ConnectError::Attach { source: AttachError::Missing { .. }, .. }),
            "{error:?}"
        );
        assert!(error.source().unwrap().to_string().contains(&name(1)), "{error}");
    });
}

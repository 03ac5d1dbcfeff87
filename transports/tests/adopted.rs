//! Sockets that a service manager has made and hands over. `docs/contract/posix.md`, "Names" and "Left-behind regions".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use netipc_tests::support::raw::{RawListener, bound, socket};
use netipc_tests::support::{Place, Reverser, accept, soon, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Endpoint, ListenError, ListenOptions, Listener, Misfit, Profiles,
    Progress,
};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use rustix::net::{SocketAddrUnix, SocketType, bind, listen};

fn adopt(socket: impl Into<OwnedFd>, place: &Place) -> Result<Listener, ListenError> {
    Listener::adopt(socket.into(), &place.endpoint, &ListenOptions::default())
}

fn misfit(socket: impl Into<OwnedFd>, place: &Place) -> Misfit {
    match adopt(socket, place).unwrap_err() {
        ListenError::Misfit { endpoint, misfit } => {
            assert_eq!(endpoint, place.endpoint);
            misfit
        }
        error => panic!("{error:?}"),
    }
}

/// Another descriptor of the same socket.
fn copy(socket: &OwnedFd) -> OwnedFd {
    fcntl_dupfd_cloexec(socket, 0).unwrap()
}

fn assert_serves(place: &Place) {
    let mut client = place.connect_with(&ConnectOptions::default()).unwrap();
    client.send(3, 1, b"abc", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
}

#[test]
fn a_socket_that_listens_at_the_endpoint_is_served() {
    watched(|| {
        let place = Place::new();
        let _server = Reverser::start(adopt(RawListener::at(&place.endpoint).fd, &place).unwrap());
        assert_serves(&place);
    });
}

#[test]
fn a_client_that_came_before_the_server_is_served() {
    watched(|| {
        let place = Place::new();
        let manager = RawListener::at(&place.endpoint);
        let early = ClientSession::begin(&place.endpoint, &ConnectOptions::default(), &Abort::new()).unwrap();
        let Progress::Readable(early) = early.advance().unwrap() else {
            panic!("nobody has answered yet");
        };
        let mut listener = adopt(manager.fd, &place).unwrap();
        let session = accept(&mut listener);
        assert_eq!(session.session_id(), 1);
        assert!(matches!(early.advance().unwrap(), Progress::Connected(_)));
    });
}

#[test]
fn the_socket_stays_when_its_server_goes_and_the_next_one_serves_it() {
    watched(|| {
        let place = Place::new();
        let manager = RawListener::at(&place.endpoint);
        for _ in 0..2 {
            let server = Reverser::start(adopt(copy(&manager.fd), &place).unwrap());
            assert_serves(&place);
            drop(server);
            assert!(place.socket_exists());
        }
    });
}

#[test]
fn the_descriptor_is_closed_by_exec_and_does_not_block() {
    watched(|| {
        let place = Place::new();
        let manager = RawListener::at(&place.endpoint);
        let handed_over = copy(&manager.fd);
        fcntl_setfd(&handed_over, FdFlags::empty()).unwrap();
        let number = handed_over.as_raw_fd();
        let _listener = adopt(handed_over, &place).unwrap();
        let flags = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap();
        let flags = flags.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        let flags = u32::from_str_radix(flags, 8).unwrap();
        assert_ne!(flags & OFlags::CLOEXEC.bits(), 0, "{flags:o}");
        assert!(fcntl_getfl(&manager.fd).unwrap().contains(OFlags::NONBLOCK));
    });
}

#[test]
fn regions_left_behind_are_removed_and_those_of_other_services_are_not() {
    watched(|| {
        let place = Place::new();
        let manager = RawListener::at(&place.endpoint);
        let left = place.dir.path().join("web-0000000000000001.ipcshm");
        let others = place.dir.path().join("web-api-0000000000000001.ipcshm");
        for path in [&left, &others] {
            fs::write(path, "garbage").unwrap();
        }
        let _listener = adopt(manager.fd, &place).unwrap();
        assert!(!left.exists() && others.exists());
    });
}

#[test]
fn its_sessions_have_shared_memory_where_both_sides_want_it() {
    watched(|| {
        let place = Place::new();
        let both = Profiles::BASELINE | Profiles::SHM_HYBRID;
        let options = ListenOptions { supported_profiles: both, ..ListenOptions::default() };
        let listener = Listener::adopt(RawListener::at(&place.endpoint).fd, &place.endpoint, &options);
        let _server = Reverser::start(listener.unwrap());
        let client = place.connect_with(&ConnectOptions { supported_profiles: both, ..Default::default() });
        assert_eq!(client.unwrap().agreed().profile, Profiles::SHM_HYBRID);
    });
}

#[test]
fn a_socket_of_another_family_is_refused() {
    let place = Place::new();
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(misfit(tcp, &place), Misfit::Family);
}

#[test]
fn a_socket_of_another_type_is_refused() {
    for kind in [SocketType::STREAM, SocketType::DGRAM] {
        let place = Place::new();
        let other = RawListener::bind(place.endpoint.socket_path(), kind, 16);
        assert_eq!(misfit(other.fd, &place), Misfit::Type);
    }
}

#[test]
fn a_socket_that_does_not_listen_is_refused() {
    let place = Place::new();
    assert_eq!(
        misfit(bound(place.endpoint.socket_path(), SocketType::SEQPACKET), &place),
        Misfit::NotListening
    );
}

#[test]
fn a_socket_at_another_path_is_refused_and_the_path_is_named() {
    let place = Place::new();
    let path = place.dir.path().join("other.sock");
    let other = RawListener::bind(&path, SocketType::SEQPACKET, 16);
    let found = misfit(other.fd, &place);
    assert_eq!(found, Misfit::Elsewhere { path: path.clone() });
    assert!(found.to_string().contains(path.to_str().unwrap()), "{found}");
}

#[test]
fn a_path_may_be_written_with_more_slashes() {
    let place = Place::new();
    let manager = RawListener::at(&place.endpoint);
    let run_dir = format!("{}//", place.dir.path().display());
    let endpoint = Endpoint::new(Path::new(&run_dir), "web").unwrap();
    assert!(Listener::adopt(manager.fd, &endpoint, &ListenOptions::default()).is_ok());
}

#[test]
fn a_socket_at_an_abstract_address_or_none_is_refused() {
    let place = Place::new();
    let name = format!("netipc-adopted-{}", std::process::id());
    let named = socket(SocketType::SEQPACKET);
    bind(&named, &SocketAddrUnix::new_abstract_name(name.as_bytes()).unwrap()).unwrap();
    listen(&named, 16).unwrap();
    assert_eq!(misfit(named, &place), Misfit::Nowhere);
}

#[test]
fn what_is_no_socket_is_an_error_of_the_system() {
    let place = Place::new();
    let error = adopt(File::open("/dev/null").unwrap(), &place).unwrap_err();
    assert!(matches!(error, ListenError::Io { .. }), "{error:?}");
    let (connection, _other_end) = UnixStream::pair().unwrap();
    assert_eq!(misfit(connection, &place), Misfit::Type);
}

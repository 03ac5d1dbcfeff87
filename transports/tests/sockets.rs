//! What sockets of the library are to a process. `docs/contract/posix.md`, "The baseline".
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod apart;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use apart::apart;
use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, hello, hello_packet, packet};
use netipc_tests::support::{Pair, Place, RawPair, accept, pair, raw_pair, soon, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, ListenError, ListenOptions, Listener, MessageHeader,
    SendError, Status,
};
use nix::sys::pthread::{Pthread, pthread_kill};
use nix::sys::signal::Signal;
use rustix::fs::Mode;
use rustix::process::umask;

/// The descriptors of this process that are not closed by exec, and what they are.
fn inherited() -> BTreeMap<String, String> {
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().map(|entry| name(entry.unwrap()));
    let is_inherited = |descriptor: &String| {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap_or("0").trim();
        !info.is_empty() && i64::from_str_radix(flags, 8).unwrap() & 0o2_000_000 == 0
    };
    let what = |descriptor: String| {
        let target = fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap_or_default();
        (descriptor, target.to_string_lossy().into_owned())
    };
    descriptors.filter(is_inherited).map(what).collect()
}

#[test]
fn every_descriptor_is_closed_by_exec() {
    watched(|| {
        let before = inherited();
        let Pair { mut client, mut server, mut listener, place } = pair();
        let _pending = Raw::connect(&place.endpoint);
        let nobody = listener.accept(Deadline::after(Duration::ZERO), &Abort::new());
        assert!(nobody.is_err());
        client.send(3, 1, &[], soon()).unwrap();
        server.receive(soon()).unwrap();
        assert_eq!(inherited(), before);
    });
}

#[test]
fn a_peer_that_has_gone_raises_no_signal() {
    watched(|| {
        let raised = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGPIPE, Arc::clone(&raised)).unwrap();
        let Pair { mut client, mut server, place, mut listener } = pair();
        client.send(3, 1, &[], soon()).unwrap();
        let header = server.receive(soon()).unwrap().header;
        drop(client);
        assert!(matches!(server.respond(header, &[], soon()), Err(SendError::Disconnected)));
        // Nor does a client that has gone before its ack.
        let early = Raw::connect(&place.endpoint);
        early.send(&hello_packet(&hello()));
        drop(early);
        let late = Raw::connect(&place.endpoint);
        late.send(&hello_packet(&hello()));
        drop(accept(&mut listener));
        assert!(late.try_send(&packet(&MessageHeader::request(3, 1, 0), &[])).is_err());
        assert!(!raised.load(Ordering::Relaxed));
    });
}

#[test]
fn the_umask_is_left_alone() {
    watched(|| {
        let umask = || {
            let status = fs::read_to_string("/proc/self/status").unwrap();
            status.lines().find(|line| line.starts_with("Umask:")).unwrap().to_owned()
        };
        let before = umask();
        let place = Place::new();
        let listener = place.listen();
        let found = Listener::bind(&place.endpoint, &ListenOptions::default());
        assert!(matches!(found, Err(ListenError::AddressInUse { .. })));
        drop(listener);
        assert_eq!(umask(), before);
    });
}

#[test]
fn a_socket_is_its_owners_whatever_the_umask_takes_away() {
    let status = apart("a_socket_is_its_owners_whatever_the_umask_takes_away", || {
        for mask in [0o277, 0o777, 0] {
            let place = Place::new();
            umask(Mode::from_raw_mode(mask));
            let _listener = place.listen();
            umask(Mode::from_raw_mode(0o077));
            let mode = fs::metadata(place.endpoint.socket_path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "{mask:o}");
        }
    });
    assert!(status.success(), "{status}");
}

/// Runs `wait` in a thread that gets a signal again and again, until `end` has ended the wait.
fn interrupted<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static, end: impl FnOnce()) -> T {
    let waiter = thread::spawn(wait);
    for _ in 0..20 {
        pthread_kill(waiter.as_pthread_t() as Pthread, Signal::SIGUSR1).unwrap();
        thread::sleep(Duration::from_millis(2));
    }
    assert!(!waiter.is_finished());
    end();
    waiter.join().unwrap()
}

#[test]
fn a_signal_ends_no_wait() {
    watched(|| {
        // Whether the kernel begins a call again by itself depends on the call; where it does not, it is EINTR.
        let handled = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&handled)).unwrap();

        let place = Place::new();
        let silent = RawListener::at(&place.endpoint);
        let endpoint = place.endpoint.clone();
        let connect =
            move || ClientSession::connect(&endpoint, &ConnectOptions::default(), soon(), &Abort::new());
        let session = interrupted(connect, || {
            let client = silent.accept();
            client.receive();
            client.send(&ack_packet(Status::Ok, &ack()));
            std::mem::forget(client);
        });
        session.unwrap();

        let Pair { mut client, mut server, mut listener, place } = pair();
        let late = Raw::connect(&place.endpoint);
        interrupted(
            move || listener.accept(soon(), &Abort::new()).unwrap(),
            || late.send(&hello_packet(&hello())),
        );
        let (header, mut server) = interrupted(
            move || (server.receive(soon()).unwrap().header, server),
            || client.send(3, 1, &[], soon()).unwrap(),
        );
        let answer = interrupted(
            move || client.receive(soon()).unwrap().payload.to_vec(),
            || server.respond(header, b"answer", soon()).unwrap(),
        );
        assert_eq!(answer, b"answer");
        assert!(handled.load(Ordering::Relaxed));
    });
}

#[test]
fn descriptors_that_a_peer_passes_along_are_not_taken() {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    watched(|| {
        let RawPair { client, mut server, .. } = raw_pair(&hello());
        let gift = tempfile::NamedTempFile::new().unwrap();
        let path = gift.path().canonicalize().unwrap();
        let descriptors = [std::os::fd::AsFd::as_fd(&gift)];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)));
        let bytes = packet(&MessageHeader::request(3, 9, 4), b"gift");
        sendmsg(&client.fd, &[std::io::IoSlice::new(&bytes)], &mut control, SendFlags::empty()).unwrap();
        assert_eq!(open_descriptors_of(&path), 1);
        assert_eq!(server.receive(soon()).unwrap().payload, b"gift");
        assert_eq!(open_descriptors_of(&path), 1);
    });
}

fn open_descriptors_of(path: &std::path::Path) -> usize {
    let entries = fs::read_dir("/proc/self/fd").unwrap();
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target == path).count()
}

//! Under a service manager: sockets that it has made, and what it is told. The tests play systemd.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, connect, listen, socket_with, sockopt,
};
use rustix::process::Signal;

use crate::running::{Host, Provider, WATCHDOG, finish, run};

fn seqpacket() -> OwnedFd {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).expect("a socket")
}

/// A socket that listens there.
fn listening(path: &Path) -> OwnedFd {
    let socket = seqpacket();
    bind(&socket, &SocketAddrUnix::new(path).expect("a short path")).expect("the path is free");
    listen(&socket, 16).expect("it listens");
    socket
}

/// A copy to be given away.
fn copy(socket: &OwnedFd) -> OwnedFd {
    socket.try_clone().expect("a descriptor")
}

/// `netipc serve` with its arguments, started by a shell that does this first. It knows the command as `"$@"`.
fn started_by(host: &Host, script: &str, arguments: &str) -> Command {
    let netipc = host.netipc(&format!("serve {arguments}"));
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(netipc.get_program()).args(netipc.get_args()).stdin(Stdio::null());
    for (name, value) in netipc.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// The socket comes as the standard input, and goes on as descriptor 3.
const ONE_SOCKET: &str = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";

fn with_socket(host: &Host, socket: OwnedFd, arguments: &str) -> Command {
    let mut command = started_by(host, ONE_SOCKET, arguments);
    command.stdin(socket);
    command
}

fn path(host: &Host) -> PathBuf {
    host.path().join("increment.sock")
}

#[test]
fn a_socket_that_was_handed_over_is_served_and_left_where_it_is() {
    let host = Host::new();
    let socket = listening(&path(&host));
    for _ in 0..2 {
        let provider = Provider::start(&mut with_socket(&host, copy(&socket), "increment"));
        assert_eq!(provider.socket, path(&host));
        assert_eq!(host.run("call increment 41").succeeded().stdout, "42\n");
        assert!(provider.stop(Signal::TERM).success());
        assert_eq!(host.files(), ["increment.sock"]);
    }
}

#[test]
fn a_caller_that_comes_before_the_provider_is_answered() {
    let host = Host::new();
    let socket = listening(&path(&host));
    let mut caller = host.netipc("call increment 41 --timeout 60");
    let caller = caller.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // It is here, and waits.
    let timeout = Timespec::try_from(WATCHDOG).expect("it fits");
    let come = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(&timeout));
    assert_eq!(come.expect("it can be waited for"), 1);
    let _provider = Provider::start(&mut with_socket(&host, socket, "increment"));
    assert_eq!(finish(caller).succeeded().stdout, "42\n");
}

#[test]
fn callers_are_told_that_the_provider_is_their_peer_and_not_the_manager() {
    let host = Host::new();
    let provider = Provider::start(&mut with_socket(&host, listening(&path(&host)), "increment"));
    let client = seqpacket();
    connect(&client, &SocketAddrUnix::new(path(&host)).expect("a short path")).expect("somebody listens");
    assert_eq!(sockopt::socket_peercred(&client).expect("it is connected").pid, provider.pid());
}

#[test]
fn of_several_sockets_the_one_that_is_named_like_the_service_is_served() {
    let host = Host::new();
    let (other, socket) = (listening(&host.path().join("other.sock")), listening(&path(&host)));
    let script = "exec 3<&0 4<&2 0</dev/null 2>/dev/null
        LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=other:increment exec \"$@\"";
    let mut command = started_by(&host, script, "increment");
    let _provider = Provider::start(command.stdin(other).stderr(socket));
    assert_eq!(host.run("call increment 41").succeeded().stdout, "42\n");
}

#[test]
fn sockets_of_another_process_are_left_alone() {
    let host = Host::new();
    let elsewhere = listening(&host.path().join("elsewhere.sock"));
    let script = "exec 3<&0 0</dev/null; LISTEN_PID=1 LISTEN_FDS=1 exec \"$@\"";
    let mut command = started_by(&host, script, "increment");
    let provider = Provider::start(command.stdin(elsewhere));
    assert_eq!(host.run("call increment 41").succeeded().stdout, "42\n");
    assert!(provider.stop(Signal::TERM).success());
    assert_eq!(host.files(), ["elsewhere.sock"]);
}

#[test]
fn a_socket_at_another_path_is_refused_and_both_paths_are_named() {
    let host = Host::new();
    let elsewhere = host.path().join("elsewhere.sock");
    let complaint = run(&mut with_socket(&host, listening(&elsewhere), "increment")).failed(1);
    for path in [elsewhere, path(&host)] {
        assert!(complaint.contains(path.to_str().expect("it is text")), "{complaint}");
    }
}

#[test]
fn a_socket_of_streams_is_refused_with_what_to_write_instead() {
    let host = Host::new();
    let stream = std::os::unix::net::UnixListener::bind(path(&host)).expect("the path is free");
    let complaint = run(&mut with_socket(&host, stream.into(), "increment")).failed(1);
    assert!(complaint.contains("ListenSequentialPacket="), "{complaint}");
}

#[test]
fn variables_that_make_no_sense_are_a_failure() {
    let host = Host::new();
    let script = "LISTEN_PID=$$ LISTEN_FDS=many exec \"$@\"";
    let complaint = run(&mut started_by(&host, script, "increment")).failed(1);
    assert!(complaint.contains("service manager"), "{complaint}");
}

/// Whoever is told where `NOTIFY_SOCKET` is this is told of the start and of the end.
fn is_told(manager: &UnixDatagram, notify_socket: &str) {
    let host = Host::new();
    manager.set_read_timeout(Some(WATCHDOG)).expect("a time-out");
    let next = || {
        let mut message = [0; 64];
        let len = manager.recv(&mut message).expect("a message");
        String::from_utf8(message[..len].to_vec()).expect("it is text")
    };
    let mut command = host.netipc("serve increment");
    let provider = Provider::start(command.env("NOTIFY_SOCKET", notify_socket));
    assert_eq!(next(), "READY=1");
    assert!(path(&host).exists());
    assert!(provider.stop(Signal::TERM).success());
    assert_eq!(next(), "STOPPING=1");
}

#[test]
fn the_manager_is_told_of_readiness_and_of_the_end() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("notify");
    is_told(&UnixDatagram::bind(&path).expect("the path is free"), path.to_str().expect("it is text"));
}

#[test]
fn the_manager_is_told_at_an_abstract_address() {
    let name = format!("netipc-notify-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("a short name");
    is_told(&UnixDatagram::bind_addr(&address).expect("the name is free"), &format!("@{name}"));
}

#[test]
fn a_manager_that_does_not_listen_is_complained_about_and_no_more() {
    let host = Host::new();
    let log = host.path().join("log");
    let mut command = host.netipc("serve increment");
    command.env("NOTIFY_SOCKET", host.path().join("nobody"));
    command.stderr(fs::File::create(&log).expect("a file"));
    let provider = Provider::start(&mut command);
    assert_eq!(host.run("call increment 41").succeeded().stdout, "42\n");
    assert!(provider.stop(Signal::TERM).success());
    let log = fs::read_to_string(log).expect("it is there");
    assert!(log.contains("cannot tell the service manager READY=1"), "{log}");
}

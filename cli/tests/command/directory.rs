//! `netipc list`, `clean` and `doctor`: what they say of run directories in all conditions, and what they do to them.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, bind, listen, socket_with};
use rustix::process::{Signal, geteuid, kill_process};
use serde_json::Value;

use crate::running::{Host, finish, netipc, pid, run};
use crate::shown::assert_said;
use crate::terminal::on_a_terminal;

/// A region of a process that is none, so that it has ended.
fn dead_region(host: &Host, name: &str) {
    let mut header = [0; 64];
    header[0..4].copy_from_slice(&0x4e53_484d_u32.to_ne_bytes());
    header[4..6].copy_from_slice(&3_u16.to_ne_bytes());
    header[6..8].copy_from_slice(&64_u16.to_ne_bytes());
    header[12..16].copy_from_slice(&7_u32.to_ne_bytes());
    fs::write(host.path().join(name), header).expect("a file");
}

/// Nobody listens on it, nor has: one that has listened may live on for a moment in a child that another test starts.
fn dead_socket(host: &Host, name: &str) {
    let (family, kind) = (AddressFamily::UNIX, SocketType::SEQPACKET);
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, None).expect("a socket");
    bind(&socket, &SocketAddrUnix::new(host.path().join(name)).expect("a short path"))
        .expect("the name is free");
}

/// A server that never says anything.
fn silent(host: &Host, service: &str) -> OwnedFd {
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
        .expect("a socket");
    let path = host.path().join(format!("{service}.sock"));
    bind(&socket, &SocketAddrUnix::new(&path).expect("an address")).expect("a free name");
    listen(&socket, 16).expect("it can listen");
    socket
}

/// What has been left behind, what is garbage, and what is nobody's.
fn remains(host: &Host) {
    dead_socket(host, "dead.sock");
    dead_region(host, "dead-0000000000000001.ipcshm");
    fs::write(host.path().join("letter.sock"), "a letter").expect("a file");
    symlink("letter.sock", host.path().join("link.sock")).expect("a link");
    fs::create_dir(host.path().join("room.sock")).expect("a directory");
    fs::write(host.path().join("zeros-0000000000000001.ipcshm"), [0; 64]).expect("a file");
    fs::write(host.path().join("notes.txt"), "mine").expect("a file");
}

#[test]
fn a_list_tells_every_condition_of_an_endpoint() {
    let host = Host::new();
    let _serving = host.serve("increment --packet-size 4096");
    let _closed = host.serve("string-reverse --auth-token 5");
    let _other = UnixListener::bind(host.path().join("stream.sock")).expect("a socket");
    let _silent = silent(&host, "silent");
    remains(&host);
    assert_said!("list", &host, "list --timeout 2s");
    assert_said!("list_json", &host, "list --timeout 2s --json");
    assert_said!("list_one_service", &host, "list --service increment");
    assert_said!("list_with_the_token", &host, "list --service string-reverse --auth-token 5 --json");
}

#[test]
fn an_empty_directory_has_no_endpoints() {
    assert_said!("list_empty", &Host::new(), "list");
    assert_said!("list_empty_json", &Host::new(), "list --json");
}

#[test]
fn a_list_of_nothing_that_was_asked_for_fails_in_one_sentence() {
    let host = Host::new();
    assert_said!("list_no_provider", &host, "list --service web");
    let gone = format!("--run-dir {}/gone", host.path().display());
    assert_said!("list_no_directory", &host, &format!("list {gone}"));
    assert_said!("clean_no_directory", &host, &format!("clean {gone}"));
    for command in ["list", "clean", "doctor"] {
        let message = host.run(&format!("{command} --service a/b")).failed(2);
        assert!(message.contains("service name"), "{message}");
    }
}

#[test]
fn a_provider_that_is_full_is_told() {
    let host = Host::new();
    let _provider = host.serve("increment --max-request-payload 100");
    let list = host.run("list --json").succeeded().json();
    assert_eq!(list["endpoints"][0]["state"], "full");
    let doctor = host.run("doctor");
    assert_eq!(doctor.code(), Some(1), "{doctor:?}");
    assert!(doctor.stdout.contains("takes no further client"), "{doctor:?}");
}

#[test]
fn a_list_leaves_nothing_with_the_provider() {
    let host = Host::new();
    let provider = host.serve("increment");
    host.run("list").succeeded();
    host.run("doctor").succeeded();
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n");
    provider.stop(Signal::TERM);
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn providers_that_do_not_answer_cost_their_time_once() {
    let host = Host::new();
    let _silent: Vec<_> = (0..20).map(|number| silent(&host, &format!("silent-{number}"))).collect();
    let start = Instant::now();
    let list = host.run("list --timeout 1s --json").succeeded().json();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let endpoints = list["endpoints"].as_array().expect("a list");
    assert_eq!(endpoints.len(), 20);
    assert!(endpoints.iter().all(|endpoint| endpoint["state"] == "silent"), "{list}");
}

#[test]
fn ctrl_c_ends_a_list_and_leaves_no_file() {
    let host = Host::new();
    let _silent = silent(&host, "silent");
    let mut child = host.netipc("list --timeout 60").stdout(Stdio::null()).spawn().expect("it starts");
    kill_process(pid(child.id()), Signal::INT).expect("it is there");
    assert!(!crate::running::wait(&mut child).success());
    assert_eq!(host.files(), ["silent.sock"]);
}

#[test]
fn a_dry_run_removes_nothing_and_a_clean_what_is_left_behind() {
    let host = Host::new();
    let _serving = host.serve("increment");
    remains(&host);
    let before = host.files();
    assert_said!("clean_dry_run", &host, "clean --dry-run");
    assert_said!("clean_dry_run_json", &host, "clean --dry-run --json");
    assert_eq!(host.files(), before);
    assert_said!("clean", &host, "clean");
    let removed = ["dead-0000000000000001.ipcshm", "dead.sock"];
    let kept: Vec<_> = before.into_iter().filter(|name| !removed.contains(&name.as_str())).collect();
    assert_eq!(host.files(), kept);
    assert_said!("clean_again", &host, "clean");
    assert_eq!(host.run("call increment 1").succeeded().stdout, "2\n");
}

#[test]
fn a_clean_of_one_service_leaves_the_others() {
    let host = Host::new();
    for name in ["web.sock", "web-api.sock"] {
        dead_socket(&host, name);
    }
    assert_said!("clean_one_service_json", &host, "clean --service web --json");
    assert_eq!(host.files(), ["web-api.sock"]);
}

#[test]
fn what_a_provider_leaves_that_was_killed_with_a_session_is_found_and_removed() {
    let host = Host::new();
    let provider = host.serve("increment");
    // A region of the provider's, of a session that the kill leaves no time to end.
    dead_region(&host, "increment-00000000000000ff.ipcshm");
    let states = || {
        let list = host.run("list --json").succeeded().json();
        (list["endpoints"][0]["state"].clone(), list["regions"][0]["state"].clone())
    };
    assert_eq!(states(), (Value::from("serving"), Value::from("unknown")));
    provider.stop(Signal::KILL);
    assert_eq!(states(), (Value::from("left_behind"), Value::from("left_behind")));
    // The next provider takes it over, so that it is no fault.
    host.run("doctor").succeeded();
    host.run("clean").succeeded();
    assert!(host.files().is_empty());
    host.run("doctor").succeeded();
}

#[test]
fn a_doctor_says_of_each_thing_what_is_wrong() {
    let host = Host::new();
    let mode = |mode| fs::set_permissions(host.path(), fs::Permissions::from_mode(mode)).expect("its mode");
    mode(0o700);
    assert_said!("doctor_empty", &host, "doctor");
    let _serving = host.serve("increment");
    assert_said!("doctor_fine", &host, "doctor");
    assert_said!("doctor_fine_json", &host, "doctor --json");
    let _closed = host.serve("string-reverse --auth-token 5");
    let _silent = silent(&host, "silent");
    remains(&host);
    mode(0o757);
    assert_said!("doctor_wrong", &host, "doctor --timeout 2s");
    assert_said!("doctor_wrong_json", &host, "doctor --timeout 2s --json");
    assert_said!("doctor_one_service", &host, "doctor --service string-reverse");
    mode(0o700);
    let with_the_token = host.run("doctor --service string-reverse --auth-token 5").succeeded();
    assert!(with_the_token.stdout.contains("answers, over"), "{with_the_token:?}");
}

#[test]
fn a_doctor_looks_at_directories_that_are_none() {
    let host = Host::new();
    let at = |name: &str| format!("doctor --run-dir {}/{name}", host.path().display());
    assert_said!("doctor_no_directory", &host, &at("gone"));
    assert_said!("doctor_no_directory_one_service", &host, &format!("{} --service web", at("gone")));
    fs::write(host.path().join("file"), "").expect("a file");
    assert_said!("doctor_file", &host, &at("file"));
}

#[test]
fn a_doctor_looks_at_a_path_that_is_too_long() {
    let host = Host::new();
    let long = host.path().join("d".repeat(100));
    fs::create_dir(&long).expect("a directory");
    fs::write(long.join("web.sock"), "").expect("a file");
    let output = host.run(&format!("doctor --run-dir {}", long.display()));
    assert_eq!(output.code(), Some(1), "{output:?}");
    assert!(output.stdout.contains("that of a socket may have 107 in all"), "{output:?}");
    assert!(output.stdout.contains("take a directory with a shorter path"), "{output:?}");
}

/// The default run directory of a session, where nothing but the test's own counts.
fn by_default(host: &Host, arguments: &str) -> Option<Command> {
    let mut command = netipc(arguments);
    command.env("XDG_RUNTIME_DIR", host.path());
    // On such a host the default is a directory that is not the test's.
    (!Path::new("/run/netdata").is_dir()).then_some(command)
}

#[test]
fn a_default_directory_that_does_not_exist_yet_is_no_fault() {
    let host = Host::new();
    let Some(mut doctor) = by_default(&host, "doctor") else { return };
    let output = run(&mut doctor).succeeded();
    assert!(output.stdout.contains("does not exist yet"), "{output:?}");
    let mut list = by_default(&host, "list").expect("as above");
    assert!(run(&mut list).failed(1).contains("there is no run directory"));
    assert!(host.files().is_empty());
}

#[test]
fn a_default_directory_that_is_not_private_is_not_trusted_with_the_token() {
    let (host, elsewhere) = (Host::new(), Host::new());
    let _provider = elsewhere.serve("increment");
    symlink(elsewhere.path(), host.path().join("netipc")).expect("a link");
    let Some(mut doctor) = by_default(&host, "doctor") else { return };
    let output = run(&mut doctor);
    assert_eq!(output.code(), Some(1), "{output:?}");
    assert!(output.stdout.contains("it is a symbolic link"), "{output:?}");
    assert!(output.stdout.contains("has not been asked"), "{output:?}");
    for command in ["list", "clean"] {
        let mut command = by_default(&host, command).expect("as above");
        assert!(run(&mut command).failed(1).contains("it is a symbolic link"));
    }
}

/// Runs a command in a mount namespace of its own, after `mount` in it; `None` where that is not allowed.
fn in_a_mount_namespace(host: &Host, mount: &str, arguments: &str) -> Option<crate::running::Output> {
    let script = format!("{mount} && exec \"$0\" {arguments}");
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", script]).arg(env!("CARGO_BIN_EXE_netipc"));
        command.env("NETIPC_RUN_DIR", host.path()).stdin(Stdio::null());
        command
    };
    let is_allowed = geteuid().is_root()
        && unshared(mount).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    is_allowed.then(|| run(&mut unshared(&script)))
}

#[test]
fn a_file_system_without_room_is_found() {
    let host = Host::new();
    let mount = r#"mount -t tmpfs -o size=16k,mode=755 none "$NETIPC_RUN_DIR""#;
    let Some(output) = in_a_mount_namespace(&host, mount, "doctor") else { return };
    assert_eq!(output.code(), Some(1), "{output:?}");
    assert!(output.stdout.contains("it is full"), "{output:?}");
}

#[test]
fn a_file_system_that_is_read_only_is_found_and_what_cannot_be_removed_is_said() {
    let host = Host::new();
    dead_socket(&host, "dead.sock");
    let mount =
        r#"mount --bind "$NETIPC_RUN_DIR" "$NETIPC_RUN_DIR" && mount -o remount,bind,ro "$NETIPC_RUN_DIR""#;
    let Some(doctor) = in_a_mount_namespace(&host, mount, "doctor") else { return };
    assert_eq!(doctor.code(), Some(1), "{doctor:?}");
    assert!(doctor.stdout.contains("it is read-only"), "{doctor:?}");
    let clean = in_a_mount_namespace(&host, mount, "clean").expect("as above");
    assert_eq!(clean.code(), Some(1), "{clean:?}");
    assert!(clean.stdout.contains("not removed") && clean.stdout.contains("Read-only"), "{clean:?}");
    assert!(clean.stderr.contains("1 file that is left behind could not be removed"), "{clean:?}");
    assert_eq!(host.files(), ["dead.sock"]);
}

#[test]
fn colours_are_for_terminals_alone_and_for_those_who_want_them() {
    let host = Host::new();
    let _provider = host.serve("increment");
    let escapes = |text: &str| text.contains('\x1b');
    let on = |arguments: &str, no_color: &str| {
        on_a_terminal(host.netipc(arguments).env("TERM", "xterm").env("NO_COLOR", no_color))
    };
    for command in ["list", "doctor"] {
        let coloured = on(command, "");
        assert!(escapes(&coloured) && coloured.contains("increment"), "{coloured:?}");
        assert!(!escapes(&on(command, "1")), "{command}");
        let piped = finish(
            host.netipc(command)
                .env("TERM", "xterm")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts"),
        );
        assert!(!escapes(&piped.stdout), "{piped:?}");
    }
}

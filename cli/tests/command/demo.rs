//! The demo works, and leaves nothing behind, however it ends.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Signal, kill_process};

use crate::running::{Host, Process, files, finish, netipc, next_line, pid, run, wait};

/// `netipc demo` with its temporary files in the host's directory.
fn demo(host: &Host, arguments: &str) -> Command {
    let mut command = netipc(&format!("demo {arguments}"));
    command.env("TMPDIR", host.path());
    command
}

/// A demo that will not end by itself, and its provider.
fn endless(host: &Host) -> (Child, Process) {
    let mut child = demo(host, "--calls 1000000 --profile baseline --timeout 60")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let (line, stdout) = next_line(child.stdout.take().expect("stdout is a pipe"));
    child.stdout = Some(stdout.into_inner());
    let id = line.split_whitespace().nth(2).and_then(|word| word.trim_end_matches(',').parse().ok());
    let id: u32 = id.unwrap_or_else(|| panic!("no provider: {line:?}"));
    (child, Process::open(id))
}

#[test]
fn it_shows_cgroups_and_times_and_leaves_nothing() {
    let host = Host::new();
    let output = run(&mut demo(&host, "--calls 50")).succeeded();
    assert_eq!(output.stderr, "");
    for part in ["provider  process ", "caller    process ", "HASH", "generation ", "50 calls", "median"] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn its_json_has_the_same() {
    let host = Host::new();
    let json = run(&mut demo(&host, "--calls 50 --json --show 1 --profile baseline")).succeeded().json();
    assert_eq!(json["profile"], "UDS_SEQPACKET");
    assert!(json["snapshot"]["items"].as_array().expect("a list").len() <= 1);
    let time = |name: &str| json[name].as_u64().expect("a number");
    assert!(0 < time("min_ns") && time("min_ns") <= time("median_ns") && time("median_ns") <= time("p99_ns"));
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn its_directory_is_nobody_else_s() {
    let host = Host::new();
    let (mut child, _provider) = endless(&host);
    let [name] = host.files().try_into().expect("one directory");
    let mode = std::fs::metadata(host.path().join(name)).expect("it is there").permissions().mode();
    child.kill().expect("it is running");
    wait(&mut child);
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn a_signal_ends_it_and_leaves_nothing() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let host = Host::new();
        let (child, provider) = endless(&host);
        kill_process(pid(child.id()), signal).expect("it is running");
        let output = finish(child);
        assert_eq!((output.code(), output.stderr.as_str()), (Some(status), ""), "{signal:?}");
        provider.wait();
        assert!(host.files().is_empty(), "{signal:?}: {:?}", host.files());
    }
}

#[test]
fn its_provider_ends_even_if_it_is_killed_itself() {
    let host = Host::new();
    let (child, provider) = endless(&host);
    kill_process(pid(child.id()), Signal::KILL).expect("it is running");
    finish(child);
    provider.wait();
}

#[test]
fn a_provider_that_dies_is_a_failure_that_leaves_nothing() {
    let host = Host::new();
    let (child, provider) = endless(&host);
    provider.kill();
    let output = finish(child);
    assert_eq!(output.code(), Some(1), "{output:?}");
    assert!(output.stderr.starts_with("netipc: "), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn a_provider_that_cannot_start_is_a_failure_that_leaves_nothing() {
    let host = Host::new();
    let nested = host.path().join("d".repeat(100));
    std::fs::create_dir(&nested).expect("a directory");
    let output = run(netipc("demo").env("TMPDIR", &nested));
    let message = output.failed(1);
    assert!(message.contains("socket path"), "{message}");
    assert!(files(&nested).is_empty());
}

#[test]
fn no_place_for_its_files_is_a_failure() {
    let host = Host::new();
    let message = run(netipc("demo").env("TMPDIR", host.path().join("gone"))).failed(1);
    assert!(message.contains("cannot make a directory"), "{message}");
}

//! The benchmark measures what it says, and leaves nothing behind, however it ends.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Signal, kill_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::bench_output::{assert_plausible, json_lines, number, until};
use crate::running::{Host, Process, WATCHDOG, files, finish, netipc, pid, run, wait};

/// `netipc bench` with its temporary files in the host's directory.
fn bench(host: &Host, arguments: &str) -> Command {
    let mut command = netipc(&format!("bench {arguments}"));
    command.env("TMPDIR", host.path());
    command
}

/// A benchmark that will not end by itself, once its peer serves, and that peer.
fn endless(host: &Host, scenario: &str) -> (Child, Process) {
    let child = bench(host, &format!("{scenario} --seconds 3600"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let peer = until(WATCHDOG, || child_of(child.id()));
    let peer = Process::open(peer);
    until(WATCHDOG, || {
        host.files().iter().any(|dir| !files(&host.path().join(dir)).is_empty()).then_some(())
    });
    (child, peer)
}

fn child_of(parent: u32) -> Option<u32> {
    let is_child = |process: &Path| {
        let status = fs::read_to_string(process.join("status")).ok()?;
        let of = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
        (of.trim().parse() == Ok(parent)).then_some(())
    };
    let processes = fs::read_dir("/proc").expect("it is mounted");
    processes
        .flatten()
        .map(|entry| entry.path())
        .find(|path| is_child(path).is_some())
        .and_then(|path| path.file_name()?.to_str()?.parse().ok())
}

#[test]
fn every_scenario_is_a_line_of_json() {
    let host = Host::new();
    let output = run(&mut bench(&host, "--seconds 0.2 --json")).succeeded();
    assert_eq!(output.stderr, "");
    let lines = json_lines(&output.stdout);
    let scenarios: Vec<_> = lines.iter().map(|line| line["scenario"].as_str().expect("a name")).collect();
    for scenario in [
        "uds-ping-pong",
        "uds-batch",
        "uds-pipeline-16",
        "uds-pipeline-batch-16",
        "snapshot-uds",
        "lookup-codec",
    ] {
        assert!(scenarios.contains(&scenario), "{scenario}: {scenarios:?}");
    }
    for line in &lines {
        assert_plausible(line);
    }
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn a_table_is_for_people() {
    let host = Host::new();
    let output = run(&mut bench(&host, "uds-ping-pong --placement one-cpu,free --seconds 0.1")).succeeded();
    for part in ["SCENARIO", "uds-ping-pong", "one-cpu", "free", "send, recv", "RATIO is FLOOR/S"] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("WAKE-UPS"), "{}", output.stdout);
}

#[test]
fn an_idle_session_wakes_nobody() {
    let host = Host::new();
    let output = run(&mut bench(&host, "idle-uds idle-shm --seconds 0.3 --json")).succeeded();
    for line in json_lines(&output.stdout) {
        assert!(number(&line, "seconds") >= 0.3, "{line}");
        assert_eq!((&line["wakeups_client"], &line["wakeups_server"]), (&0.into(), &0.into()), "{line}");
    }
    let output = run(&mut bench(&host, "idle-uds --seconds 0.1")).succeeded();
    assert!(output.stdout.contains("WAKE-UPS"), "{}", output.stdout);
    assert!(!output.stdout.contains("RATIO"), "{}", output.stdout);
}

#[test]
fn two_cpus_are_refused_where_there_is_one() {
    let all = sched_getaffinity(None).expect("it can be read");
    let first = (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).expect("there is one");
    let host = Host::new();
    let start = || {
        // The process inherits it from this thread.
        let mut one = CpuSet::new();
        one.set(first);
        sched_setaffinity(None, &one).expect("it is allowed");
        let output = run(&mut bench(&host, "uds-ping-pong --placement two-cpus --seconds 0.1"));
        sched_setaffinity(None, &all).expect("it was allowed");
        output
    };
    let message = start().failed(2);
    assert!(message.contains("needs two CPUs") && message.contains("one-cpu"), "{message}");
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn a_signal_ends_it_and_leaves_nothing() {
    for (signal, status) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let host = Host::new();
        let (child, peer) = endless(&host, "uds-ping-pong");
        kill_process(pid(child.id()), signal).expect("it is running");
        let output = finish(child);
        assert_eq!((output.code(), output.stderr.as_str()), (Some(status), ""), "{signal:?}");
        peer.wait();
        assert!(host.files().is_empty(), "{signal:?}: {:?}", host.files());
    }
}

#[test]
fn a_signal_ends_what_has_no_peer() {
    let host = Host::new();
    let child =
        bench(&host, "lookup-codec --seconds 3600").stderr(Stdio::piped()).spawn().expect("it starts");
    until(WATCHDOG, || (!host.files().is_empty()).then_some(()));
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    assert_eq!(finish(child).code(), Some(130));
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn an_idle_measurement_ends_with_a_signal_too() {
    let host = Host::new();
    let (child, peer) = endless(&host, "idle-uds");
    kill_process(pid(child.id()), Signal::INT).expect("it is running");
    assert_eq!(finish(child).code(), Some(130));
    peer.wait();
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn a_signal_that_is_not_for_it_alone_ends_both_in_order() {
    use std::os::unix::process::CommandExt;

    let host = Host::new();
    let mut command = bench(&host, "uds-ping-pong --seconds 3600");
    // As a shell does it, so that what the terminal sends reaches both processes.
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    until(WATCHDOG, || {
        host.files().iter().any(|dir| !files(&host.path().join(dir)).is_empty()).then_some(())
    });
    rustix::process::kill_process_group(pid(child.id()), Signal::INT).expect("it is running");
    let output = finish(child);
    assert_eq!((output.code(), output.stderr.as_str()), (Some(130), ""));
    assert!(host.files().is_empty(), "{:?}", host.files());
}

#[test]
fn a_peer_that_dies_is_a_failure_that_leaves_nothing() {
    for scenario in ["uds-ping-pong", "shm-ping-pong", "uds-pipeline-16", "snapshot-uds", "idle-shm"] {
        let host = Host::new();
        let (child, peer) = endless(&host, scenario);
        peer.kill();
        let message = finish(child).failed(1);
        assert!(message.contains("ended early: signal: 9"), "{scenario}: {message}");
        assert!(host.files().is_empty(), "{scenario}: {:?}", host.files());
    }
}

#[test]
fn its_peer_ends_even_if_it_is_killed_itself() {
    let host = Host::new();
    let (mut child, peer) = endless(&host, "uds-ping-pong");
    child.kill().expect("it is running");
    wait(&mut child);
    peer.wait();
}

#[test]
fn a_directory_that_no_socket_fits_in_is_a_failure_that_leaves_nothing() {
    let host = Host::new();
    let nested = host.path().join("d".repeat(100));
    fs::create_dir(&nested).expect("a directory");
    let message = run(netipc("bench uds-ping-pong").env("TMPDIR", &nested)).failed(1);
    assert!(message.contains("socket path"), "{message}");
    assert!(files(&nested).is_empty());
    let message = run(netipc("bench uds-ping-pong").env("TMPDIR", host.path().join("gone"))).failed(1);
    assert!(message.contains("cannot make a directory"), "{message}");
}

#[test]
fn its_peer_is_not_to_be_started_by_hand() {
    let line = "bench-peer --service increment --carrier baseline --floor socket --run-dir /nowhere";
    let message = run(&mut netipc(line)).failed(2);
    assert!(message.contains("`netipc bench` starts"), "{message}");
}

//! `netipc bench` on Windows: it measures what it says, and leaves nothing behind, however it ends.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "shared/bench_output.rs"]
mod bench_output;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use bench_output::{assert_plausible, json_lines, number, until};
use netipc::transport::{ClientSession, ConnectError, ConnectOptions, Profiles};
use netipc::{Abort, Deadline, Endpoint};
use netipc_floor::process;
use tempfile::TempDir;
use wait_timeout::ChildExt;

/// What takes longer hangs. All scenarios take their time where there is little of it.
const WATCHDOG: Duration = Duration::from_mins(3);

/// A benchmark, with its temporary files in a directory of the test's own. It ends with the test.
struct Running(Option<Child>);

fn bench(dir: &Path, arguments: &str) -> Command {
    let mut command = netipc(&format!("bench {arguments}"));
    command.env("TMP", dir);
    command
}

fn netipc(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netipc"));
    command.args(arguments.split_whitespace());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(Some(command.spawn().unwrap()))
    }

    /// Waits for its end.
    fn finish(mut self) -> Output {
        let ended = self.0.as_mut().unwrap().wait_timeout(WATCHDOG).unwrap();
        assert!(ended.is_some(), "it hangs");
        self.0.take().unwrap().wait_with_output().unwrap()
    }

    fn kill(mut self) {
        self.0.as_mut().unwrap().kill().unwrap();
        self.finish();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn run(command: &mut Command) -> Output {
    Running::start(command).finish()
}

/// What a command prints that succeeds, and says nothing else.
fn printed(command: &mut Command) -> String {
    let output = run(command);
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is on stderr of a command that prints nothing and ends with this status.
fn refused(output: Output, code: i32) -> String {
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(code), &b""[..]), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The peer of a benchmark.
struct Peer {
    endpoint: Endpoint,
    id: u32,
}

impl Peer {
    /// That of the benchmark whose temporary files are here, once it serves.
    fn find(dir: &Path) -> Self {
        let run_dir = until(WATCHDOG, || entries(dir).pop());
        let endpoint = Endpoint::new(run_dir, "bench").unwrap();
        let id = until(WATCHDOG, || connect(&endpoint).ok()).peer_credentials().unwrap().pid;
        Self { endpoint, id }
    }

    fn kill(&self) {
        let id = self.id.to_string();
        let mut command = Command::new("taskkill");
        let killed = command.args(["/F", "/PID", &id]).stdout(Stdio::null()).status().unwrap();
        assert!(killed.success());
    }

    fn wait(&self) {
        let has_gone = || matches!(connect(&self.endpoint), Err(ConnectError::NotFound { .. }));
        until(WATCHDOG, || has_gone().then_some(()));
    }
}

fn connect(endpoint: &Endpoint) -> Result<ClientSession, ConnectError> {
    let options = ConnectOptions { supported_profiles: Profiles::CARRIED, ..ConnectOptions::default() };
    ClientSession::connect(endpoint, &options, Deadline::after(WATCHDOG), &Abort::new())
}

/// A benchmark that will not end by itself, and its peer.
fn endless(dir: &Path, scenario: &str) -> (Running, Peer) {
    let running = Running::start(&mut bench(dir, &format!("{scenario} --seconds 3600")));
    let peer = Peer::find(dir);
    (running, peer)
}

#[test]
fn every_scenario_is_a_line_of_json() {
    let dir = place();
    let lines = json_lines(&printed(&mut bench(dir.path(), "--seconds 0.1 --json")));
    let scenarios: Vec<_> = lines.iter().map(|line| line["scenario"].as_str().unwrap()).collect();
    let expected = [
        "pipe-ping-pong",
        "shm-ping-pong",
        "busywait-ping-pong",
        "pipe-batch",
        "shm-batch",
        "busywait-batch",
        "pipe-pipeline-16",
        "pipe-pipeline-batch-16",
        "snapshot-pipe",
        "snapshot-shm",
        "snapshot-busywait",
        "cache-lookup",
        "lookup-codec",
    ];
    assert_eq!(scenarios, expected);
    for line in &lines {
        assert_plausible(line);
    }
    assert!(entries(dir.path()).is_empty());
}

#[test]
fn both_processes_can_share_a_cpu() {
    let dir = place();
    let arguments = "pipe-ping-pong shm-ping-pong busywait-ping-pong pipe-pipeline-16 \
                     --placement one-cpu --seconds 0.1";
    let table = printed(&mut bench(dir.path(), arguments));
    for part in ["SCENARIO", "one-cpu", "ReadFile", "SetEvent", "atomics", "RATIO is FLOOR/S"] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn an_idle_session_is_told_by_its_cpu_time() {
    let dir = place();
    let lines = json_lines(&printed(&mut bench(dir.path(), "idle-pipe idle-shm --seconds 0.1 --json")));
    for (line, scenario) in lines.iter().zip(["idle-pipe", "idle-shm"]) {
        assert_eq!((&line["scenario"], &line["placement"]), (&scenario.into(), &"free".into()));
        assert!(number(line, "seconds") >= 0.1, "{line}");
        for name in ["cpu_client", "cpu_server"] {
            assert!(number(line, name) >= 0.0, "{name}: {line}");
        }
        assert_eq!(line.as_object().unwrap().len(), 5, "{line}");
    }
    let table = printed(&mut bench(dir.path(), "idle-pipe --seconds 0.1"));
    assert!(table.contains("PEER CPU") && !table.contains("RATIO"), "{table}");
}

#[test]
fn two_cpus_are_refused_where_there_is_one() {
    let dir = place();
    let all = process::cpus().unwrap();
    // What is started meanwhile inherits it; the other tests do as well on one CPU.
    process::run_on(1 << all.trailing_zeros()).unwrap();
    let started = Running::start(&mut bench(dir.path(), "pipe-ping-pong --placement two-cpus"));
    process::run_on(all).unwrap();
    let message = refused(started.finish(), 2);
    assert!(message.contains("needs two CPUs") && message.contains("one-cpu"), "{message}");
    assert!(entries(dir.path()).is_empty());
}

#[test]
fn a_peer_that_dies_is_a_failure_that_leaves_nothing() {
    for scenario in [
        "pipe-ping-pong",
        "shm-ping-pong",
        "busywait-ping-pong",
        "pipe-pipeline-16",
        "snapshot-pipe",
        "idle-shm",
    ] {
        let dir = place();
        let (running, peer) = endless(dir.path(), scenario);
        peer.kill();
        let message = refused(running.finish(), 1);
        assert!(message.contains("ended early"), "{scenario}: {message}");
        assert!(entries(dir.path()).is_empty(), "{scenario}");
    }
}

#[test]
fn its_peer_ends_even_if_it_is_killed_itself() {
    for scenario in ["pipe-ping-pong", "busywait-ping-pong"] {
        let dir = place();
        let (running, peer) = endless(dir.path(), scenario);
        running.kill();
        peer.wait();
    }
}

#[test]
fn what_is_measured_on_linux_alone_is_refused_by_name() {
    let dir = place();
    let message = refused(run(&mut bench(dir.path(), "uds-ping-pong")), 2);
    assert!(message.contains("uds-ping-pong") && message.contains("pipe-ping-pong"), "{message}");
    assert!(entries(dir.path()).is_empty());
}

#[test]
fn a_directory_that_is_not_there_is_a_failure() {
    let dir = place();
    let message = refused(run(&mut bench(&dir.path().join("gone"), "lookup-codec --seconds 0.1")), 1);
    assert!(message.contains("cannot make a directory"), "{message}");
}

#[test]
fn its_peer_is_not_to_be_started_by_hand() {
    let line = "bench-peer --service increment --carrier baseline --floor socket --run-dir nowhere";
    let message = refused(run(&mut netipc(line)), 2);
    assert!(message.contains("`netipc bench` starts"), "{message}");
}

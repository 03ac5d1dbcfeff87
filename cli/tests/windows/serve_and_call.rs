//! The command on Windows: providers and callers in processes of their own, over named pipes.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use wait_timeout::ChildExt;

/// What takes longer hangs.
const WATCHDOG: Duration = Duration::from_mins(1);

/// `netipc` with these arguments, and a run directory of the test's own.
fn netipc(run_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netipc"));
    command.args(arguments).env_remove("NETIPC_AUTH_TOKEN").env("NETIPC_RUN_DIR", run_dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
fn run(run_dir: &Path, arguments: &[&str]) -> Output {
    let mut child = netipc(run_dir, arguments).spawn().unwrap();
    wait(&mut child);
    child.wait_with_output().unwrap()
}

fn wait(child: &mut Child) -> ExitStatus {
    child.wait_timeout(WATCHDOG).unwrap().unwrap_or_else(|| {
        let _ = child.kill();
        panic!("it hangs")
    })
}

/// What a command prints that succeeds.
fn printed(run_dir: &Path, arguments: &[&str]) -> String {
    let output = run(run_dir, arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one sentence on stderr of a command that ends with this status.
fn refused(run_dir: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(run_dir, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(code), 1), "{stderr}");
    assert!(output.stdout.is_empty());
    stderr
}

/// A running `netipc serve`.
struct Provider {
    child: Child,
    ready: String,
}

impl Provider {
    fn start(run_dir: &Path, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--until-stdin-ends"], arguments].concat();
        let mut child = netipc(run_dir, &arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with("ready "), "{ready:?}");
        Self { child, ready }
    }

    /// Ends it in order.
    fn stop(mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        wait(&mut self.child)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_provider_answers_callers_in_other_processes_and_ends_in_order() {
    let dir = place();
    let provider = Provider::start(dir.path(), &["increment"]);
    assert!(provider.ready.contains(r"\\.\pipe\netipc-"), "{}", provider.ready);
    for _ in 0..3 {
        assert_eq!(printed(dir.path(), &["call", "increment", "41"]), "42\n");
    }
    assert_eq!(provider.stop().code(), Some(0));
    let message = refused(dir.path(), &["call", "increment", "41"], 1);
    assert!(message.contains("no provider of increment"), "{message}");
}

#[test]
fn a_provider_that_is_killed_leaves_nothing_in_the_way_of_the_next_one() {
    let dir = place();
    for _ in 0..3 {
        let mut provider = Provider::start(dir.path(), &["string-reverse"]);
        assert_eq!(printed(dir.path(), &["call", "string-reverse", "stressed"]), "desserts\n");
        provider.child.kill().unwrap();
        provider.child.wait().unwrap();
    }
}

#[test]
fn a_wrong_token_is_refused() {
    let dir = place();
    let _provider = Provider::start(dir.path(), &["increment", "--auth-token", "7"]);
    let message = refused(dir.path(), &["call", "increment", "1"], 1);
    assert!(message.contains("token"), "{message}");
    assert_eq!(printed(dir.path(), &["call", "increment", "1", "--auth-token", "7"]), "2\n");
}

#[test]
fn networks_are_looked_up_in_a_file() {
    let dir = place();
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/documentation-ranges.tsv");
    let _provider = Provider::start(dir.path(), &["ip-to-asn", "--db", database.to_str().unwrap()]);
    let table = printed(dir.path(), &["call", "ip-to-asn", "192.0.2.1"]);
    assert!(table.contains("64496"), "{table}");
}

#[test]
fn what_looks_at_a_linux_host_says_so() {
    let dir = place();
    for service in ["cgroups-snapshot", "cgroups-lookup", "apps-lookup", "pid-traffic"] {
        let message = refused(dir.path(), &["serve", service], 1);
        assert!(message.contains(service) && message.contains("Linux"), "{message}");
    }
    for command in ["demo", "bench"] {
        let message = refused(dir.path(), &[command], 1);
        assert!(message.contains(command) && message.contains("Linux"), "{message}");
    }
}

#[test]
fn messages_are_laid_out_decoded_and_encoded() {
    let dir = place();
    let encoded = printed(dir.path(), &["encode", "increment", r#"{"value": 42}"#]);
    assert_eq!(encoded, "2a00000000000000\n");
    let file = dir.path().join("bytes");
    std::fs::write(&file, encoded.trim()).unwrap();
    let decoded = printed(dir.path(), &["decode", "increment", &format!("@{}", file.display())]);
    assert!(decoded.contains("\"value\": 42"), "{decoded}");
    assert!(printed(dir.path(), &["layout", "cgroups-snapshot"]).contains("generation"));
    refused(dir.path(), &["decode", "increment", "2a"], 1);
}

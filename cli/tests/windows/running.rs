//! Running the built command, with a watchdog on everything that could hang.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use wait_timeout::ChildExt;

/// What takes longer hangs.
pub(crate) const WATCHDOG: Duration = Duration::from_mins(1);

/// A run directory of the test's own.
pub(crate) fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// `netipc` with these arguments, in this run directory.
pub(crate) fn netipc(run_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netipc"));
    command.args(arguments).env_remove("NETIPC_AUTH_TOKEN").env("NETIPC_RUN_DIR", run_dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Of a command that prints an object a line.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs a command to its end.
pub(crate) fn run(run_dir: &Path, arguments: &[&str]) -> Output {
    finish(netipc(run_dir, arguments).spawn().unwrap())
}

/// Waits for a command's end.
pub(crate) fn finish(mut child: Child) -> Output {
    let (stdout, stderr) = (read_all(child.stdout.take()), read_all(child.stderr.take()));
    let code = wait(&mut child).code();
    let text = |bytes: Receiver<Vec<u8>>| String::from_utf8(bytes.recv_timeout(WATCHDOG).unwrap()).unwrap();
    Output { code, stdout: text(stdout), stderr: text(stderr) }
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.unwrap().read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for a process, and kills it if that takes too long.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    child.wait_timeout(WATCHDOG).unwrap().unwrap_or_else(|| {
        let _ = child.kill();
        panic!("it hangs")
    })
}

/// A command that succeeds.
#[track_caller]
pub(crate) fn succeeded(run_dir: &Path, arguments: &[&str]) -> Output {
    let output = run(run_dir, arguments);
    assert_eq!(output.code, Some(0), "{output:?}");
    output
}

/// What a command prints that succeeds.
#[track_caller]
pub(crate) fn printed(run_dir: &Path, arguments: &[&str]) -> String {
    succeeded(run_dir, arguments).stdout
}

/// The one sentence on stderr of a command that ends with this status.
#[track_caller]
pub(crate) fn refused(run_dir: &Path, arguments: &[&str], code: i32) -> String {
    let Output { code: found, stdout, stderr } = run(run_dir, arguments);
    assert_eq!((found, stdout.as_str(), stderr.lines().count()), (Some(code), "", 1), "{stderr}");
    stderr
}

/// A process that is killed if it still runs when this goes.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running `netipc serve`.
pub(crate) struct Provider {
    running: Running,
    pub(crate) ready: String,
}

impl Provider {
    pub(crate) fn start(run_dir: &Path, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--until-stdin-ends"], arguments].concat();
        let mut child =
            netipc(run_dir, &arguments).stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let ready = first_line(child.stdout.take().unwrap());
        let provider = Self { running: Running(child), ready };
        assert!(provider.ready.starts_with("ready "), "{:?}", provider.ready);
        provider
    }

    /// Its process's id.
    pub(crate) fn id(&self) -> u32 {
        self.running.0.id()
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) -> ExitStatus {
        drop(self.running.0.stdin.take());
        wait(&mut self.running.0)
    }
}

fn first_line(stdout: ChildStdout) -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        let _ = sender.send(line);
    });
    receiver.recv_timeout(WATCHDOG).unwrap_or_default()
}

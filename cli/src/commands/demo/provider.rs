//! The provider that a demo starts: this executable, as a process of its own.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use netipc::Endpoint;
use wait_timeout::ChildExt;

use crate::args::Session;
use crate::error::Failure;
use crate::signals::Interrupt;

/// How long a provider that has been told to end may take before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running `netipc serve` of the demo's service. It ends when this is dropped, when its standard input closes (which it
/// does whenever this process ends, however it ends), and on a signal to either of the two.
pub(super) struct Provider {
    child: Child,
    /// Closing it ends the provider. Shared with what happens on a signal.
    stdin: Arc<Mutex<Option<ChildStdin>>>,
}

impl Provider {
    /// Starts the provider of an endpoint and returns once it listens.
    ///
    /// # Errors
    /// It cannot be started, ends instead of listening, or does not listen within `timeout`. There is no such
    /// process afterwards.
    pub(super) fn start(
        endpoint: &Endpoint,
        token: u64,
        session: &Session,
        timeout: Duration,
        interrupt: &Interrupt,
    ) -> Result<Self, Failure> {
        let mut child = command(endpoint, token, session)
            .and_then(|mut command| command.spawn())
            .map_err(|error| Failure::Failed(format!("cannot start a provider: {error}")))?;
        let stdout = child.stdout.take();
        let stdin = Arc::new(Mutex::new(child.stdin.take()));
        let provider = Self { child, stdin: Arc::clone(&stdin) };
        interrupt.then(move || drop(take(&stdin)));
        wait_until_ready(stdout, timeout)?;
        Ok(provider)
    }

    /// The process's id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(take(&self.stdin));
        if matches!(self.child.wait_timeout(PATIENCE), Ok(Some(_))) {
            return;
        }
        // It is stuck, and its files are in a directory that is about to go.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_until_ready(stdout: Option<ChildStdout>, timeout: Duration) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::channel();
    // The thread ends with the line or with the process, and this one ends the process.
    thread::spawn(move || {
        let line = stdout.map_or(Ok(String::new()), first_line);
        // Nobody listens any more if the time is over.
        let _ = sender.send(line);
    });
    let problem = match receiver.recv_timeout(timeout) {
        Ok(Ok(line)) if line.starts_with("ready ") => return Ok(()),
        Ok(Ok(_)) => "it ended before it listened".to_owned(),
        Ok(Err(error)) => format!("what it says cannot be read: {error}"),
        Err(_) => format!("it did not listen within {timeout:?}"),
    };
    Err(Failure::Failed(format!("the provider did not start: {problem}")))
}

fn take(stdin: &Mutex<Option<ChildStdin>>) -> Option<ChildStdin> {
    stdin.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn first_line(stdout: ChildStdout) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    Ok(line)
}

fn command(endpoint: &Endpoint, token: u64, session: &Session) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["serve", endpoint.service(), "--until-stdin-ends", "--profile", session.profile.name()])
        .arg("--run-dir")
        .arg(endpoint.run_dir())
        // Not on the command line, where everybody could read it.
        .env("NETIPC_AUTH_TOKEN", token.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let sizes = [
        ("--packet-size", session.packet_size),
        ("--max-request-payload", session.max_request_payload),
        ("--max-response-payload", session.max_response_payload),
    ];
    for (option, size) in sizes {
        if let Some(size) = size {
            command.arg(option).arg(size.to_string());
        }
    }
    Ok(command)
}

//! Running the built command, with a watchdog on everything that could hang.

use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};
use serde_json::Value;
use tempfile::TempDir;
use wait_timeout::ChildExt;

/// What takes longer hangs.
pub(crate) const WATCHDOG: Duration = Duration::from_mins(1);

/// What it looks at.
const ENVIRONMENT: [&str; 9] = [
    "NETIPC_RUN_DIR",
    "NETIPC_AUTH_TOKEN",
    "XDG_RUNTIME_DIR",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
    "COLUMNS",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
];

/// `netipc` with these arguments, and none of the environment that it looks at.
pub(crate) fn netipc(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netipc"));
    command.args(arguments.split_whitespace()).stdin(Stdio::null());
    for name in ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

/// A run directory of the test's own.
pub(crate) struct Host(TempDir);

impl Host {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn netipc(&self, arguments: &str) -> Command {
        let mut command = netipc(arguments);
        command.env("NETIPC_RUN_DIR", self.path());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &str) -> Output {
        run(&mut self.netipc(arguments))
    }

    /// Starts a provider and waits until it listens.
    pub(crate) fn serve(&self, arguments: &str) -> Provider {
        Provider::start(&mut self.netipc(&format!("serve {arguments}")))
    }

    /// The names in the run directory.
    pub(crate) fn files(&self) -> Vec<String> {
        files(self.path())
    }
}

pub(crate) fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .expect("the directory is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code(), Some(0), "{self:?}");
        self
    }

    /// One sentence on stderr, this status, and nothing on stdout; gives the sentence.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code(), Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(self.stderr.starts_with("netipc: "), "{self:?}");
        self.stderr
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    finish(child)
}

/// Waits for a command's end.
pub(crate) fn finish(mut child: Child) -> Output {
    let stdout = read_all(child.stdout.take());
    let stderr = read_all(child.stderr.take());
    let status = wait(&mut child);
    let text = |receiver: Receiver<Vec<u8>>| {
        let bytes = receiver.recv_timeout(WATCHDOG).expect("a pipe of a process that has ended ends too");
        String::from_utf8(bytes).expect("what it prints is UTF-8")
    };
    Output { status, stdout: text(stdout), stderr: text(stderr) }
}

/// Waits for a process, and kills it if that takes too long.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    if let Some(status) = child.wait_timeout(WATCHDOG).expect("it can be waited for") {
        return status;
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
    panic!("it hangs");
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        }
        // The test may have failed already.
        let _ = sender.send(bytes);
    });
    receiver
}

/// The next line that a process prints, without its end; empty if the process has ended.
pub(crate) fn next_line<P: Read + Send + 'static>(pipe: P) -> (String, BufReader<P>) {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = String::new();
        let read: io::Result<usize> = pipe.read_line(&mut line);
        // The test may have failed already.
        let _ = sender.send(read.map(|_| (line.trim_end().to_owned(), pipe)));
    });
    receiver.recv_timeout(WATCHDOG).expect("a line, or the end").expect("a pipe can be read")
}

/// Runs a command whose reader is content with its first line: ends in order, without another. Gives the line.
pub(crate) fn read_one_line(command: &mut Command) -> String {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let (line, reader) = next_line(child.stdout.take().expect("stdout is a pipe"));
    drop(reader);
    let output = finish(child);
    assert_eq!((output.code(), output.stderr.as_str()), (Some(0), ""));
    line
}

/// The lines of a process's stdout, as they come.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    pub(crate) fn of(child: &mut Child) -> Self {
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                // The test may have seen enough.
                let _ = sender.send(line.expect("what it prints is UTF-8"));
            }
        });
        Self(receiver)
    }

    #[track_caller]
    pub(crate) fn next(&self) -> String {
        self.0.recv_timeout(WATCHDOG).expect("there is another line")
    }

    #[track_caller]
    pub(crate) fn next_json(&self) -> Value {
        serde_json::from_str(&self.next()).expect("an object a line")
    }

    /// All that come until it ends.
    pub(crate) fn rest(self) -> Vec<String> {
        self.0.iter().collect()
    }
}

/// A running `netipc serve`, killed where a test ends early.
pub(crate) struct Provider {
    child: Child,
    pub(crate) socket: PathBuf,
}

impl Provider {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let (line, _) = next_line(child.stdout.take().expect("stdout is a pipe"));
        let Some(socket) = line.strip_prefix("ready ") else {
            let _ = child.kill();
            let status = child.wait();
            panic!("no provider: {line:?}, {status:?}");
        };
        Self { child, socket: socket.into() }
    }

    pub(crate) fn pid(&self) -> Pid {
        pid(self.child.id())
    }

    /// The first line on its stderr, which has to be a pipe; later ones are lost.
    pub(crate) fn complaint(&mut self) -> String {
        next_line(self.child.stderr.take().expect("stderr is a pipe")).0
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it is there");
    }

    /// Tells it to end and waits for that.
    pub(crate) fn stop(mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        wait(&mut self.child)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn pid(id: u32) -> Pid {
    Pid::from_raw(id.try_into().expect("an id fits")).expect("an id is not 0")
}

/// A process that is nobody's child here; taken hold of while it runs, so that its id cannot become another one's.
pub(crate) struct Process(OwnedFd);

impl Process {
    pub(crate) fn open(id: u32) -> Self {
        Self(pidfd_open(pid(id), PidfdFlags::empty()).expect("it is running"))
    }

    pub(crate) fn kill(&self) {
        pidfd_send_signal(&self.0, Signal::KILL).expect("it is running");
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&self) {
        let timeout = Timespec::try_from(WATCHDOG).expect("it fits");
        let ended =
            poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&timeout)).expect("it can be waited for");
        assert_eq!(ended, 1, "it is still there");
    }
}

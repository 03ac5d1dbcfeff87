//! The process that is killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use netipc_tests::conformance::Transport;
use netipc_tests::support::{PATIENCE, Place};

/// A process of one side of a session. It is killed at the latest when this is dropped.
pub(crate) struct Victim {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Victim {
    /// Starts a side, which stops before a use of a call.
    pub(crate) fn start<T: Transport>(role: &str, place: &Place, at: Option<(&str, usize)>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_victim"));
        command.arg(role).arg(T::PROFILE.bits().to_string()).arg(place.dir.path());
        if let Some((call, nth)) = at {
            command.arg(call).arg(nth.to_string());
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { input: process.stdin.take(), process, lines }
    }

    /// The next line that it says; none when it has ended.
    pub(crate) fn next_line(&mut self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => panic!("the victim hangs"),
            line => line.ok(),
        }
    }

    /// The same; none also when there is nothing more to expect of it. A server whose client is done is told to end,
    /// so that it gets to the steps of that.
    pub(crate) fn next_line_or_end(&mut self, is_done: impl Fn() -> bool) -> Option<String> {
        loop {
            match self.lines.recv_timeout(Duration::from_millis(2)) {
                Err(RecvTimeoutError::Timeout) if is_done() => {
                    self.input = None;
                    return self.next_line();
                }
                Err(RecvTimeoutError::Timeout) => {}
                line => return line.ok(),
            }
        }
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        // One that has ended by itself is not there any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Ends it in order, and gives how often it used each call.
    pub(crate) fn uses(mut self) -> Vec<(String, usize)> {
        self.input = None;
        let mut uses = Vec::new();
        while let Some(line) = self.next_line() {
            if let Some((call, count)) = line.strip_prefix("used ").and_then(|used| used.rsplit_once(' ')) {
                uses.push((call.to_owned(), count.parse().unwrap()));
            }
        }
        uses
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.kill();
    }
}

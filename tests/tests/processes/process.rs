//! Another process, as this one has it: told what to do line by line, and read line by line.

use std::collections::VecDeque;
use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use netipc::transport::Profiles;
#[cfg(unix)]
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::part::{MARK, PART};
use crate::common::Place;

/// A process that plays [its part](super::part). It ends when its input does: at the latest when this process ends, however
/// it does.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    /// What it has said while something else was waited for.
    said: VecDeque<String>,
}

impl Process {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "the_part_of_another_process", "--nocapture", "--quiet"])
            .env(PART, "")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Self { child, input, output, said: VecDeque::new() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it serves and asks from now on, and over which profile.
    pub(crate) fn enter(&mut self, place: &Place, profile: Profiles) {
        self.does(&format!("scene {} {}", profile.bits(), place.endpoint().run_dir().display()));
    }

    /// Tells it to do something, and gives what it says when that is done.
    pub(crate) fn does(&mut self, command: &str) -> String {
        self.tell(command);
        self.wait_for(command.split(' ').next().unwrap_or_default())
    }

    /// Tells it to do something.
    pub(crate) fn tell(&mut self, command: &str) {
        let input = self.input.as_mut().expect("it was not told to end");
        writeln!(input, "{command}").expect("it reads");
    }

    /// Returns when it has said this word, with the rest of that line.
    pub(crate) fn wait_for(&mut self, word: &str) -> String {
        let found = self.said.iter().position(|line| rest_after(word, line).is_some());
        if let Some(line) = found.and_then(|index| self.said.remove(index)) {
            return rest_after(word, &line).unwrap_or_default().to_owned();
        }
        for line in self.output.by_ref() {
            // The harness of the tests says things, too.
            let line = line.expect("text");
            let Some((_, line)) = line.trim_end().split_once(MARK) else { continue };
            if let Some(rest) = rest_after(word, line) {
                return rest.to_owned();
            }
            self.said.push_back(line.to_owned());
        }
        panic!("it ended before it said {word}");
    }

    /// Serves, with these limits in place of the defaults.
    pub(crate) fn serve(&mut self, service: &str, limits: &str) {
        assert_eq!(self.does(&format!("serve {service} {limits}")), "");
    }

    /// Stops what is at the service.
    pub(crate) fn stop(&mut self, service: &str) {
        self.does(&format!("stop {service}"));
    }

    /// What handlers do with the next requests.
    pub(crate) fn will(&mut self, deeds: &str) {
        self.does(&format!("will {deeds}"));
    }

    /// A number of the status of a server.
    pub(crate) fn count(&mut self, service: &str, what: &str) -> u64 {
        self.does(&format!("count {service} {what}")).parse().expect("a number")
    }

    /// Returns when all of its threads have stopped, as by Ctrl-Z.
    #[cfg(unix)]
    pub(crate) fn stand_still(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::STOP).expect("it runs");
        let (_, status) =
            waitpid(Some(pid), WaitOptions::UNTRACED).expect("it is a child").expect("it waits");
        assert!(status.stopped(), "{status:?}");
    }

    /// Lets it go on.
    #[cfg(unix)]
    pub(crate) fn go_on(&self) {
        kill_process(Pid::from_child(&self.child), Signal::CONT).expect("it is there");
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        // One that has ended by itself is not there any more.
        let _ = self.child.kill();
        self.child.wait().expect("it is this one's child");
    }

    /// Ends its input, and sees that it ends well.
    pub(crate) fn end(mut self) {
        self.input = None;
        let status = self.child.wait().expect("it is this one's child");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What comes after the first word of a line, if it is this one.
fn rest_after<'a>(word: &str, line: &'a str) -> Option<&'a str> {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    (first == word).then_some(rest)
}

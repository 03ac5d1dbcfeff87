//! How often a process wakes up.

use std::fs;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::Peer;
use crate::error::Failure;

/// How often the threads that a process now has have gone to sleep: what wakes up does so again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super::super) struct Activity(u64);

impl Activity {
    /// What JSON has, of this process and of the peer.
    pub(in super::super::super) const FIELDS: [&str; 2] = ["wakeups_client", "wakeups_server"];

    /// What the table has.
    pub(in super::super::super) const COLUMNS: [&str; 2] = ["WAKE-UPS", "PEER WAKE-UPS"];

    pub(super) fn own() -> Result<Self, Failure> {
        Self::of_process(std::process::id())
    }

    pub(super) fn of(peer: &mut Peer) -> Result<Self, Failure> {
        Self::of_process(peer.id())
    }

    fn of_process(process: u32) -> Result<Self, Failure> {
        count(process).map(Self).map_err(|error| {
            Failure::because(format_args!("cannot count the wake-ups of process {process}"), &error)
        })
    }

    pub(super) fn since(self, before: Self) -> Self {
        Self(self.0.saturating_sub(before.0))
    }

    /// Without the one pause of the thread that asks.
    pub(super) fn since_before_a_pause(self, before: Self) -> Self {
        self.since(Self(before.0.saturating_add(1)))
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// As JSON has it, in so much time.
    pub(in super::super::super) fn json(self, _time: Duration) -> Value {
        json!(self.0)
    }

    /// As the table has it.
    pub(in super::super::super) fn cell(self, _time: Duration) -> String {
        self.0.to_string()
    }
}

fn count(process: u32) -> io::Result<u64> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let status = fs::read_to_string(thread?.path().join("status"))?;
        let switches = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sum +=
            switches.and_then(|count| count.trim().parse::<u64>().ok()).ok_or(io::ErrorKind::InvalidData)?;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_counts() {
        let before = Activity::own().expect("it is running");
        std::thread::sleep(Duration::from_millis(1));
        let slept = Activity::own().expect("it is running").since(before);
        assert!(!slept.is_none());
    }
}

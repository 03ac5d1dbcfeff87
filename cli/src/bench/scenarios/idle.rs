//! A session on which nothing happens: how often either process wakes up meanwhile.

use std::fs;
use std::io;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::super::peer::Peer;
use super::Site;
use super::snapshot::{call, client};
use crate::args::{Profile, Service};
use crate::error::Failure;

/// Calls before it is idle: enough for both sides to expect more.
const WARM_UP_CALLS: u32 = 1000;

/// What the calls have started has ended once nobody has woken up for so long.
const SETTLED: Duration = Duration::from_millis(100);

/// A session that has not settled after so many looks is not idle, and what is measured says so.
const LOOKS: u32 = 20;

/// How often the threads of either process went to sleep again.
#[derive(Debug)]
pub(in super::super) struct Idle {
    pub(in super::super) time: Duration,
    pub(in super::super) client: u64,
    pub(in super::super) server: u64,
}

/// Connects, calls, and then does nothing for `time`.
pub(super) fn measure(site: &Site<'_>, profile: Profile, time: Duration) -> Result<Idle, Failure> {
    let (mut peer, end) = site.peer(Service::Snapshot, profile)?;
    let measured = with_peer(site, profile, time, &peer);
    drop(end);
    match peer.ended() {
        Some(failure) => Err(failure),
        None => measured,
    }
}

fn with_peer(site: &Site<'_>, profile: Profile, time: Duration, peer: &Peer) -> Result<Idle, Failure> {
    let mut client = client(site, profile)?;
    for _ in 0..WARM_UP_CALLS {
        call(&mut client)?;
    }
    let (end, ended) = mpsc::channel();
    peer.when_ended(move || {
        // There may be nothing left to end.
        let _ = end.send(());
    });
    for _ in 0..LOOKS {
        if wakeups_in(SETTLED, peer, &ended)? == (0, 0) {
            break;
        }
    }
    let start = Instant::now();
    let (client, server) = wakeups_in(time, peer, &ended)?;
    Ok(Idle { time: start.elapsed(), client, server })
}

/// How often this process and the peer wake up in such a time.
fn wakeups_in(time: Duration, peer: &Peer, ended: &mpsc::Receiver<()>) -> Result<(u64, u64), Failure> {
    let (own, other) = (std::process::id(), peer.id());
    let before = (wakeups(own)?, wakeups(other)?);
    pause(ended, time);
    let after = (wakeups(own)?, wakeups(other)?);
    // This thread's own pause is one.
    Ok((after.0.saturating_sub(before.0).saturating_sub(1), after.1.saturating_sub(before.1)))
}

/// Sleeps so long, without waking up in between, or until the peer has ended, which a signal makes it do.
fn pause(ended: &mpsc::Receiver<()>, time: Duration) {
    // Whichever of them it was shows in what the peer is then asked.
    let _ = ended.recv_timeout(time);
}

/// How often the threads that a process now has have gone to sleep: what wakes up does so again.
fn wakeups(process: u32) -> Result<u64, Failure> {
    count(process).map_err(|error| {
        Failure::because(format_args!("cannot count the wake-ups of process {process}"), &error)
    })
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
        let before = wakeups(std::process::id()).expect("it is running");
        std::thread::sleep(Duration::from_millis(1));
        assert!(wakeups(std::process::id()).expect("it is running") > before);
    }
}

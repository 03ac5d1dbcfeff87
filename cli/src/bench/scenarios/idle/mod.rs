//! A session on which nothing happens: what either process does meanwhile.

#[cfg_attr(windows, path = "cpu_time.rs")]
#[cfg_attr(not(windows), path = "wakeups.rs")]
mod activity;

use std::sync::mpsc;
use std::time::{Duration, Instant};

pub(in super::super) use self::activity::Activity;
use super::super::peer::Peer;
use super::Site;
use super::snapshot::{call, client};
use crate::args::bench::{Carrier, Service};
use crate::error::Failure;

/// Calls before it is idle: enough for both sides to expect more.
const WARM_UP_CALLS: u32 = 1000;

/// What the calls have started has ended once nobody has done anything for so long.
const SETTLED: Duration = Duration::from_millis(100);

/// A session that has not settled after so many looks is not idle, and what is measured says so.
const LOOKS: u32 = 20;

/// What either process has done.
#[derive(Debug)]
pub(in super::super) struct Idle {
    pub(in super::super) time: Duration,
    pub(in super::super) client: Activity,
    pub(in super::super) server: Activity,
}

/// Connects, calls, and then does nothing for `time`.
pub(super) fn measure(site: &Site<'_>, carrier: Carrier, time: Duration) -> Result<Idle, Failure> {
    let (mut peer, end) = site.peer(Service::Snapshot, carrier)?;
    let measured = with_peer(site, carrier, time, &mut peer);
    drop(end);
    match peer.ended() {
        Some(failure) => Err(failure),
        None => measured,
    }
}

fn with_peer(site: &Site<'_>, carrier: Carrier, time: Duration, peer: &mut Peer) -> Result<Idle, Failure> {
    let mut client = client(site, carrier)?;
    for _ in 0..WARM_UP_CALLS {
        call(&mut client)?;
    }
    let (end, ended) = mpsc::channel();
    peer.when_ended(move || {
        // There may be nothing left to end.
        let _ = end.send(());
    });
    for _ in 0..LOOKS {
        let settling = watch(SETTLED, peer, &ended)?;
        if settling.client.is_none() && settling.server.is_none() {
            break;
        }
    }
    watch(time, peer, &ended)
}

/// What this process and the peer do in such a time.
fn watch(time: Duration, peer: &mut Peer, ended: &mpsc::Receiver<()>) -> Result<Idle, Failure> {
    let before = (Activity::own()?, Activity::of(peer)?);
    let start = Instant::now();
    pause(ended, time);
    let time = start.elapsed();
    let (client, server) = (Activity::own()?, Activity::of(peer)?);
    Ok(Idle { time, client: client.since_before_a_pause(before.0), server: server.since(before.1) })
}

/// Sleeps so long, without waking up in between, or until the peer has ended, which a signal makes it do.
fn pause(ended: &mpsc::Receiver<()>, time: Duration) {
    // Whichever of them it was shows in what the peer is then asked.
    let _ = ended.recv_timeout(time);
}

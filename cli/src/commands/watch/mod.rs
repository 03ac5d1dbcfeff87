//! `netipc watch`

mod changes;
mod events;
mod lines;
mod screen;

use std::time::{Duration, Instant};

use netipc::messages::CgroupsSnapshotView;

use self::changes::{Change, between};
use self::events::Events;
use self::lines::Lines;
use self::screen::Screen;
use super::snapshot_cache::{Cache, cache, only_snapshots, refresh_failed};
use crate::args::Watch;
use crate::error::Failure;
use crate::signals::{Interrupt, until_interrupted};
use crate::terminal;

/// Shows what is seen, look by look.
trait Show {
    /// The first snapshot.
    fn first(&mut self, snapshot: CgroupsSnapshotView<'_>) -> Result<(), Failure>;

    /// The next one, and what is different in it; after this long without, if there were failures meanwhile.
    fn next(
        &mut self,
        snapshot: CgroupsSnapshotView<'_>,
        changes: &[Change<'_>],
        stale_for: Option<Duration>,
    ) -> Result<(), Failure>;

    /// There is none, and this is the last, and how old.
    fn stale(
        &mut self,
        snapshot: CgroupsSnapshotView<'_>,
        why: &Failure,
        age: Duration,
    ) -> Result<(), Failure>;
}

/// Watches until it has looked as often as it should, or until a signal comes.
pub(crate) fn run(args: &Watch) -> Result<(), Failure> {
    only_snapshots(args.contract, "watched")?;
    let mut cache = cache(&args.caller, args.timeout)?;
    let mut show: Box<dyn Show> = if args.json {
        Box::new(Events::default())
    } else if terminal::is_there() {
        Box::new(Screen::new(&args.contract.name(), cache.endpoint(), args.interval))
    } else {
        Box::new(Lines::default())
    };
    until_interrupted(|interrupt| {
        let abort = cache.abort_handle();
        interrupt.then(move || abort.abort());
        watch(args, &mut cache, &mut *show, interrupt)
    })
}

fn watch(args: &Watch, cache: &mut Cache, show: &mut dyn Show, interrupt: &Interrupt) -> Result<(), Failure> {
    let mut start = Instant::now();
    // What is not there now may never be; what was there once is waited for.
    if let Err(error) = cache.refresh() {
        return Err(interrupt.signal().map_or_else(|| refresh_failed(&error), Failure::Interrupted));
    }
    let mut last_good = Instant::now();
    let mut is_stale = false;
    show.first(cache.read().view())?;
    for look in 2.. {
        let is_over = args.count.is_some_and(|count| look > count);
        if is_over || interrupt.wait(args.interval.saturating_sub(start.elapsed()))? {
            break;
        }
        start = Instant::now();
        let before = cache.read();
        match cache.refresh() {
            Ok(_) => {
                let after = cache.read();
                let changes = between(before.items(), after.items());
                show.next(after.view(), &changes, is_stale.then(|| last_good.elapsed()))?;
                (last_good, is_stale) = (Instant::now(), false);
            }
            // Nobody waits for this one any more.
            Err(_) if interrupt.signal().is_some() => break,
            Err(error) => {
                show.stale(before.view(), &refresh_failed(&error), last_good.elapsed())?;
                is_stale = true;
            }
        }
    }
    Ok(())
}

//! The current list of cgroups, read again when it has grown old.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{cmp, io};

use super::Scan;

/// A scan and the number under which it is published.
#[derive(Debug)]
pub(crate) struct Published {
    /// Grows whenever the cgroups have changed, also from one process to the next: it is the time of the change in
    /// milliseconds since 1970, or one more than the last number where the clock has not moved on.
    pub(crate) generation: u64,
    /// The cgroups.
    pub(crate) scan: Scan,
}

/// Gives the cgroups as they are now, or were not longer ago than agreed. For any number of threads.
pub(crate) struct Fresh<S> {
    refresh: Duration,
    state: Mutex<State<S>>,
}

struct State<S> {
    scan: S,
    last: Option<(Instant, Arc<Published>)>,
}

impl<S: FnMut() -> io::Result<Scan>> Fresh<S> {
    /// Scans with `scan` whenever the last result is older than `refresh`.
    pub(crate) fn new(refresh: Duration, scan: S) -> Self {
        Self { refresh, state: Mutex::new(State { scan, last: None }) }
    }

    /// The cgroups now. Callers that come while a scan is running wait for it and share it.
    ///
    /// # Errors
    /// The scan has failed. The next call tries again.
    pub(crate) fn current(&self) -> io::Result<Arc<Published>> {
        // A scan that has panicked left the last good result as it was.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, published)) = &state.last
            && at.elapsed() < self.refresh
        {
            return Ok(Arc::clone(published));
        }
        let scan = (state.scan)()?;
        let previous = state.last.take().map(|(_, published)| published);
        let published = match previous {
            Some(previous) if previous.scan.publishes_the_same_as(&scan) => previous,
            previous => {
                let least = previous.map_or(0, |previous| previous.generation + 1);
                Arc::new(Published { generation: cmp::max(least, now_ms()), scan })
            }
        };
        state.last = Some((Instant::now(), Arc::clone(&published)));
        Ok(published)
    }
}

/// Milliseconds since 1970; 0 for a clock that is set to before.
fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use netipc::messages::Cgroup;

    /// Scans of different numbers differ.
    fn number(number: u32) -> Scan {
        let cgroup = Cgroup { hash: number, options: 0, enabled: 0, name: "".into(), path: "".into() };
        Scan { cgroups: vec![cgroup], ..Scan::default() }
    }

    #[test]
    fn a_young_scan_is_used_again() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::MAX, || {
            scans.set(scans.get() + 1);
            Ok(Scan::default())
        });
        let first = fresh.current().expect("the scan succeeds");
        let second = fresh.current().expect("the scan succeeds");
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(scans.get(), 1);
    }

    #[test]
    fn an_old_scan_is_repeated_and_keeps_its_generation_if_nothing_changed() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            scans.set(scans.get() + 1);
            Ok(Scan::default())
        });
        let first = fresh.current().expect("the scan succeeds");
        let second = fresh.current().expect("the scan succeeds");
        assert_eq!(first.generation, second.generation);
        assert_eq!(scans.get(), 2);
    }

    #[test]
    fn the_generation_grows_with_every_change() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            scans.set(scans.get() + 1);
            Ok(number(scans.get()))
        });
        let mut last = 0;
        for _ in 0..1000 {
            let generation = fresh.current().expect("the scan succeeds").generation;
            assert!(generation > last);
            last = generation;
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_published_and_no_change() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            scans.set(scans.get() + 1);
            Ok(Scan { unreadable: scans.get(), ..Scan::default() })
        });
        let first = fresh.current().expect("the scan succeeds");
        assert_eq!(fresh.current().expect("the scan succeeds").generation, first.generation);
    }

    #[test]
    fn a_failed_scan_is_an_error_and_the_next_call_tries_again() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::MAX, || {
            scans.set(scans.get() + 1);
            if scans.get() == 1 { Err(io::Error::other("no")) } else { Ok(Scan::default()) }
        });
        assert!(fresh.current().is_err());
        assert!(fresh.current().is_ok());
    }

    #[test]
    fn a_failed_rescan_does_not_lower_the_generation() {
        let scans = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            scans.set(scans.get() + 1);
            if scans.get() == 2 { Err(io::Error::other("no")) } else { Ok(number(scans.get())) }
        });
        let first = fresh.current().expect("the first scan succeeds").generation;
        assert!(fresh.current().is_err());
        assert!(fresh.current().expect("the third scan succeeds").generation > first);
    }
}

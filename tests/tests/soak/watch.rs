//! The watchdog: who takes longer than allowed ends the soak.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Sleeps, at rest too. `thread::sleep` has a handle meanwhile on Windows, which would be counted or not.
pub(crate) fn nap(time: Duration) {
    thread::park_timeout(time);
}

/// Watches everybody.
pub(crate) struct Watch {
    began: Instant,
    is_over: AtomicBool,
    pulses: Mutex<Vec<Arc<Pulse>>>,
}

/// One of those that are watched.
pub(crate) struct Pulse {
    name: String,
    began: Instant,
    /// Until when it has to be done, in milliseconds from the beginning; `IDLE` when it does nothing.
    until: AtomicU64,
}

const IDLE: u64 = u64::MAX;

impl Watch {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), is_over: AtomicBool::new(false), pulses: Mutex::default() }
    }

    pub(crate) fn pulse(&self, name: &str) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse { name: name.to_owned(), began: self.began, until: AtomicU64::new(IDLE) });
        self.pulses.lock().unwrap().push(Arc::clone(&pulse));
        pulse
    }

    /// Watches until all is over.
    pub(crate) fn watch(&self) {
        while !self.is_over.load(Ordering::SeqCst) {
            nap(Duration::from_millis(100));
            let now = since(self.began);
            for pulse in self.pulses.lock().unwrap().iter() {
                assert!(pulse.until.load(Ordering::SeqCst) > now, "{} is stuck", pulse.name);
            }
        }
    }

    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}

impl Pulse {
    /// Does `work`, which may take so long.
    pub(crate) fn during<T>(&self, within: Duration, work: impl FnOnce() -> T) -> T {
        self.until.store(since(self.began) + millis(within), Ordering::SeqCst);
        let done = work();
        self.until.store(IDLE, Ordering::SeqCst);
        done
    }

    /// Whatever it does now may take so long from now on, and no longer.
    pub(crate) fn hurry(&self, within: Duration) {
        let until = since(self.began) + millis(within);
        let _ = self.until.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |allowed| {
            (allowed != IDLE).then_some(allowed.min(until))
        });
    }
}

fn since(began: Instant) -> u64 {
    millis(began.elapsed())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

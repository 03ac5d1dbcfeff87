//! Where workers rest while everything is counted.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex};

const HELD: u8 = 0;
const OPEN: u8 = 1;
const OVER: u8 = 2;

/// Every worker passes here before each turn. Held at first.
#[derive(Default)]
pub(crate) struct Gate {
    phase: AtomicU8,
    resting: Mutex<usize>,
    changed: Condvar,
}

impl Gate {
    /// Goes on at once where the gate is open; otherwise rests, after `before_rest`. `false` when all is over.
    pub(crate) fn pass(&self, before_rest: impl FnOnce()) -> bool {
        if self.phase() == OPEN {
            return true;
        }
        before_rest();
        let mut resting = self.resting.lock().unwrap();
        *resting += 1;
        self.changed.notify_all();
        let mut resting = self.changed.wait_while(resting, |_| self.phase() == HELD).unwrap();
        *resting -= 1;
        self.phase() != OVER
    }

    /// Whether all is over, for those who do not rest.
    pub(crate) fn is_over(&self) -> bool {
        self.phase() == OVER
    }

    /// Returns when so many workers rest.
    pub(crate) fn hold(&self, workers: usize) {
        self.set(HELD);
        let resting = self.resting.lock().unwrap();
        drop(self.changed.wait_while(resting, |resting| *resting < workers).unwrap());
    }

    pub(crate) fn open(&self) {
        self.set(OPEN);
    }

    pub(crate) fn end(&self) {
        self.set(OVER);
    }

    fn phase(&self) -> u8 {
        self.phase.load(Ordering::SeqCst)
    }

    fn set(&self, phase: u8) {
        // With the lock, so that nobody falls asleep between looking and waiting.
        let _resting = self.resting.lock().unwrap();
        self.phase.store(phase, Ordering::SeqCst);
        self.changed.notify_all();
    }
}

//! When to spin, and for how long.

use std::hint::spin_loop;
use std::time::{Duration, Instant};

use super::Waiting;

/// A spin is for so many times what the last answers took: some are slower than others.
const MARGIN: u32 = 8;

/// Spins shorter than this are not worth their trouble.
const SHORTEST: Duration = Duration::from_micros(5);

/// A wait is short if it lasted so many longest spins at most: two wake-ups and some work are in it where both sides
/// block, and spinning may be what makes it shorter.
const SHORT_WAIT: u32 = 8;

/// After spinning was in vain it rests for so many waits at most; twice as many each time.
const LONGEST_REST: u32 = 4096;

/// After so many waits it looks again how many CPUs there are.
const CPU_CHECK: u32 = 1024;

/// What one session has learnt about waiting for its peer.
#[derive(Debug)]
pub(crate) struct Spinning {
    longest: Duration,
    /// For how long to spin now; zero: not at all.
    spin: Duration,
    /// Waits to go before it is tried again.
    rest: u32,
    /// How long the next rest is.
    next_rest: u32,
    /// Waits to go before the CPUs are counted again.
    cpu_check: u32,
    /// How often a spin looks at most.
    most_looks: u32,
}

/// What to do in a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Block,
    /// Block, and see how long that takes.
    Measure,
    Spin(Duration),
}

/// How a spin ended.
#[derive(Debug)]
pub(crate) enum Spun<T> {
    /// What was waited for is there.
    Ready(T),
    /// It is time to block. [`Spinning::blocked`] wants to know when that is over.
    Block(Blocking),
}

/// A wait that blocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocking {
    /// When the wait began, where that matters.
    since: Option<Instant>,
    /// So much of it is over.
    over: Duration,
}

impl Blocking {
    const UNMEASURED: Self = Self { since: None, over: Duration::ZERO };

    fn since(since: Instant, over: Duration) -> Self {
        Self { since: Some(since), over }
    }

    /// What the spin has left of the time that there was for the wait.
    pub(crate) fn left_of(self, left: Option<Duration>) -> Option<Duration> {
        left.map(|left| left.saturating_sub(self.over))
    }
}

impl Spinning {
    pub(crate) fn new(waiting: Waiting) -> Self {
        Self {
            longest: waiting.longest_spin(),
            spin: Duration::ZERO,
            rest: 0,
            next_rest: 1,
            cpu_check: 0,
            most_looks: u32::MAX,
        }
    }

    /// The same, with so many looks in a spin at most.
    #[cfg(any(target_os = "linux", windows, test))]
    pub(crate) fn with_most_looks(self, most_looks: u32) -> Self {
        Self { most_looks, ..self }
    }

    /// Begins a wait, of `left` at most (`None`: for ever): calls `ready` until it gives something, for as long as it
    /// pays. It is not called at all where that is not at all. The clock is read once for each `polls` calls, and `ended`
    /// asked whether there is something to see that `ready` does not look at. `several_cpus` is asked now and then whether
    /// both sides can run at the same time.
    #[inline(always)]
    pub(crate) fn spin<T>(
        &mut self,
        left: Option<Duration>,
        polls: u32,
        several_cpus: impl FnOnce() -> bool,
        ended: impl FnMut() -> bool,
        ready: impl FnMut() -> Option<T>,
    ) -> Spun<T> {
        match self.plan(several_cpus) {
            Plan::Block => Spun::Block(Blocking::UNMEASURED),
            Plan::Measure => Spun::Block(Blocking::since(Instant::now(), Duration::ZERO)),
            Plan::Spin(spin) => self.spin_for(left.map_or(spin, |left| left.min(spin)), polls, ended, ready),
        }
    }

    #[inline(always)]
    fn spin_for<T>(
        &mut self,
        spin: Duration,
        polls: u32,
        mut ended: impl FnMut() -> bool,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Spun<T> {
        // What is there at the first look was not waited for.
        let mut since: Option<Instant> = None;
        let mut looks = self.most_looks;
        loop {
            for _ in 0..polls.min(looks) {
                if let Some(found) = ready() {
                    if let Some(since) = since {
                        self.answered(since.elapsed());
                    }
                    return Spun::Ready(found);
                }
                spin_loop();
            }
            looks = looks.saturating_sub(polls);
            let now = Instant::now();
            let begin = *since.get_or_insert(now);
            let over = now.saturating_duration_since(begin);
            if looks == 0 || over >= spin || ended() {
                return Spun::Block(Blocking::since(begin, over));
            }
        }
    }

    /// A wait that had to block is over, however it ended.
    #[inline(always)]
    pub(crate) fn blocked(&mut self, blocking: Blocking) {
        if let Some(since) = blocking.since {
            self.waited(since.elapsed());
        }
    }

    #[inline(always)]
    fn plan(&mut self, several_cpus: impl FnOnce() -> bool) -> Plan {
        if self.longest.is_zero() {
            return Plan::Block;
        }
        if self.cpu_check == 0 {
            self.count_cpus(several_cpus());
        }
        self.cpu_check -= 1;
        if !self.spin.is_zero() {
            Plan::Spin(self.spin)
        } else if self.rest > 0 {
            self.rest -= 1;
            Plan::Block
        } else {
            Plan::Measure
        }
    }

    /// One CPU: rests until they are counted again.
    #[cold]
    fn count_cpus(&mut self, are_several: bool) {
        self.cpu_check = CPU_CHECK;
        if !are_several {
            self.spin = Duration::ZERO;
            self.rest = CPU_CHECK;
        }
    }

    /// What was waited for came within a spin.
    #[inline(always)]
    fn answered(&mut self, after: Duration) {
        let wanted = after.saturating_mul(MARGIN).clamp(SHORTEST.min(self.longest), self.longest);
        // Longer at once, shorter step by step.
        let too_long = self.spin.saturating_sub(wanted);
        self.spin = self.spin.max(wanted).saturating_sub(too_long / MARGIN);
        self.next_rest = 1;
    }

    /// A wait has blocked and lasted so long, with the spin before it if there was one.
    #[cold]
    fn waited(&mut self, total: Duration) {
        let is_short = total <= self.longest.saturating_mul(SHORT_WAIT);
        if self.spin.is_zero() {
            if is_short {
                self.spin = self.longest;
            }
            return;
        }
        // Step by step: the peer spins less too, and both have to at the same time for it to help.
        self.spin = self.spin * 3 / 4;
        if !is_short {
            // The peer is idle, which says nothing about how soon it answers.
            self.spin = Duration::ZERO;
        } else if self.spin < SHORTEST {
            self.spin = Duration::ZERO;
            self.rest = self.next_rest;
            self.next_rest = (self.next_rest * 2).min(LONGEST_REST);
        }
    }
}

#[cfg(test)]
#[path = "spinning_tests.rs"]
mod tests;

//! Waiting in the kernel: for a word that the peer shares, and for one of this process.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::thread::futex::{Flags, Wait, WaitFlags, WaitPtr};
use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::posix::sys::{futex_wait, futex_waitv, futex_wake};

/// The kernel has `futex_waitv` (since 5.16), as far as has been seen. A sandbox may refuse what the kernel has.
static HAS_WAITV: AtomicBool = AtomicBool::new(true);

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// One of the words may have changed.
    Woken,
    /// The time is up.
    TimedOut,
}

/// How this side waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiter {
    /// For both words.
    Both,
    /// For the peer's word, which takes 5 % less of an exchange on one CPU. The other one has to be looked at between short
    /// waits: that it changes wakes this side too, unless that happens after the last look and before the wait.
    SharedOnly,
}

impl Waiter {
    /// Only who is watched can leave it to the alarm to end a wait: others have to look around now and then, and so need
    /// not wait for it.
    pub(super) fn new(is_watched: bool) -> Self {
        if is_watched && HAS_WAITV.load(Ordering::Relaxed) { Self::Both } else { Self::SharedOnly }
    }

    /// Whether a change of the alarm ends a wait.
    pub(super) fn hears_alarms(self) -> bool {
        self == Self::Both
    }

    /// Waits while both words are as they were read, for `timeout` at most.
    #[inline(always)]
    pub(super) fn wait(
        &mut self,
        (signal, seen): (&AtomicU32, u32),
        (alarm, heard): (&AtomicU32, u32),
        timeout: Option<Duration>,
    ) -> Result<Waited, Errno> {
        let waited = match self {
            Self::Both => wait_for_both((signal, seen), (alarm, heard), timeout),
            Self::SharedOnly => {
                let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
                futex_wait(signal, Flags::empty(), seen, timeout.as_ref())
            }
        };
        match waited {
            Ok(()) | Err(Errno::AGAIN | Errno::INTR) => Ok(Waited::Woken),
            Err(Errno::TIMEDOUT) => Ok(Waited::TimedOut),
            Err(Errno::NOSYS | Errno::PERM) if *self == Self::Both => {
                HAS_WAITV.store(false, Ordering::Relaxed);
                *self = Self::SharedOnly;
                Ok(Waited::Woken)
            }
            Err(error) => Err(error),
        }
    }
}

#[inline(always)]
fn wait_for_both(
    (signal, seen): (&AtomicU32, u32),
    (alarm, heard): (&AtomicU32, u32),
    timeout: Option<Duration>,
) -> Result<(), Errno> {
    let words = [
        word(signal, seen, WaitFlags::SIZE_U32),
        word(alarm, heard, WaitFlags::SIZE_U32 | WaitFlags::PRIVATE),
    ];
    // It takes a moment, not a duration. One that the clock does not reach is never.
    let until = timeout
        .and_then(|timeout| Timespec::try_from(timeout).ok())
        .and_then(|timeout| clock_gettime(ClockId::Monotonic).checked_add(timeout));
    futex_waitv(&words, until.as_ref()).map(drop)
}

fn word(word: &AtomicU32, value: u32, flags: WaitFlags) -> Wait {
    let mut wait = Wait::new();
    wait.val = value.into();
    wait.uaddr = WaitPtr::new(word.as_ptr().cast());
    wait.flags = flags;
    wait
}

/// Wakes one that waits for a word that processes share.
#[inline]
pub(super) fn wake(signal: &AtomicU32) {
    // Cannot fail for a word that exists.
    let _ = futex_wake(signal, Flags::empty(), 1);
}

/// Wakes all that wait for such a word: whoever it is meant for is among them.
pub(super) fn wake_all(signal: &AtomicU32) {
    // As above.
    let _ = futex_wake(signal, Flags::empty(), u32::MAX >> 1);
}

/// Pieces of a wait that has to look around now and then, so that the peer's end is seen within 20 ms. Whatever ends a wait
/// before, a signal say, does not make the piece longer.
///
/// The first one is no shorter than two of the kernel's ticks. A timer that is due before the next tick has the kernel
/// set up the hardware for it, which on a virtual machine doubles what an exchange takes, although the timer of a wait
/// that is answered is never due.
#[derive(Debug)]
pub(crate) struct Slices {
    length: Duration,
    has_begun: bool,
    /// When this piece ends, once a wait has ended before that.
    end: Option<Instant>,
}

impl Default for Slices {
    fn default() -> Self {
        Self { length: Self::FIRST, has_begun: false, end: None }
    }
}

impl Slices {
    const FIRST: Duration = Duration::from_millis(8);
    const LONGEST: Duration = Duration::from_millis(16);

    /// What is left of this piece. The first wait looks at no clock, so that the first piece is counted from the second
    /// wait on: before that it may have taken its length already.
    #[inline]
    pub(super) fn left(&mut self) -> Duration {
        if mem::replace(&mut self.has_begun, true) { self.left_by_the_clock() } else { self.length }
    }

    #[cold]
    fn left_by_the_clock(&mut self) -> Duration {
        let now = Instant::now();
        self.end.get_or_insert(now + self.length).saturating_duration_since(now)
    }

    /// The next piece begins with the next wait, and is longer if that is possible.
    pub(super) fn next(&mut self) {
        self.length = (self.length * 2).min(Self::LONGEST);
        self.end = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    const SHORT: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_mins(1);

    fn words() -> (Arc<AtomicU32>, Arc<AtomicU32>) {
        (Arc::new(AtomicU32::new(1)), Arc::new(AtomicU32::new(2)))
    }

    #[test]
    fn a_word_that_has_changed_before_ends_a_wait_at_once() {
        for mut waiter in [Waiter::Both, Waiter::SharedOnly] {
            let (signal, alarm) = words();
            assert_eq!(waiter.wait((&signal, 0), (&alarm, 2), None).unwrap(), Waited::Woken);
        }
        let (signal, alarm) = words();
        assert_eq!(Waiter::Both.wait((&signal, 1), (&alarm, 0), None).unwrap(), Waited::Woken);
    }

    #[test]
    fn a_wait_ends_when_its_time_is_up_and_not_before() {
        for mut waiter in [Waiter::Both, Waiter::SharedOnly] {
            let (signal, alarm) = words();
            let start = Instant::now();
            while waiter.wait((&signal, 1), (&alarm, 2), Some(SHORT)).unwrap() != Waited::TimedOut {}
            assert!(start.elapsed() >= SHORT);
        }
    }

    /// Waits in a thread until `change` has been made here.
    fn wakes(mut waiter: Waiter, change: impl FnOnce(&AtomicU32, &AtomicU32)) {
        let (signal, alarm) = words();
        let waiting = {
            let (signal, alarm) = (Arc::clone(&signal), Arc::clone(&alarm));
            thread::spawn(move || {
                while signal.load(Ordering::Acquire) == 1 && alarm.load(Ordering::Acquire) == 2 {
                    assert_eq!(waiter.wait((&signal, 1), (&alarm, 2), Some(LONG)).unwrap(), Waited::Woken);
                }
            })
        };
        thread::sleep(SHORT);
        change(&signal, &alarm);
        waiting.join().unwrap();
    }

    #[test]
    fn the_peers_word_wakes() {
        for waiter in [Waiter::Both, Waiter::SharedOnly] {
            wakes(waiter, |signal, _| {
                signal.store(5, Ordering::Release);
                wake(signal);
            });
        }
    }

    #[test]
    fn the_alarm_wakes() {
        wakes(Waiter::Both, |_, alarm| {
            alarm.store(5, Ordering::Release);
            futex_wake(alarm, Flags::PRIVATE, u32::MAX >> 1).unwrap();
        });
    }

    #[test]
    fn slices_grow_and_stay_below_20_milliseconds() {
        let mut slices = Slices::default();
        let mut millis = Vec::new();
        for _ in 0..3 {
            millis.push(slices.left().as_millis());
            slices.next();
        }
        assert_eq!(millis, [8, 16, 16]);
    }

    #[test]
    fn a_slice_ends_although_waits_end_before_it_again_and_again() {
        let mut slices = Slices::default();
        for length in [Slices::FIRST, Slices::LONGEST, Slices::LONGEST] {
            let start = Instant::now();
            assert_eq!(slices.left(), length);
            while slices.left() != Duration::ZERO {
                thread::sleep(Duration::from_millis(1));
            }
            assert!(start.elapsed() >= length);
            slices.next();
        }
    }

    #[test]
    fn the_first_wait_looks_at_no_clock() {
        let mut slices = Slices::default();
        assert_eq!((slices.left(), slices.end), (Slices::FIRST, None));
    }
}

//! The word by which a session that waits in shared memory is told of everything else.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::thread::futex::Flags;

use crate::posix::sys::futex_wake;

/// Flags below, and above them a count of the rings.
const ABORTED: u32 = 1;
const READING_OVER: u32 = 2;
const RING: u32 = 4;

/// What has become of a session besides its messages. Whoever waits for the word to change (a futex of this process)
/// misses nothing: the word never again has a value that it had before something happened.
#[derive(Default)]
pub(in crate::posix) struct Alarm {
    word: AtomicU32,
    /// Wakes whoever waits for something else, and looks at the word between waits.
    bell: OnceLock<Bell>,
}

type Bell = Box<dyn Fn() + Send + Sync>;

impl Alarm {
    /// The session is over.
    pub(in crate::posix) fn abort(&self) {
        self.raise(ABORTED);
    }

    /// Nothing more is to come in.
    pub(in crate::posix) fn end_reading(&self) {
        self.raise(READING_OVER);
    }

    /// The socket, or who watches it, is worth a look.
    pub(in crate::posix) fn ring(&self) {
        self.word.fetch_add(RING, Ordering::Release);
        self.wake();
    }

    pub(in crate::posix) fn is_aborted(&self) -> bool {
        self.word.load(Ordering::Acquire) & ABORTED != 0
    }

    pub(in crate::posix) fn is_reading_over(&self) -> bool {
        self.word.load(Ordering::Acquire) & READING_OVER != 0
    }

    /// The word itself, to wait for.
    pub(in crate::posix) fn word(&self) -> &AtomicU32 {
        &self.word
    }

    fn raise(&self, flag: u32) {
        self.word.fetch_or(flag, Ordering::Release);
        self.wake();
    }

    /// Has `bell` called after each change too. The first one stays.
    pub(in crate::posix) fn wake_also(&self, bell: impl Fn() + Send + Sync + 'static) {
        let _ = self.bell.set(Box::new(bell));
    }

    fn wake(&self) {
        // Cannot fail for a word that exists.
        let _ = futex_wake(&self.word, Flags::PRIVATE, u32::MAX >> 1);
        if let Some(bell) = self.bell.get() {
            bell();
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("word", &self.word).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_bell_is_rung_after_each_change() {
        let (alarm, seen) = (Arc::new(Alarm::default()), Arc::new(AtomicU32::new(0)));
        let (watched, noted) = (Arc::downgrade(&alarm), Arc::clone(&seen));
        alarm.wake_also(move || {
            let alarm = watched.upgrade().expect("it is ringing");
            noted.store(alarm.word().load(Ordering::Acquire), Ordering::Release);
        });
        alarm.ring();
        assert_eq!(seen.load(Ordering::Acquire), RING);
        alarm.end_reading();
        assert_eq!(seen.load(Ordering::Acquire), RING | READING_OVER);
        alarm.abort();
        assert_eq!(seen.load(Ordering::Acquire), RING | READING_OVER | ABORTED);
    }
}

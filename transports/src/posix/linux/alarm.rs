//! The word by which a session that waits in shared memory is told of everything else.

use std::sync::atomic::{AtomicU32, Ordering};

use rustix::thread::futex::Flags;

use crate::posix::sys::futex_wake;

/// Flags below, and above them a count of the rings.
const ABORTED: u32 = 1;
const READING_OVER: u32 = 2;
const RING: u32 = 4;

/// What has become of a session besides its messages. Whoever waits for the word to change (a futex of this process)
/// misses nothing: the word never again has a value that it had before something happened.
#[derive(Debug, Default)]
pub(in crate::posix) struct Alarm(AtomicU32);

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
        self.0.fetch_add(RING, Ordering::Release);
        self.wake();
    }

    pub(in crate::posix) fn is_aborted(&self) -> bool {
        self.0.load(Ordering::Acquire) & ABORTED != 0
    }

    pub(in crate::posix) fn is_reading_over(&self) -> bool {
        self.0.load(Ordering::Acquire) & READING_OVER != 0
    }

    /// The word itself, to wait for.
    pub(in crate::posix) fn word(&self) -> &AtomicU32 {
        &self.0
    }

    fn raise(&self, flag: u32) {
        self.0.fetch_or(flag, Ordering::Release);
        self.wake();
    }

    fn wake(&self) {
        // Cannot fail for a word that exists.
        let _ = futex_wake(&self.0, Flags::PRIVATE, u32::MAX >> 1);
    }
}

//! Which keys were asked for in vain, and since when.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Keys that are remembered at most; others are always too new.
const KEYS: usize = 100_000;

/// Tells a key that is too new for the last reading from one that does not exist: the second was asked for before a
/// reading began, and was not found by it.
///
/// A key is remembered by its hash under a secret of this process, and for as long as it is asked for at least once
/// between two readings.
#[derive(Debug, Default)]
pub(super) struct Missed {
    hasher: RandomState,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the reading began that `since` belongs to.
    reading: Option<Instant>,
    /// Keys that were asked for while an earlier reading was the last one, each with the first time.
    before: HashMap<u64, Instant>,
    /// Keys that were asked for since this reading.
    since: HashMap<u64, Instant>,
}

impl Missed {
    /// Whether a key that is not in the reading that began then does not exist. `now` is when it was asked for.
    pub(super) fn does_not_exist(&self, key: &[u8], reading: Instant, now: Instant) -> bool {
        let key = self.hasher.hash_one(key);
        // Whatever a panic has left behind makes keys look newer than they are, at worst.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.reading.is_none_or(|last| last < reading) {
            state.reading = Some(reading);
            state.before = mem::take(&mut state.since);
        }
        let first = state.before.get(&key).or_else(|| state.since.get(&key)).copied().unwrap_or(now);
        if state.since.len() < KEYS || state.since.contains_key(&key) {
            state.since.insert(key, first);
        }
        first < reading
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Instants, so many milliseconds from one of them.
    fn at(ms: u64) -> Instant {
        use std::sync::OnceLock;
        static START: OnceLock<Instant> = OnceLock::new();
        *START.get_or_init(Instant::now) + Duration::from_millis(ms)
    }

    #[test]
    fn a_key_is_too_new_until_a_reading_that_began_later_has_missed_it() {
        let missed = Missed::default();
        assert!(!missed.does_not_exist(b"a", at(0), at(1)));
        assert!(!missed.does_not_exist(b"a", at(0), at(2)), "the same reading proves nothing more");
        assert!(missed.does_not_exist(b"a", at(3), at(4)));
        assert!(missed.does_not_exist(b"a", at(5), at(6)), "and so it stays");
        assert!(!missed.does_not_exist(b"b", at(5), at(6)), "of another key nothing is known");
    }

    #[test]
    fn a_reading_that_had_begun_before_the_question_proves_nothing() {
        let missed = Missed::default();
        // Asked when the reading of 0 was the last one, but the next had begun at 1 already.
        assert!(!missed.does_not_exist(b"a", at(0), at(2)));
        assert!(!missed.does_not_exist(b"a", at(1), at(3)));
        assert!(missed.does_not_exist(b"a", at(4), at(5)));
    }

    #[test]
    fn a_key_that_nobody_asks_for_is_forgotten() {
        let missed = Missed::default();
        missed.does_not_exist(b"a", at(0), at(1));
        missed.does_not_exist(b"b", at(2), at(3));
        assert!(!missed.does_not_exist(b"a", at(4), at(5)));
        assert_eq!(missed.state.lock().expect("nobody panicked").before.len(), 1);
    }

    #[test]
    fn no_more_keys_than_agreed_are_remembered() {
        let missed = Missed::default();
        for index in 0..KEYS + 10 {
            missed.does_not_exist(&index.to_ne_bytes(), at(0), at(1));
        }
        assert_eq!(missed.state.lock().expect("nobody panicked").since.len(), KEYS);
        assert!(missed.does_not_exist(&0_usize.to_ne_bytes(), at(2), at(3)));
        assert!(!missed.does_not_exist(&(KEYS + 5).to_ne_bytes(), at(2), at(3)), "too new, and not wrong");
    }
}

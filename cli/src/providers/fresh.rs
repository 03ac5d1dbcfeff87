//! What a provider has read of the host, read again when it has grown old.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{cmp, io};

/// What was read of the host.
pub(crate) trait Reading {
    /// Whether whoever is told of the one and of the other could tell no difference.
    fn publishes_the_same_as(&self, other: &Self) -> bool;
}

/// What was read, and the number under which it is published.
#[derive(Debug)]
pub(crate) struct Published<T> {
    /// Grows whenever what is published has changed, also from one process to the next: it is the time of the change in
    /// milliseconds since 1970, or one more than the last number where the clock has not moved on.
    pub(crate) generation: u64,
    /// What was read.
    pub(crate) value: T,
}

/// The last reading.
#[derive(Debug)]
pub(crate) struct Look<T> {
    /// When the reading began: what came into being later may be missing.
    pub(crate) began: Instant,
    /// What it gave.
    pub(crate) published: Arc<Published<T>>,
}

impl<T> Clone for Look<T> {
    fn clone(&self) -> Self {
        Self { began: self.began, published: Arc::clone(&self.published) }
    }
}

/// A source that a provider owns.
pub(crate) type Source<T> = Box<dyn FnMut() -> io::Result<T> + Send>;

/// Gives what a source says now, or said not longer ago than agreed. For any number of threads. Without callers
/// nothing is read.
pub(crate) struct Fresh<T, S> {
    refresh: Duration,
    state: Mutex<State<T, S>>,
}

struct State<T, S> {
    source: S,
    /// The last reading, and when it had ended: its age counts from there, so that a slow source is not read all the
    /// time.
    last: Option<(Instant, Look<T>)>,
}

impl<T: Reading, S: FnMut() -> io::Result<T>> Fresh<T, S> {
    /// Reads from `source` whenever the last reading is older than `refresh`.
    pub(crate) fn new(refresh: Duration, source: S) -> Self {
        Self { refresh, state: Mutex::new(State { source, last: None }) }
    }

    /// The reading as it is now. Callers that come while the source is being read wait for that and share it.
    ///
    /// # Errors
    /// The source has failed. The next call tries again.
    pub(crate) fn current(&self) -> io::Result<Look<T>> {
        // A source that has panicked left the last good reading as it was.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((ended, look)) = &state.last
            && ended.elapsed() < self.refresh
        {
            return Ok(look.clone());
        }
        let began = Instant::now();
        let value = (state.source)()?;
        let previous = state.last.take().map(|(_, look)| look.published);
        let published = match previous {
            Some(previous) if previous.value.publishes_the_same_as(&value) => previous,
            previous => {
                let generation = next_generation(previous.map(|previous| previous.generation));
                Arc::new(Published { generation, value })
            }
        };
        let look = Look { began, published };
        state.last = Some((Instant::now(), look.clone()));
        Ok(look)
    }
}

/// The number under which the next state is published.
pub(super) fn next_generation(previous: Option<u64>) -> u64 {
    cmp::max(previous.map_or(0, |previous| previous + 1), now_ms())
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

    /// What is published, and what is not.
    #[derive(Default)]
    struct Number(u32, u32);

    impl Reading for Number {
        fn publishes_the_same_as(&self, other: &Self) -> bool {
            // What could not be read, for example, is no part of it.
            let Self(published, _) = self;
            *published == other.0
        }
    }

    /// Gives 1, 2, 3 and so on.
    fn counting(refresh: Duration) -> Fresh<Number, impl FnMut() -> io::Result<Number>> {
        let mut count = 0;
        Fresh::new(refresh, move || {
            count += 1;
            Ok(Number(count, 0))
        })
    }

    fn current<S: FnMut() -> io::Result<Number>>(fresh: &Fresh<Number, S>) -> Arc<Published<Number>> {
        fresh.current().expect("the source succeeds").published
    }

    #[test]
    fn a_young_reading_is_used_again() {
        let fresh = counting(Duration::MAX);
        let (first, second) = (current(&fresh), current(&fresh));
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(second.value.0, 1);
    }

    #[test]
    fn an_old_reading_is_repeated_and_keeps_its_generation_if_nothing_changed() {
        let readings = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            readings.set(readings.get() + 1);
            Ok(Number::default())
        });
        let first = fresh.current().expect("the source succeeds");
        let second = fresh.current().expect("the source succeeds");
        assert_eq!(first.published.generation, second.published.generation);
        assert_eq!(readings.get(), 2);
        assert!(second.began >= first.began);
    }

    #[test]
    fn the_generation_grows_with_every_change() {
        let fresh = counting(Duration::ZERO);
        let mut last = 0;
        for _ in 0..1000 {
            let generation = current(&fresh).generation;
            assert!(generation > last);
            last = generation;
        }
    }

    #[test]
    fn what_is_not_published_is_no_change() {
        let readings = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            readings.set(readings.get() + 1);
            Ok(Number(7, readings.get()))
        });
        let (first, second) = (current(&fresh), current(&fresh));
        assert_eq!(first.generation, second.generation);
        assert_eq!((first.value.1, readings.get()), (1, 2));
    }

    #[test]
    fn a_failed_reading_is_an_error_and_the_next_call_tries_again() {
        let readings = Cell::new(0);
        let fresh = Fresh::new(Duration::MAX, || {
            readings.set(readings.get() + 1);
            if readings.get() == 1 { Err(io::Error::other("no")) } else { Ok(Number::default()) }
        });
        assert!(fresh.current().is_err());
        assert!(fresh.current().is_ok());
    }

    #[test]
    fn a_failed_reading_does_not_lower_the_generation() {
        let readings = Cell::new(0);
        let fresh = Fresh::new(Duration::ZERO, || {
            readings.set(readings.get() + 1);
            if readings.get() == 2 { Err(io::Error::other("no")) } else { Ok(Number(readings.get(), 0)) }
        });
        let first = current(&fresh).generation;
        assert!(fresh.current().is_err());
        assert!(current(&fresh).generation > first);
    }
}

//! What is worth knowing of many answers.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::error::Failure;

/// Nanoseconds that p99 is at most: an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// Counts answers, and how long they took, in memory that does not grow with them.
pub(super) struct Statistics {
    lost: u64,
    times: Histogram<u64>,
    sum: Duration,
    min: Duration,
    max: Duration,
}

/// How long answers took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) min: Duration,
    pub(super) avg: Duration,
    pub(super) max: Duration,
    /// 99 of 100 took no longer, give or take 0.1 %.
    pub(super) p99: Duration,
}

impl Statistics {
    /// Of nothing yet.
    pub(super) fn new() -> Result<Self, Failure> {
        let times = Histogram::new_with_bounds(1, LONGEST, 3)
            .map_err(|error| Failure::because("cannot make a histogram", &error))?;
        Ok(Self { lost: 0, times, sum: Duration::ZERO, min: Duration::MAX, max: Duration::ZERO })
    }

    /// An answer that took so long.
    pub(super) fn answered_after(&mut self, time: Duration) {
        self.times.saturating_record(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        self.sum = self.sum.saturating_add(time);
        self.min = self.min.min(time);
        self.max = self.max.max(time);
    }

    /// No answer.
    pub(super) fn lost(&mut self) {
        self.lost += 1;
    }

    pub(super) fn sent(&self) -> u64 {
        self.answered() + self.lost
    }

    pub(super) fn answered(&self) -> u64 {
        self.times.len()
    }

    pub(super) fn number_lost(&self) -> u64 {
        self.lost
    }

    /// How long they took; `None` without any.
    pub(super) fn times(&self) -> Option<Times> {
        let answered = u128::from(self.answered());
        let avg = self.sum.as_nanos().checked_div(answered)?;
        Some(Times {
            min: self.min,
            avg: Duration::from_nanos(u64::try_from(avg).unwrap_or(u64::MAX)),
            max: self.max,
            // The histogram rounds up.
            p99: Duration::from_nanos(self.times.value_at_quantile(0.99)).min(self.max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(micros: impl IntoIterator<Item = u64>) -> Statistics {
        let mut statistics = Statistics::new().expect("it has bounds");
        for time in micros {
            statistics.answered_after(Duration::from_micros(time));
        }
        statistics
    }

    #[test]
    fn of_a_hundred_answers() {
        let statistics = of(1..=100);
        let times = statistics.times().expect("there are some");
        assert_eq!(times.min, Duration::from_micros(1));
        assert_eq!(times.avg, Duration::from_nanos(50_500));
        assert_eq!(times.max, Duration::from_micros(100));
        assert!((98_900..=99_100).contains(&times.p99.as_nanos()), "{times:?}");
    }

    #[test]
    fn of_one_answer_all_are_the_same() {
        let time = Duration::from_micros(12_345);
        let times = of([12_345]).times();
        assert_eq!(times, Some(Times { min: time, avg: time, max: time, p99: time }));
    }

    #[test]
    fn what_is_lost_was_sent_and_has_no_time() {
        let mut statistics = of([]);
        statistics.lost();
        assert_eq!((statistics.sent(), statistics.answered(), statistics.number_lost()), (1, 0, 1));
        assert_eq!(statistics.times(), None);
        statistics.answered_after(Duration::from_micros(7));
        assert_eq!((statistics.sent(), statistics.answered(), statistics.number_lost()), (2, 1, 1));
    }
}

//! How long calls took.

use std::time::Duration;

/// What is worth knowing of many durations.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Times {
    /// The shortest.
    pub(super) min: Duration,
    /// Half of them took no longer.
    pub(super) median: Duration,
    /// 99 of 100 took no longer.
    pub(super) p99: Duration,
}

impl Times {
    /// Of `samples`, which are sorted for that; `None` if there are none.
    pub(super) fn of(samples: &mut [Duration]) -> Option<Self> {
        samples.sort_unstable();
        // The smallest sample that is not shorter than this share of all: the nearest rank.
        let rank =
            |percent: usize| samples.get((samples.len() * percent).div_ceil(100).checked_sub(1)?).copied();
        Some(Self { min: *samples.first()?, median: rank(50)?, p99: rank(99)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(micros: impl IntoIterator<Item = u64>) -> Option<(u64, u64, u64)> {
        let mut samples: Vec<_> = micros.into_iter().map(Duration::from_micros).collect();
        let times = Times::of(&mut samples)?;
        let [min, median, p99] = [times.min, times.median, times.p99]
            .map(|time| u64::try_from(time.as_micros()).expect("as small as it was"));
        Some((min, median, p99))
    }

    #[test]
    fn of_a_hundred_calls() {
        assert_eq!(of((1..=100).rev()), Some((1, 50, 99)));
    }

    #[test]
    fn of_a_thousand_calls_ten_may_take_longer() {
        assert_eq!(of((0..1000).map(|index| if index < 990 { 1 } else { 100 })), Some((1, 1, 1)));
        assert_eq!(of((0..1000).map(|index| if index < 989 { 1 } else { 100 })), Some((1, 1, 100)));
    }

    #[test]
    fn of_one_call_all_are_the_same() {
        assert_eq!(of([7]), Some((7, 7, 7)));
    }

    #[test]
    fn of_no_call_there_are_none() {
        assert_eq!(of([]), None);
    }
}

//! When a socket's time-out has to be set again.

use std::time::Duration;

/// A wait may end so much late: about what the kernel's own clock does to it.
const TOLERANCE: Duration = Duration::from_millis(1);

/// A time-out is kept while it is at least this part of the time that is left. A wait that it ends too early is begun
/// again, so that a short one costs a few more system calls, and only where nothing comes for a long time.
const SHORTEST_PART: u32 = 8;

/// The time-out that a socket has for one direction (`SO_RCVTIMEO`, `SO_SNDTIMEO`).
///
/// Setting it for every message would double the system calls. Deadlines of messages that follow one another are
/// nearly the same time away, so that a time-out a little below that serves all of them; whoever waits compares with
/// the real deadline when it has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timeout {
    armed: Option<Duration>,
}

impl Timeout {
    /// What a new socket has: it waits for ever.
    pub(super) const NONE: Self = Self { armed: None };

    /// The time-out to set now for a wait of `left` (`None`: for ever), or `None` if the one that is set will do.
    /// `again` says that the one that is set has run out in this very wait.
    #[inline]
    pub(super) fn change_for(self, left: Option<Duration>, again: bool) -> Option<Self> {
        let wanted = match (left, self.armed) {
            (None, None) => return None,
            (None, Some(_)) => Self::NONE,
            (Some(left), Some(armed)) if will_do(armed, left) => return None,
            // The rest of a wait is waited for exactly; a first wait leaves room for deadlines that are a little nearer.
            (Some(left), _) if again || left < TOLERANCE * SHORTEST_PART => {
                Self { armed: Some(left.max(TOLERANCE)) }
            }
            (Some(left), _) => Self { armed: Some(left / 4 * 3) },
        };
        Some(wanted)
    }

    #[inline]
    pub(super) fn armed(self) -> Option<Duration> {
        self.armed
    }
}

#[inline]
fn will_do(armed: Duration, left: Duration) -> bool {
    armed <= left.saturating_add(TOLERANCE) && armed >= left / SHORTEST_PART
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Runs waits of these lengths one after another; gives how often the time-out was set.
    fn changes(waits: impl IntoIterator<Item = Option<Duration>>) -> usize {
        let mut timeout = Timeout::NONE;
        let mut changes = 0;
        for left in waits {
            if let Some(changed) = timeout.change_for(left, false) {
                timeout = changed;
                changes += 1;
            }
        }
        changes
    }

    #[test]
    fn waiting_for_ever_needs_no_change() {
        assert_eq!(changes([None; 10]), 0);
    }

    #[test]
    fn deadlines_that_are_nearly_the_same_time_away_are_set_once() {
        let nearly = |micros| Some(29 * SECOND + Duration::from_micros(micros));
        assert_eq!(changes((0..1_000).map(|i| nearly(i * 7_919 % 1_000_000))), 1);
    }

    #[test]
    fn a_much_nearer_deadline_is_set() {
        assert_eq!(changes([Some(30 * SECOND), Some(SECOND)]), 2);
    }

    #[test]
    fn a_much_further_deadline_is_set() {
        assert_eq!(changes([Some(SECOND), Some(30 * SECOND)]), 2);
    }

    #[test]
    fn going_on_for_ever_after_a_deadline_is_set() {
        assert_eq!(changes([Some(SECOND), None, None]), 2);
    }

    #[test]
    fn a_wait_never_ends_later_than_the_tolerance() {
        for left in [1, 5, 8, 9, 100, 1_000, 30_000].map(Duration::from_millis) {
            for before in [1, 10, 1_000, 60_000].map(Duration::from_millis) {
                let set = Timeout { armed: Some(before) };
                let armed = set.change_for(Some(left), false).unwrap_or(set).armed.unwrap();
                assert!(armed <= left + TOLERANCE, "{armed:?} for {left:?} after {before:?}");
            }
        }
    }

    #[test]
    fn the_rest_of_a_wait_is_set_exactly() {
        let set = Timeout { armed: Some(15 * SECOND) };
        assert_eq!(set.change_for(Some(SECOND), true).unwrap().armed(), Some(SECOND));
    }

    #[test]
    fn no_time_out_is_set_to_zero_which_would_mean_for_ever() {
        let armed = Timeout::NONE.change_for(Some(Duration::from_nanos(1)), false).unwrap().armed();
        assert!(armed >= Some(TOLERANCE));
    }
}

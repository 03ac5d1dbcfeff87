//! The moment by which an operation has to be done.

use std::time::{Duration, Instant};

/// The moment by which an operation has to be done, or never. One deadline covers everything the operation does: all
/// chunks of a message, all steps of a handshake.
///
/// Contract: `docs/contract/transport.md`, "Messages".
///
/// ```
/// use std::time::Duration;
/// use netipc_transport::Deadline;
/// assert!(Deadline::after(Duration::ZERO).is_past());
/// assert!(Deadline::after(Duration::from_secs(30)).remaining() > Some(Duration::from_secs(29)));
/// assert_eq!(Deadline::NEVER.remaining(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Waits for as long as it takes.
    pub const NEVER: Self = Self(None);

    /// `timeout` from now; [`Deadline::NEVER`] where the clock does not reach that far. A timeout of zero takes what
    /// is there already and never waits.
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        Self(Instant::now().checked_add(timeout))
    }

    /// This moment.
    #[must_use]
    pub const fn at(moment: Instant) -> Self {
        Self(Some(moment))
    }

    /// The moment; `None` means never.
    #[must_use]
    pub const fn moment(self) -> Option<Instant> {
        self.0
    }

    /// The time that is left, zero once it is past; `None` means for ever.
    #[must_use]
    #[inline]
    pub fn remaining(self) -> Option<Duration> {
        self.0.map(|moment| moment.saturating_duration_since(Instant::now()))
    }

    /// Whether no time is left.
    #[must_use]
    #[inline]
    pub fn is_past(self) -> bool {
        self.remaining().is_some_and(|left| left.is_zero())
    }

    /// The earlier of the two.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(one), Some(two)) => Self(Some(one.min(two))),
            (one, two) => Self(one.or(two)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_beyond_the_clock_never_comes() {
        assert_eq!(Deadline::after(Duration::MAX), Deadline::NEVER);
    }

    #[test]
    fn any_moment_is_earlier_than_never() {
        let moment = Deadline::at(Instant::now());
        assert_eq!(moment.earlier(Deadline::NEVER), moment);
        assert_eq!(Deadline::NEVER.earlier(moment), moment);
        assert_eq!(Deadline::NEVER.earlier(Deadline::NEVER), Deadline::NEVER);
    }

    #[test]
    fn the_earlier_of_two_moments_wins() {
        let now = Instant::now();
        let (one, two) = (Deadline::at(now), Deadline::at(now + Duration::from_secs(1)));
        assert_eq!(one.earlier(two), one);
        assert_eq!(two.earlier(one), one);
    }
}

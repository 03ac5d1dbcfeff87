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
pub struct Deadline(Moment);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Moment {
    /// Past, whatever the clock says.
    Now,
    At(Instant),
    Never,
}

impl Deadline {
    /// Waits for as long as it takes.
    pub const NEVER: Self = Self(Moment::Never);

    /// Takes what is there already and never waits. No clock is read for it.
    pub const NOW: Self = Self(Moment::Now);

    /// `timeout` from now; [`Deadline::NEVER`] where the clock does not reach that far. A timeout of zero is
    /// [`Deadline::NOW`].
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        if timeout.is_zero() {
            return Self::NOW;
        }
        Instant::now().checked_add(timeout).map_or(Self::NEVER, Self::at)
    }

    /// This moment.
    #[must_use]
    pub const fn at(moment: Instant) -> Self {
        Self(Moment::At(moment))
    }

    /// The moment; `None` means never. [`Deadline::NOW`] is the moment of this call.
    #[must_use]
    pub fn moment(self) -> Option<Instant> {
        match self.0 {
            Moment::Now => Some(Instant::now()),
            Moment::At(moment) => Some(moment),
            Moment::Never => None,
        }
    }

    /// The time that is left, zero once it is past; `None` means for ever.
    #[must_use]
    #[inline]
    pub fn remaining(self) -> Option<Duration> {
        match self.0 {
            Moment::Now => Some(Duration::ZERO),
            Moment::At(moment) => Some(moment.saturating_duration_since(Instant::now())),
            Moment::Never => None,
        }
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
            (Moment::Now, _) | (_, Moment::Now) => Self::NOW,
            (Moment::At(one), Moment::At(two)) => Self::at(one.min(two)),
            (Moment::Never, _) => other,
            (_, Moment::Never) => self,
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
    fn now_is_past_and_earlier_than_any_moment() {
        assert!(Deadline::NOW.is_past());
        assert_eq!(Deadline::after(Duration::ZERO), Deadline::NOW);
        assert!(Deadline::NOW.moment() <= Some(Instant::now()));
        for other in [Deadline::at(Instant::now()), Deadline::NEVER, Deadline::NOW] {
            assert_eq!(Deadline::NOW.earlier(other), Deadline::NOW);
            assert_eq!(other.earlier(Deadline::NOW), Deadline::NOW);
        }
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

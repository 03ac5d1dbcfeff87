//! What a client proposes for its requests: how that grows, and how it is taken back. Values only, no I/O.
//!
//! Contract: `docs/contract/service.md`, "Growth".

use netipc_transport::defaults;

/// The proposal for the request payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    first: u32,
    ceiling: u32,
    proposal: u32,
    /// The last proposal that a server accepted; 0 if there is none.
    accepted: u32,
}

impl Growth {
    /// Begins with `first` and never goes beyond `ceiling`, in bytes.
    pub(super) fn new(first: u32, ceiling: u32) -> Self {
        let first = first.min(ceiling);
        Self { first, ceiling, proposal: first, accepted: 0 }
    }

    /// What the next connect proposes.
    pub(super) const fn proposal(&self) -> u32 {
        self.proposal
    }

    /// What no proposal is beyond.
    pub(super) const fn ceiling(&self) -> u32 {
        self.ceiling
    }

    /// A server has accepted the proposal.
    pub(super) const fn accept(&mut self) {
        self.accepted = self.proposal;
    }

    /// A server has refused the proposal: falls back to the last one that was accepted, to the first one, or to what
    /// every server accepts. `false` if there is nothing smaller to try.
    pub(super) fn take_back(&mut self) -> bool {
        let smaller = [self.accepted, self.first, defaults::MAX_REQUEST_PAYLOAD_BYTES]
            .into_iter()
            .filter(|bytes| (1..self.proposal).contains(bytes))
            .max();
        // Where nothing helps it is not the proposal, and the next connect is as good as the first.
        self.proposal = smaller.unwrap_or(self.first);
        smaller.is_some()
    }

    /// Grows the proposal for a request of `needed` bytes: to a power of 2, or to the ceiling. `false` if that leaves
    /// it as it is.
    pub(super) fn raise(&mut self, needed: usize) -> bool {
        let Some(needed) = u32::try_from(needed).ok().filter(|needed| *needed <= self.ceiling) else {
            return false;
        };
        let more = needed.max(self.proposal.saturating_add(1));
        let raised = more.checked_next_power_of_two().unwrap_or(u32::MAX).min(self.ceiling);
        if raised <= self.proposal {
            return false;
        }
        self.proposal = raised;
        true
    }
}

/// What one call may still do about failures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    growths: u8,
    retry: bool,
}

/// `docs/contract/service.md`: "up to 8 times".
const MAX_GROWTHS: u8 = 8;

impl Budget {
    /// That of a call that has not failed yet.
    pub(super) const fn new() -> Self {
        Self { growths: MAX_GROWTHS, retry: true }
    }

    /// Takes the one retry, if it is there.
    pub(super) const fn take_retry(&mut self) -> bool {
        std::mem::replace(&mut self.retry, false)
    }

    /// Takes one of the growths, if any is left.
    pub(super) const fn take_growth(&mut self) -> bool {
        match self.growths.checked_sub(1) {
            Some(left) => {
                self.growths = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_next_power_of_two_that_holds_the_request() {
        let mut growth = Growth::new(1_024, 1 << 20);
        assert!(growth.raise(5_000));
        assert_eq!(growth.proposal(), 8_192);
        assert!(growth.raise(8_193));
        assert_eq!(growth.proposal(), 16_384);
    }

    #[test]
    fn grows_to_a_power_of_two_also_from_a_first_proposal_that_is_none() {
        let mut growth = Growth::new(3_034, 1 << 20);
        assert!(growth.raise(3_500));
        assert_eq!(growth.proposal(), 4_096);
    }

    #[test]
    fn grows_to_the_ceiling_and_no_further() {
        let mut growth = Growth::new(1_024, 10_000);
        assert!(!growth.raise(10_001), "it would not help");
        assert_eq!(growth.proposal(), 1_024);
        assert!(growth.raise(9_000));
        assert_eq!(growth.proposal(), 10_000);
        assert!(!growth.raise(10_000));
        assert!(!growth.raise(usize::MAX));
    }

    #[test]
    fn grows_also_where_a_server_has_agreed_to_less_than_was_proposed() {
        let mut growth = Growth::new(1_024, 1 << 20);
        assert!(growth.raise(600));
        assert_eq!(growth.proposal(), 2_048);
    }

    #[test]
    fn the_first_proposal_is_not_beyond_the_ceiling() {
        assert_eq!(Growth::new(1_024, 100).proposal(), 100);
    }

    #[test]
    fn a_refused_proposal_falls_back_to_the_last_accepted_one() {
        let mut growth = Growth::new(1_024, 1 << 20);
        assert!(growth.raise(2_000));
        growth.accept();
        assert!(growth.raise(100_000));
        assert!(growth.take_back());
        assert_eq!(growth.proposal(), 2_048);
    }

    #[test]
    fn an_accepted_proposal_that_is_refused_later_falls_back_to_the_first_and_then_to_the_default() {
        let mut growth = Growth::new(4_096, 1 << 20);
        assert!(growth.raise(100_000));
        growth.accept();
        assert!(growth.take_back());
        assert_eq!(growth.proposal(), 4_096);
        assert!(growth.take_back());
        assert_eq!(growth.proposal(), 1_024);
        assert!(!growth.take_back(), "the server is full, then");
        assert_eq!(growth.proposal(), 4_096, "the next connect begins anew");
    }

    #[test]
    fn a_first_proposal_of_the_default_has_nothing_to_fall_back_to() {
        assert!(!Growth::new(1_024, 1 << 20).take_back());
        assert!(!Growth::new(1_024, 100).take_back());
    }

    #[test]
    fn a_call_grows_eight_times_and_is_retried_once() {
        let mut budget = Budget::new();
        assert_eq!((0..20).filter(|_| budget.take_growth()).count(), 8);
        assert_eq!((0..20).filter(|_| budget.take_retry()).count(), 1);
    }
}

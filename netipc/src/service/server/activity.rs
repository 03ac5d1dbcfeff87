//! What a session is doing, for whoever ends it from outside, and how much it has done.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// Its thread runs the handler, which cannot be interrupted.
const IN_HANDLER: u8 = 1;
/// It must not run the handler any more.
const CUT_OFF: u8 = 2;

/// What one session does. Only its own thread writes on the way of a request, so that sessions keep nothing from one
/// another.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// A request has been received and is not answered yet.
    busy: AtomicBool,
    handler: AtomicU8,
    requests: AtomicU64,
}

impl Activity {
    /// A request has come.
    pub(super) fn begin_request(&self) {
        // Nobody else writes it.
        let requests = self.requests.load(Ordering::Relaxed).wrapping_add(1);
        self.requests.store(requests, Ordering::Relaxed);
        self.busy.store(true, Ordering::Release);
    }

    /// It is answered.
    pub(super) fn end_request(&self) {
        self.busy.store(false, Ordering::Release);
    }

    /// Whether a request is in progress.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Requests that have come.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The handler runs from now on; `false` if the session was cut off and it must not.
    pub(super) fn enter_handler(&self) -> bool {
        self.handler.compare_exchange(0, IN_HANDLER, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The handler has returned.
    pub(super) fn leave_handler(&self) {
        self.handler.fetch_and(!IN_HANDLER, Ordering::AcqRel);
    }

    /// Lets the handler run no more.
    pub(super) fn cut_off(&self) {
        self.handler.fetch_or(CUT_OFF, Ordering::AcqRel);
    }

    /// Whether the handler runs.
    pub(super) fn is_in_handler(&self) -> bool {
        self.handler.load(Ordering::Acquire) & IN_HANDLER != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_cut_off_is_not_in_the_handler_that_it_is_kept_from() {
        let activity = Activity::default();
        activity.cut_off();
        assert!(!activity.enter_handler());
        assert!(!activity.is_in_handler(), "nobody would wait for its end");
    }

    #[test]
    fn a_session_that_is_cut_off_in_the_handler_is_in_it_until_it_returns_and_never_again() {
        let activity = Activity::default();
        assert!(activity.enter_handler());
        activity.cut_off();
        assert!(activity.is_in_handler());
        activity.leave_handler();
        assert!(!activity.is_in_handler() && !activity.enter_handler());
    }

    #[test]
    fn a_request_is_in_progress_until_it_is_answered() {
        let activity = Activity::default();
        for requests in 1..=3 {
            activity.begin_request();
            assert!(activity.is_busy());
            activity.end_request();
            assert!(!activity.is_busy());
            assert_eq!(activity.requests(), requests);
        }
    }
}

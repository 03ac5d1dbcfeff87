//! The accepting thread.

use std::io;
use std::time::Duration;

use netipc_transport::AcceptError;
use thiserror::Error;

/// So long nobody is accepted after a failure: what the system lacks, sessions that end may give back meanwhile.
pub(super) const REST: Duration = Duration::from_millis(100);

/// Why a client was not accepted.
#[derive(Debug, Error)]
pub(super) enum AcceptFailure {
    /// The listener says so. It is as good as before.
    #[error(transparent)]
    Listener(AcceptError),
    /// It was told OK, but its session cannot be served. It finds that closed, and comes again.
    #[error("no thread for a session")]
    Thread(#[source] io::Error),
}

/// Accepts sessions and starts each, until it is aborted. After a failure it rests and goes on; `rest` tells whether it was
/// aborted meanwhile.
pub(super) fn run<S>(
    mut accept: impl FnMut() -> Result<S, AcceptError>,
    start: impl Fn(S) -> io::Result<()>,
    rest: impl Fn(&AcceptFailure) -> bool,
) {
    loop {
        let failure = match accept() {
            Ok(session) => start(session).err().map(AcceptFailure::Thread),
            Err(AcceptError::Aborted) => return,
            Err(error) => Some(AcceptFailure::Listener(error)),
        };
        if failure.is_some_and(|failure| rest(&failure)) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::service::server::failure::in_one_line;

    fn exhausted() -> io::Error {
        io::Error::other("there are too many")
    }

    /// Runs with what `accept` gives, one after another; gives the sessions that were started and the failures. Session 2
    /// gets no thread.
    fn run_with(accepted: Vec<Result<u32, AcceptError>>, aborted_in_rest: bool) -> (Vec<u32>, Vec<String>) {
        let (started, failures) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let mut accepted = accepted.into_iter();
        let start = |session| {
            if session == 2 {
                return Err(exhausted());
            }
            started.borrow_mut().push(session);
            Ok(())
        };
        let rest = |failure: &AcceptFailure| {
            failures.borrow_mut().push(in_one_line(failure));
            aborted_in_rest
        };
        run(|| accepted.next().unwrap_or(Err(AcceptError::Aborted)), start, rest);
        (started.into_inner(), failures.into_inner())
    }

    #[test]
    fn accepting_rests_and_goes_on_after_a_failure_of_the_listener() {
        let failed = || Err(AcceptError::Io(exhausted()));
        let (started, failures) = run_with(vec![Ok(1), failed(), failed(), Ok(3)], false);
        assert_eq!(started, [1, 3]);
        assert_eq!(failures, ["cannot accept clients: there are too many"; 2]);
    }

    #[test]
    fn accepting_rests_and_goes_on_after_a_session_without_a_thread() {
        let (started, failures) = run_with(vec![Ok(1), Ok(2), Ok(3)], false);
        assert_eq!(started, [1, 3]);
        assert_eq!(failures, ["no thread for a session: there are too many"]);
    }

    #[test]
    fn an_abort_ends_a_rest() {
        let (started, failures) = run_with(vec![Ok(2), Ok(3)], true);
        assert_eq!((started.len(), failures.len()), (0, 1));
    }
}

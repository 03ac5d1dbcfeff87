//! Which failures a provider that comes and goes explains. Every other one ends the soak.

use std::error::Error;

use netipc::transport::{ConnectError, Incompatibility, ReceiveError, SendError};
use netipc::{CallError, LookupError, Status};

/// What was asked, as far as that explains how it failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// Whether the time for it was short.
    pub(crate) in_haste: bool,
    /// Whether somebody aborts it now and then.
    pub(crate) is_abortable: bool,
    /// Bytes that the answer has at most; none where it is cut to fit.
    pub(crate) answer_bytes: Option<usize>,
}

/// The name of the failure of a call, if it is one that may be.
pub(crate) fn call(error: &CallError, asked: Asked) -> &'static str {
    match error {
        CallError::Send(SendError::Disconnected) | CallError::Receive(ReceiveError::Closed) => {
            "sessions closed"
        }
        CallError::Receive(ReceiveError::Broken { .. }) => "sessions broken off",
        CallError::Reconnect { lost, source } => {
            // A lookup that is too large is cut and goes on over another session.
            let is_cut = matches!(**lost, CallError::ResponseTooLarge { .. }) && asked.answer_bytes.is_none();
            if !is_cut {
                call(lost, asked);
            }
            connect(source, asked);
            "calls without another session"
        }
        CallError::TimedOut if asked.in_haste => "calls out of time",
        CallError::Aborted if asked.is_abortable => "calls aborted",
        CallError::Rejected(Status::InternalError) => "INTERNAL_ERROR",
        CallError::Lookup(LookupError::GenerationChanged { .. }) => "generations changed",
        CallError::RequestTooLarge { bytes, limit, .. } if is_beyond(*limit, *bytes) => "requests too large",
        CallError::ResponseTooLarge { limit }
            if asked.answer_bytes.is_some_and(|bytes| is_beyond(*limit, bytes)) =>
        {
            "responses too large"
        }
        error => panic!("nothing explains that a call fails like this: {} ({asked:?})", chain(error)),
    }
}

/// The name of the failure of a connection, if it is one that may be.
pub(crate) fn connect(error: &ConnectError, asked: Asked) -> &'static str {
    match error {
        ConnectError::NotFound { .. } => "NOT_FOUND",
        ConnectError::AuthFailed { .. } => "AUTH_FAILED",
        ConnectError::Incompatible { reason: Incompatibility::NoCommonProfile, .. } => "UNSUPPORTED",
        ConnectError::LimitExceeded { .. } => "LIMIT_EXCEEDED",
        ConnectError::Closed { .. } => "handshakes broken off",
        ConnectError::TimedOut { .. } if asked.in_haste => "handshakes out of time",
        ConnectError::Aborted { .. } if asked.is_abortable => "handshakes aborted",
        error => panic!("nothing explains that connecting fails like this: {} ({asked:?})", chain(error)),
    }
}

fn is_beyond(limit: u32, bytes: usize) -> bool {
    bytes > usize::try_from(limit).unwrap()
}

/// An error with all that caused it.
fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(|error| format!("{error} [{error:?}]")).collect::<Vec<_>>().join(": ")
}

//! What a server has done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use netipc_transport::{Census, Status};

use super::registry::Registry;

/// What a server is doing and has done since it was spawned.
///
/// ```
/// # use netipc::messages::Increment;
/// # use netipc::{Endpoint, Server, ServerConfig};
/// # let directory = tempfile::tempdir()?;
/// # let endpoint = Endpoint::new(directory.path(), "increment")?;
/// # let server = Server::<Increment, Increment>::spawn(endpoint, ServerConfig::default(), |_, _, _| Ok(()))?;
/// let status = server.status();
/// println!("{} sessions, {} requests, {} handlers failed", status.sessions, status.requests, status.internal_error);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: `docs/contract/service.md`, "Managed server".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerStatus {
    /// Sessions that live.
    pub sessions: usize,
    /// Sessions that were accepted.
    pub accepted: u64,
    /// Handshakes that were answered with a rejection.
    pub refused: u64,
    /// Sessions that had to do without shared memory, since no region could be made.
    pub without_shared_memory: u64,
    /// Times that nobody was accepted for a moment, because that failed or a session got no thread. Why the last time,
    /// [`Server::last_accept_failure`](crate::Server::last_accept_failure) tells.
    pub accept_failures: u64,
    /// Requests that came, whole batches included, those that were refused too.
    pub requests: u64,
    /// Requests for which there was no handler: answered UNSUPPORTED.
    pub unsupported: u64,
    /// Requests that could not be decoded: answered BAD_ENVELOPE.
    pub bad_envelope: u64,
    /// Requests over the limit, and responses that did not fit: answered LIMIT_EXCEEDED.
    pub limit_exceeded: u64,
    /// Handlers that failed or panicked, or built no valid response: answered INTERNAL_ERROR. Why the last one did,
    /// [`Server::last_handler_failure`](crate::Server::last_handler_failure) tells.
    pub internal_error: u64,
    /// Bytes of a response's payload that the next session is offered.
    pub max_response_payload_bytes: u32,
}

/// The counters of what goes wrong, shared by all sessions.
#[derive(Debug, Default)]
pub(super) struct Counters {
    unsupported: AtomicU64,
    bad_envelope: AtomicU64,
    limit_exceeded: AtomicU64,
    internal_error: AtomicU64,
    accept_failures: AtomicU64,
    // Taken when a client was not accepted, and by who asks.
    last_accept_failure: Mutex<Option<String>>,
    // Taken when a handler has failed, and by who asks.
    last_handler_failure: Mutex<Option<String>>,
}

impl Counters {
    /// Counts that nobody is accepted for a moment, and keeps why.
    pub(super) fn accept_failed(&self, reason: String) {
        *locked(&self.last_accept_failure) = Some(reason);
        self.accept_failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Why the last time.
    pub(super) fn last_accept_failure(&self) -> Option<String> {
        locked(&self.last_accept_failure).clone()
    }

    /// Keeps why a handler has failed.
    pub(super) fn handler_failed(&self, reason: String) {
        *locked(&self.last_handler_failure) = Some(reason);
    }

    /// Why the last one has.
    pub(super) fn last_handler_failure(&self) -> Option<String> {
        locked(&self.last_handler_failure).clone()
    }

    /// Counts an answer that is not OK.
    pub(super) fn failure(&self, status: Status) {
        let counter = match status {
            Status::Unsupported => &self.unsupported,
            Status::BadEnvelope => &self.bad_envelope,
            Status::LimitExceeded => &self.limit_exceeded,
            _ => &self.internal_error,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The status, of a server with these sessions and this offer.
    pub(super) fn status(
        &self,
        registry: &Registry,
        census: &Census,
        max_response_payload_bytes: u32,
    ) -> ServerStatus {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ServerStatus {
            sessions: registry.len(),
            accepted: census.accepted(),
            refused: census.refused(),
            without_shared_memory: census.region_failures(),
            accept_failures: read(&self.accept_failures),
            requests: registry.requests(),
            unsupported: read(&self.unsupported),
            bad_envelope: read(&self.bad_envelope),
            limit_exceeded: read(&self.limit_exceeded),
            internal_error: read(&self.internal_error),
            max_response_payload_bytes,
        }
    }
}

fn locked(text: &Mutex<Option<String>>) -> MutexGuard<'_, Option<String>> {
    // It is whole whenever it is not locked.
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

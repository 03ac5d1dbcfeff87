//! Ending a session from another thread.

use std::fmt;

use crate::platform::ConnectionRef;

/// Ends a session from any thread while its owner waits in it. It does not keep the session alive, and does nothing
/// once that is over.
///
/// ```no_run
/// # fn serve(session: netipc_transport::ServerSession) {
/// let handle = session.handle();
/// std::thread::spawn(move || {
///     let mut session = session;
///     // Waits until a request comes, or until the handle is used.
///     let _ = session.receive(netipc_transport::Deadline::NEVER);
/// });
/// handle.shutdown();
/// # }
/// ```
#[derive(Clone)]
pub struct SessionHandle(ConnectionRef);

impl SessionHandle {
    pub(crate) fn new(connection: ConnectionRef) -> Self {
        Self(connection)
    }

    /// Ends the session: what waits in it, and all that is tried later, fails as aborted. The file of its shared
    /// memory, if it has one, is gone when this returns. On Windows the name of that goes later: when the session has failed
    /// or was dropped at this side, and at its client too.
    pub fn shutdown(&self) {
        self.0.abort();
    }

    /// Takes no further requests: those that are here already are still received, and then the session reads as
    /// closed. Responses can still be sent.
    pub fn shutdown_read(&self) {
        self.0.shut_down_read();
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionHandle").finish_non_exhaustive()
    }
}

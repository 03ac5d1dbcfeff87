//! The sessions that live, for whoever ends them from outside.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use netipc_transport::{Deadline, ServerSession, SessionHandle};

/// The sessions of a server.
#[derive(Debug, Default)]
pub(super) struct Registry {
    stopping: AtomicBool,
    sessions: Mutex<HashMap<u64, Entry>>,
    ended: Condvar,
}

#[derive(Debug)]
struct Entry {
    handle: SessionHandle,
    // Whether its thread runs the handler, which cannot be interrupted.
    in_handler: Arc<AtomicBool>,
}

/// A session's place in the registry, given up when it ends, however it ends.
pub(super) struct Place {
    registry: Arc<Registry>,
    session_id: u64,
    in_handler: Arc<AtomicBool>,
}

impl Registry {
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// A place for this session. Taken by the accepting thread, so that all have theirs once that has ended.
    pub(super) fn enter(self: &Arc<Self>, session: &ServerSession) -> Place {
        let (session_id, in_handler) = (session.session_id(), Arc::new(AtomicBool::new(false)));
        let entry = Entry { handle: session.handle(), in_handler: Arc::clone(&in_handler) };
        self.lock().insert(session_id, entry);
        Place { registry: Arc::clone(self), session_id, in_handler }
    }

    /// Ends all sessions: idle ones at once, those with a request in progress when they are through or when the
    /// deadline has passed. Gives the number of those that were cut off.
    pub(super) fn drain(&self, deadline: Deadline) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let mut sessions = self.lock();
        for entry in sessions.values() {
            entry.handle.shutdown_read();
        }
        while !sessions.is_empty() {
            sessions = match deadline.remaining() {
                None => self.ended.wait(sessions).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    self.ended.wait_timeout(sessions, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let cut_off = sessions.len();
        for entry in sessions.values() {
            entry.handle.shutdown();
        }
        // Whatever waits for its peer ends now. Only a handler may keep its thread for longer.
        while sessions.values().any(|entry| !entry.in_handler.load(Ordering::SeqCst)) {
            sessions = self.ended.wait(sessions).unwrap_or_else(PoisonError::into_inner);
        }
        cut_off
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        // No code that can panic runs under this lock.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Says that the handler runs from now on; `false` if the server is stopping and it must not.
    pub(super) fn enter_handler(&self) -> bool {
        // In one order with `drain`, which sets `stopping` and then looks at this: one of the two sees the other.
        self.in_handler.store(true, Ordering::SeqCst);
        !self.registry.stopping.load(Ordering::SeqCst)
    }

    /// Says that the handler has returned.
    pub(super) fn leave_handler(&self) {
        self.in_handler.store(false, Ordering::SeqCst);
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        self.registry.stopping.load(Ordering::SeqCst)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.session_id);
        self.registry.ended.notify_all();
    }
}

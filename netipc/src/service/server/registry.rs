//! The sessions that live, for whoever ends them from outside.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use netipc_transport::{Deadline, ServerSession, SessionHandle};

use super::activity::Activity;

/// The sessions of a server.
#[derive(Debug, Default)]
pub(super) struct Registry {
    stopping: AtomicBool,
    sessions: Mutex<Sessions>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Sessions {
    live: HashMap<u64, Entry>,
    /// Requests of those that have ended.
    requests: u64,
    /// Those that have ended with a request in progress.
    interrupted: usize,
}

#[derive(Debug)]
struct Entry {
    handle: SessionHandle,
    activity: Arc<Activity>,
}

/// A session's place in the registry, given up when it ends, however it ends.
pub(super) struct Place {
    registry: Arc<Registry>,
    session_id: u64,
    activity: Arc<Activity>,
}

impl Registry {
    pub(super) fn len(&self) -> usize {
        self.lock().live.len()
    }

    /// Requests that have come.
    pub(super) fn requests(&self) -> u64 {
        let sessions = self.lock();
        sessions.live.values().map(|entry| entry.activity.requests()).sum::<u64>() + sessions.requests
    }

    /// A place for this session. Taken by the accepting thread, so that all have theirs once that has ended.
    pub(super) fn enter(self: &Arc<Self>, session: &ServerSession) -> Place {
        let (session_id, activity) = (session.session_id(), Arc::new(Activity::default()));
        let entry = Entry { handle: session.handle(), activity: Arc::clone(&activity) };
        self.lock().live.insert(session_id, entry);
        Place { registry: Arc::clone(self), session_id, activity }
    }

    /// Ends all sessions: idle ones at once, those with a request in progress when they are through or when the
    /// deadline has passed. Gives the number of those whose request was cut off.
    pub(super) fn drain(&self, deadline: Deadline) -> usize {
        self.stopping.store(true, Ordering::SeqCst);
        let mut sessions = self.lock();
        for entry in sessions.live.values() {
            entry.handle.shutdown_read();
        }
        while !sessions.live.is_empty() {
            sessions = match deadline.remaining() {
                None => self.wait(sessions),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    self.ended.wait_timeout(sessions, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        for entry in sessions.live.values() {
            entry.activity.cut_off();
            entry.handle.shutdown();
        }
        let before = sessions.interrupted;
        // Whatever waits for its peer ends now. Only a handler may keep its thread for longer.
        while sessions.live.values().any(|entry| !entry.activity.is_in_handler()) {
            sessions = self.wait(sessions);
        }
        sessions.live.len() + (sessions.interrupted - before)
    }

    fn wait<'a>(&self, sessions: MutexGuard<'a, Sessions>) -> MutexGuard<'a, Sessions> {
        self.ended.wait(sessions).unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        // No code that can panic runs under this lock.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether the server is stopping.
    pub(super) fn is_stopping(&self) -> bool {
        self.registry.stopping.load(Ordering::SeqCst)
    }
}

impl Deref for Place {
    type Target = Activity;

    fn deref(&self) -> &Activity {
        &self.activity
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut sessions = self.registry.lock();
        sessions.live.remove(&self.session_id);
        sessions.requests += self.activity.requests();
        sessions.interrupted += usize::from(self.activity.is_busy());
        drop(sessions);
        self.registry.ended.notify_all();
    }
}

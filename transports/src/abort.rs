//! Ending what another thread waits for.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Ends, from any thread, whatever waits with it: a connect, an accept, the sends and receives of the sessions that
/// were connected with it. From then on everything that is begun with it fails too, until it is cleared.
///
/// All clones are the same abort. A session that was aborted is over; [`Abort::clear`] does not bring it back.
/// Contract: `docs/contract/transport.md`, "Messages"; `docs/contract/service.md`, "Client".
///
/// ```
/// use netipc_transport::{Abort, ClientSession, ConnectError, ConnectOptions, Deadline, Endpoint};
/// # let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "web")?;
/// let abort = Abort::new();
/// abort.abort();
/// let error = ClientSession::connect(&endpoint, &ConnectOptions::default(), Deadline::NEVER, &abort).unwrap_err();
/// assert!(matches!(error, ConnectError::Aborted { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Abort(Arc<Shared>);

#[derive(Default)]
struct Shared {
    // Counts what has changed: odd while it is aborted.
    changes: AtomicU32,
    // Taken when something begins or ends to wait, never for a message.
    waiting: Mutex<Vec<Weak<dyn Wake>>>,
    changed: Condvar,
}

/// What an abort ends.
pub(crate) trait Wake: Send + Sync {
    /// Makes whoever waits there look up.
    fn wake(&self);
}

impl Abort {
    /// An abort that has not been used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends everything that waits with it, now and until [`Abort::clear`].
    pub fn abort(&self) {
        let waiting = self.waiting();
        if !self.is_aborted() {
            self.0.changes.fetch_add(1, Ordering::Release);
        }
        for wake in waiting.iter().filter_map(Weak::upgrade) {
            wake.wake();
        }
        self.0.changed.notify_all();
    }

    /// Lets new operations begin again.
    pub fn clear(&self) {
        let _waiting = self.waiting();
        if self.is_aborted() {
            self.0.changes.fetch_add(1, Ordering::Release);
        }
    }

    /// Whether it was used and not cleared since.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.epoch().is_none()
    }

    /// A number that is another one after every abort that was cleared; `None` while it is aborted. As long as it is what
    /// it was when a session was begun, that session has not been aborted.
    #[must_use]
    #[inline]
    pub fn epoch(&self) -> Option<u32> {
        let changes = self.0.changes.load(Ordering::Acquire);
        changes.is_multiple_of(2).then_some(changes)
    }

    /// Has `wake` woken by an abort for as long as the registration lives; `None` if it is aborted already.
    pub(crate) fn register<W: Wake + 'static>(&self, wake: &Arc<W>) -> Option<Registration> {
        let mut waiting = self.waiting();
        if self.is_aborted() {
            return None;
        }
        let shared: Arc<dyn Wake> = wake.clone();
        let entry = Arc::downgrade(&shared);
        waiting.push(entry.clone());
        Some(Registration { abort: self.clone(), entry })
    }

    /// Waits for so long, or until it is aborted: tells whether it is.
    #[must_use]
    pub fn wait(&self, pause: Duration) -> bool {
        let waiting = self.waiting();
        let woken = self.0.changed.wait_timeout_while(waiting, pause, |_| !self.is_aborted());
        drop(woken);
        self.is_aborted()
    }

    /// The list is never left half-changed, so that a panic elsewhere does not matter to it.
    fn waiting(&self) -> MutexGuard<'_, Vec<Weak<dyn Wake>>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abort").field("aborted", &self.is_aborted()).finish_non_exhaustive()
    }
}

/// Something that an abort ends. Dropping it takes it off the list.
pub(crate) struct Registration {
    abort: Abort,
    entry: Weak<dyn Wake>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.abort.waiting().retain(|entry| !entry.ptr_eq(&self.entry));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::thread;

    use super::*;

    #[derive(Default)]
    struct Counter(AtomicU32);

    impl Wake for Counter {
        fn wake(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn an_abort_wakes_what_is_registered_and_nothing_that_was() {
        let abort = Abort::new();
        let (present, past) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
        let _registration = abort.register(&present).unwrap();
        drop(abort.register(&past).unwrap());
        abort.abort();
        assert_eq!(present.0.load(Ordering::Relaxed), 1);
        assert_eq!(past.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn nothing_begins_between_abort_and_clear() {
        let abort = Abort::new();
        let counter = Arc::new(Counter::default());
        abort.abort();
        assert!(abort.is_aborted());
        assert!(abort.register(&counter).is_none());
        abort.clear();
        assert!(!abort.is_aborted());
        assert!(abort.register(&counter).is_some());
    }

    #[test]
    fn an_abort_that_was_cleared_begins_another_epoch() {
        let abort = Abort::new();
        let before = abort.epoch();
        assert!(before.is_some());
        abort.clear();
        assert_eq!(abort.epoch(), before, "there was nothing to clear");
        for _ in 0..2 {
            abort.abort();
            assert_eq!(abort.epoch(), None);
        }
        abort.clear();
        assert!(abort.epoch().is_some());
        assert_ne!(abort.epoch(), before);
    }

    #[test]
    fn an_abort_ends_a_pause() {
        let abort = Abort::new();
        let other = abort.clone();
        let waiter = thread::spawn(move || other.wait(Duration::from_mins(10)));
        abort.abort();
        assert!(waiter.join().unwrap());
    }

    #[test]
    fn a_pause_that_is_not_aborted_ends_by_itself() {
        assert!(!Abort::new().wait(Duration::from_millis(1)));
    }
}

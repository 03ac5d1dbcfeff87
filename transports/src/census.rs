//! The sessions of a listener, counted: those that live, of whom, and those that there have been.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::CreateError;
use crate::abort::Wake;
use crate::platform::{ConnectionRef, User};

/// Counts the sessions of a listener, for whoever watches it from outside. All clones count the same ones.
///
/// ```
/// # use netipc_transport::{Endpoint, ListenOptions, Listener};
/// # let directory = tempfile::tempdir()?;
/// # let endpoint = Endpoint::new(directory.path(), "web")?;
/// let listener = Listener::bind(&endpoint, &ListenOptions::default())?;
/// let census = listener.census();
/// assert_eq!((census.live(), census.accepted(), census.refused()), (0, 0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Census(Arc<Shared>);

struct Shared {
    live: AtomicU32,
    accepted: AtomicU64,
    refused: AtomicU64,
    max_sessions: u32,
    max_sessions_per_user: u32,
    region_failures: AtomicU64,
    // Taken when a region could not be made, and by who asks.
    last_region_failure: Mutex<Option<Arc<CreateError>>>,
    // Taken when a session begins and when it ends, and only where users are limited.
    users: Mutex<HashMap<Holder, u32>>,
    // Taken when a session begins and when it ends, and when a further one finds no room.
    connections: Mutex<HashMap<u64, ConnectionRef>>,
    /// Somebody waits for a session to end.
    is_room_awaited: AtomicBool,
    /// Who is told then.
    listener: OnceLock<Weak<dyn Wake>>,
}

/// Whether there is room for one more session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Free,
    /// All places are taken, one of them by a session whose peer has gone. It is given up as soon as its thread sees that.
    Soon,
    Taken,
}

/// Whose sessions are counted together: a user's, or those of all whom nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Holder(Option<User>);

impl Census {
    /// Of at most so many sessions at a time; 0 does not limit those of a user.
    pub(crate) fn new(max_sessions: u32, max_sessions_per_user: u32) -> Self {
        Self(Arc::new(Shared {
            live: AtomicU32::new(0),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            max_sessions,
            max_sessions_per_user,
            region_failures: AtomicU64::new(0),
            last_region_failure: Mutex::default(),
            users: Mutex::default(),
            connections: Mutex::default(),
            is_room_awaited: AtomicBool::new(false),
            listener: OnceLock::new(),
        }))
    }

    /// Has `listener` woken when a session has ended while [`Census::await_room`] says so. The first one stays.
    pub(crate) fn tell(&self, listener: &Arc<impl Wake + 'static>) {
        let listener: Arc<dyn Wake> = listener.clone();
        let _ = self.0.listener.set(Arc::downgrade(&listener));
    }

    /// Whether somebody waits for a session to end. Who does looks for room once more after having said so.
    pub(crate) fn await_room(&self, is_awaited: bool) {
        // In one order with the end of a session, which makes room and then looks at this: one of the two sees the other.
        self.0.is_room_awaited.store(is_awaited, Ordering::SeqCst);
    }

    /// Sessions that live.
    #[must_use]
    pub fn live(&self) -> u32 {
        self.0.live.load(Ordering::Acquire)
    }

    /// Sessions that there have been since the listener was made.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.0.accepted.load(Ordering::Relaxed)
    }

    /// Handshakes that were answered with a rejection. Connections that said nothing like HELLO are not counted.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Sessions that should have used shared memory and for which no region could be made. They were agreed without
    /// that profile, or refused where nothing else was left.
    #[must_use]
    pub fn region_failures(&self) -> u64 {
        self.0.region_failures.load(Ordering::Relaxed)
    }

    /// Why the last of these regions could not be made.
    #[must_use]
    pub fn last_region_failure(&self) -> Option<Arc<CreateError>> {
        self.locked_region_failure().clone()
    }

    /// Counts a region that could not be made.
    pub(crate) fn fail_region(&self, error: CreateError) {
        *self.locked_region_failure() = Some(Arc::new(error));
        self.0.region_failures.fetch_add(1, Ordering::Relaxed);
    }

    fn locked_region_failure(&self) -> MutexGuard<'_, Option<Arc<CreateError>>> {
        // As with users.
        self.0.last_region_failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room for one more of a user, who is asked for only where users are limited. Those whom nobody knows
    /// count as one user.
    pub(crate) fn has_room(&self, user: impl FnOnce() -> Option<User>) -> bool {
        let most = self.0.max_sessions_per_user;
        let few = |holder| self.users().get(&holder).is_none_or(|sessions| *sessions < most);
        let live = self.0.live.load(Ordering::SeqCst);
        live < self.0.max_sessions && (most == 0 || few(Holder(user())))
    }

    /// The same, and whether there soon will be.
    pub(crate) fn room(&self, user: impl Fn() -> Option<User>) -> Room {
        if self.has_room(&user) {
            Room::Free
        } else if self.connections().values().any(ConnectionRef::is_ending) {
            Room::Soon
        } else if self.has_room(user) {
            // What was not among the connections any more had ended before.
            Room::Free
        } else {
            Room::Taken
        }
    }

    /// Counts a session of a user for as long as the guard lives. Only the listener's thread counts up, so that
    /// nothing comes between its look at the room and this.
    pub(crate) fn enter(&self, user: impl FnOnce() -> Option<User>) -> SessionGuard {
        self.0.live.fetch_add(1, Ordering::AcqRel);
        let number = self.0.accepted.fetch_add(1, Ordering::Relaxed);
        let holder = (self.0.max_sessions_per_user > 0).then(|| Holder(user()));
        if let Some(holder) = &holder {
            *self.users().entry(holder.clone()).or_default() += 1;
        }
        SessionGuard { census: self.clone(), number, holder }
    }

    /// Counts a rejection.
    pub(crate) fn refuse(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn users(&self) -> MutexGuard<'_, HashMap<Holder, u32>> {
        // No code that can panic runs under this lock.
        self.0.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<u64, ConnectionRef>> {
        // As with users.
        self.0.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Census")
            .field("live", &self.live())
            .field("accepted", &self.accepted())
            .field("refused", &self.refused())
            .field("region_failures", &self.region_failures())
            .finish_non_exhaustive()
    }
}

/// Counts a session for as long as it lives.
#[derive(Debug)]
pub(crate) struct SessionGuard {
    census: Census,
    /// Its own.
    number: u64,
    /// `None` where users are not limited.
    holder: Option<Holder>,
}

impl SessionGuard {
    /// Says which connection the session has.
    pub(crate) fn is_of(&self, connection: ConnectionRef) {
        self.census.connections().insert(self.number, connection);
    }
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        if let Some(holder) = self.holder.take()
            && let Entry::Occupied(mut sessions) = self.census.users().entry(holder)
        {
            *sessions.get_mut() -= 1;
            if *sessions.get() == 0 {
                sessions.remove();
            }
        }
        let Shared { live, is_room_awaited, listener, .. } = &*self.census.0;
        live.fetch_sub(1, Ordering::SeqCst);
        // Last, so that whoever does not find it there finds room.
        self.census.connections().remove(&self.number);
        if is_room_awaited.load(Ordering::SeqCst)
            && let Some(listener) = listener.get().and_then(Weak::upgrade)
        {
            listener.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The user of this number, as the platform has it.
    fn user(number: u32) -> Option<User> {
        number.to_string().parse().ok()
    }

    #[test]
    fn a_user_has_so_many_sessions_and_others_have_theirs() {
        let census = Census::new(3, 2);
        let one = census.enter(|| user(7));
        assert!(census.has_room(|| user(7)));
        let two = census.enter(|| user(7));
        assert!(!census.has_room(|| user(7)));
        assert!(census.has_room(|| user(8)));
        let three = census.enter(|| user(8));
        assert!(!census.has_room(|| user(8)), "there is no room for anybody");
        drop(two);
        assert!(census.has_room(|| user(7)));
        drop((one, three));
        assert_eq!((census.live(), census.accepted()), (0, 3));
        assert!(census.users().is_empty(), "users who have gone are forgotten");
    }

    #[test]
    fn users_who_are_not_known_have_the_room_of_one() {
        let census = Census::new(4, 2);
        let one = census.enter(|| None);
        assert!(census.has_room(|| None));
        let _two = census.enter(|| None);
        assert!(!census.has_room(|| None));
        assert!(census.has_room(|| user(7)));
        drop(one);
        assert!(census.has_room(|| None));
    }

    #[test]
    fn nobody_asks_for_a_user_where_users_are_not_limited() {
        let census = Census::new(3, 0);
        assert!(census.has_room(|| panic!("it was asked for")));
        drop(census.enter(|| panic!("it was asked for")));
    }
}

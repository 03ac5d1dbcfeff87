//! A listener that watches the sockets of its shared-memory sessions.
//!
//! A session that waits in shared memory cannot wait for its socket too. Its listener does, whenever somebody is in
//! accept, and rings the session's alarm when something happens there. While nobody is, a session has to look for
//! itself now and then.
//!
//! Whoever has got a session from accept usually comes back for the next one at once, and waking all sessions each time
//! would be a waste. So those that wait already go on waiting. If nobody comes back, the first session that has looked
//! for itself for a while wakes the others.

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rustc_hash::FxHashMap;

use crate::posix::Readiness;
use crate::posix::socket::Socket;

/// Marks what is reported of a session; the number of a handshake never gets this far.
const ATTENDED: u64 = 1 << 63;

/// Nobody watches, and all sessions know.
const ABSENT: u8 = 0;
/// Somebody is in accept.
const PRESENT: u8 = 1;
/// Somebody has left accept with a session. Sessions that waited before that still rely on it.
const AWAY: u8 = 2;

/// What a listener and its shared-memory sessions share. It keeps neither alive.
#[derive(Debug, Default)]
pub(crate) struct Attendance {
    state: AtomicU8,
    // Taken when a session begins or ends and when its socket has something to say, never for a message.
    sessions: Mutex<FxHashMap<u64, Weak<Socket>>>,
}

impl Attendance {
    /// Somebody watches from now on.
    pub(crate) fn begin(&self) {
        self.state.store(PRESENT, Ordering::Release);
    }

    /// Nobody watches for now; it is likely that somebody will in a moment.
    pub(crate) fn pause(&self) {
        self.state.store(AWAY, Ordering::Release);
    }

    /// Nobody watches any more: whoever relied on it looks up.
    pub(crate) fn end(&self) {
        if self.state.swap(ABSENT, Ordering::AcqRel) != ABSENT {
            self.ring_all();
        }
    }

    fn ring_all(&self) {
        for socket in self.sessions().values().filter_map(Weak::upgrade) {
            socket.alarm().ring();
        }
    }

    /// Takes what was reported of a session's socket; tells whether it was that.
    pub(crate) fn takes(&self, data: u64) -> bool {
        let is_attended = data & ATTENDED != 0;
        if is_attended {
            self.ring(data & !ATTENDED);
        }
        is_attended
    }

    /// Something has happened on this session's socket. A session that is over by now is none.
    fn ring(&self, session_id: u64) {
        let socket = self.sessions().get(&session_id).and_then(Weak::upgrade);
        if let Some(socket) = socket {
            socket.alarm().ring();
        }
    }

    /// Has the socket of a session watched, for as long as the seat is kept. It never becomes readable but for bad news:
    /// once is enough.
    pub(super) fn attend(
        self: &Arc<Self>,
        session_id: u64,
        socket: &Arc<Socket>,
        readiness: &Readiness,
    ) -> Option<Seat> {
        let seat = self.enrol(session_id, socket);
        readiness.watch_once(socket.as_fd(), session_id | ATTENDED).is_ok().then_some(seat)
    }

    /// Enters a session whose socket is watched, for as long as the seat is kept.
    fn enrol(self: &Arc<Self>, session_id: u64, socket: &Arc<Socket>) -> Seat {
        self.sessions().insert(session_id, Arc::downgrade(socket));
        Seat { attendance: Arc::clone(self), session_id }
    }

    /// The map is never left half-changed, so that a panic elsewhere does not matter to it.
    fn sessions(&self) -> MutexGuard<'_, FxHashMap<u64, Weak<Socket>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's entry in its listener's list.
#[derive(Debug)]
pub(crate) struct Seat {
    attendance: Arc<Attendance>,
    session_id: u64,
}

impl Seat {
    /// Whether the session's alarm will be rung when something happens on its socket. To be asked after the alarm has
    /// been read: an end of the attendance rings it.
    pub(super) fn is_attended(&self) -> bool {
        self.attendance.state.load(Ordering::Acquire) == PRESENT
    }

    /// The session has looked for itself for a while: if that is because somebody has not come back, all others have
    /// to know.
    pub(super) fn give_up(&self) {
        let changed =
            self.attendance.state.compare_exchange(AWAY, ABSENT, Ordering::AcqRel, Ordering::Relaxed);
        if changed.is_ok() {
            self.attendance.ring_all();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.attendance.sessions().remove(&self.session_id);
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn socket() -> Arc<Socket> {
        let (one, _) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
        Arc::new(Socket::new(one))
    }

    fn rings(socket: &Socket) -> u32 {
        socket.alarm().word().load(Ordering::Relaxed)
    }

    #[test]
    fn a_session_is_rung_for_as_long_as_it_has_its_seat() {
        let attendance = Arc::new(Attendance::default());
        let (one, other) = (socket(), socket());
        let seat = attendance.enrol(1, &one);
        let _other = attendance.enrol(2, &other);
        assert!(attendance.takes(1 | ATTENDED));
        assert!(!attendance.takes(2), "a handshake's");
        let rung = rings(&one);
        assert_ne!(rung, 0);
        assert_eq!(rings(&other), 0);
        drop(seat);
        attendance.ring(1);
        assert_eq!(rings(&one), rung);
        assert_eq!(attendance.sessions().len(), 1);
    }

    #[test]
    fn all_are_rung_when_nobody_watches_any_more() {
        let attendance = Arc::new(Attendance::default());
        let socket = socket();
        let seat = attendance.enrol(1, &socket);
        attendance.end();
        assert!(!seat.is_attended());
        assert_eq!(rings(&socket), 0);
        attendance.begin();
        assert!(seat.is_attended());
        attendance.end();
        assert!(!seat.is_attended());
        assert_ne!(rings(&socket), 0);
    }

    #[test]
    fn whoever_does_not_come_back_is_given_up_for_all() {
        let attendance = Arc::new(Attendance::default());
        let (one, other) = (socket(), socket());
        let seat = attendance.enrol(1, &one);
        let _other = attendance.enrol(2, &other);
        attendance.begin();
        seat.give_up();
        assert!(seat.is_attended());
        attendance.pause();
        assert!(!seat.is_attended());
        assert_eq!((rings(&one), rings(&other)), (0, 0));
        seat.give_up();
        let rung = rings(&other);
        assert_ne!(rung, 0);
        seat.give_up();
        assert_eq!(rings(&other), rung);
        attendance.begin();
        assert!(seat.is_attended());
    }

    #[test]
    fn a_seat_does_not_keep_its_socket_open() {
        let attendance = Arc::new(Attendance::default());
        let socket = socket();
        let _seat = attendance.enrol(1, &socket);
        let weak = Arc::downgrade(&socket);
        drop(socket);
        assert!(weak.upgrade().is_none());
        attendance.ring(1);
    }
}

//! A listener that watches the sockets of its shared-memory sessions.
//!
//! A session that waits in shared memory cannot wait for its socket too. Its listener does, whenever somebody is in
//! accept, and rings the session's alarm when something happens there. While nobody is, a session has to look for
//! itself now and then.
//!
//! Whoever has left accept usually comes back at once, and waking all sessions each time would be a waste. So those that
//! wait already go on waiting, and one of them is woken and becomes the sentinel: if nobody comes back while it has looked
//! for itself for a while, it wakes the others.

mod reliance;

use std::os::fd::AsFd;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rustc_hash::FxHashMap;

use self::reliance::{Reliance, Watch};
use crate::posix::Readiness;
use crate::posix::socket::Socket;

/// Marks what is reported of a session; the number of a handshake never gets this far.
const ATTENDED: u64 = 1 << 63;

/// What a listener and its shared-memory sessions share. It keeps neither alive.
#[derive(Debug, Default)]
pub(crate) struct Attendance {
    watch: Watch<AtomicU32>,
    // Taken when a session begins or ends, when its socket has something to say, and when a sentinel is needed; never for
    // a message.
    sessions: Mutex<FxHashMap<u64, Session>>,
}

/// What the listener knows of a session.
#[derive(Debug)]
struct Session {
    socket: Weak<Socket>,
    reliance: Arc<Reliance<AtomicU32>>,
}

impl Attendance {
    /// Somebody watches from now on.
    pub(crate) fn begin(&self) {
        self.watch.begin();
    }

    /// Nobody watches for now; it is likely that somebody will in a moment.
    pub(crate) fn pause(&self) {
        self.watch.leave();
        self.appoint_sentinel();
    }

    /// Nobody watches any more: whoever relied on it looks up.
    pub(crate) fn end(&self) {
        if self.watch.end() {
            self.ring_all();
        }
    }

    fn ring_all(&self) {
        for session in self.sessions().values() {
            session.ring();
        }
    }

    /// Has one session look for itself, for all that rely on somebody who has left. If one does already, it goes on.
    fn appoint_sentinel(&self) {
        if !self.watch.needs_sentinel() {
            return;
        }
        let sessions = self.sessions();
        if !sessions.values().any(|session| session.reliance.is_sentinel())
            && let Some(sentinel) = sessions.values().find(|session| session.reliance.appoint())
        {
            sentinel.ring();
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
        if let Some(session) = self.sessions().get(&session_id) {
            session.ring();
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
        if readiness.watch_once(socket.as_fd(), session_id | ATTENDED).is_err() {
            // It is still being watched as a handshake's.
            readiness.forget(socket.as_fd());
            return None;
        }
        Some(seat)
    }

    /// Enters a session whose socket is watched, for as long as the seat is kept.
    fn enrol(self: &Arc<Self>, session_id: u64, socket: &Arc<Socket>) -> Seat {
        let reliance = Arc::<Reliance<_>>::default();
        let session = Session { socket: Arc::downgrade(socket), reliance: Arc::clone(&reliance) };
        self.sessions().insert(session_id, session);
        Seat { attendance: Arc::clone(self), session_id, reliance }
    }

    /// The map is never left half-changed, so that a panic elsewhere does not matter to it.
    fn sessions(&self) -> MutexGuard<'_, FxHashMap<u64, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// One that is over by now needs nothing.
    fn ring(&self) {
        if let Some(socket) = self.socket.upgrade() {
            socket.alarm().ring();
        }
    }
}

/// A session's entry in its listener's list.
#[derive(Debug)]
pub(crate) struct Seat {
    attendance: Arc<Attendance>,
    session_id: u64,
    reliance: Arc<Reliance<AtomicU32>>,
}

impl Seat {
    /// The session is about to wait: whether its alarm will be rung when something happens on its socket. To be asked
    /// after the alarm has been read: an end of the attendance rings it.
    #[inline]
    pub(super) fn rely(&self) -> bool {
        self.reliance.begin(&self.attendance.watch)
    }

    /// The session waits no longer. If it was the sentinel, another one is.
    #[inline]
    pub(super) fn end_wait(&self) {
        if self.reliance.end() {
            self.pass_on();
        }
    }

    #[cold]
    fn pass_on(&self) {
        self.attendance.appoint_sentinel();
    }

    /// The session has looked for itself for a while: if that is because somebody has not come back, all others have
    /// to know.
    pub(super) fn give_up(&self) {
        if self.attendance.watch.give_up() {
            self.attendance.ring_all();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.attendance.sessions().remove(&self.session_id);
        self.end_wait();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

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
        assert!(!seat.rely());
        assert_eq!(rings(&socket), 0);
        attendance.begin();
        assert!(seat.rely());
        attendance.end();
        assert!(!seat.rely());
        assert_ne!(rings(&socket), 0);
    }

    /// Some seats of sessions that rely on somebody, who has left since, whose sockets these are.
    fn left<const SEATS: usize>(
        attendance: &Arc<Attendance>,
        sockets: &[Arc<Socket>; SEATS],
    ) -> [Seat; SEATS] {
        attendance.begin();
        let seats = std::array::from_fn(|index| attendance.enrol(index as u64 + 1, &sockets[index]));
        assert!(seats.iter().all(Seat::rely));
        attendance.pause();
        seats
    }

    fn are_rung<const SEATS: usize>(sockets: &[Arc<Socket>; SEATS]) -> [bool; SEATS] {
        sockets.each_ref().map(|socket| rings(socket) != 0)
    }

    /// The session that was rung, and the other one.
    fn sentinel_first([one, other]: [Seat; 2], sockets: &[Arc<Socket>; 2]) -> [Seat; 2] {
        match are_rung(sockets) {
            [true, false] => [one, other],
            [false, true] => [other, one],
            rung => panic!("{rung:?}"),
        }
    }

    #[test]
    fn whoever_leaves_wakes_one_session_that_relies_on_it() {
        let attendance = Arc::new(Attendance::default());
        let sockets = [(); 3].map(|()| socket());
        let seats = left(&attendance, &sockets);
        let rung = are_rung(&sockets);
        assert_eq!(rung.iter().filter(|is_rung| **is_rung).count(), 1, "{rung:?}");
        assert!(!seats.iter().any(Seat::rely));
        let before = sockets.each_ref().map(|socket| rings(socket));
        attendance.begin();
        attendance.pause();
        assert_eq!(sockets.each_ref().map(|socket| rings(socket)), before, "there is a sentinel already");
    }

    #[test]
    fn whoever_leaves_wakes_no_session_that_does_not_rely_on_it() {
        let attendance = Arc::new(Attendance::default());
        let socket = socket();
        let seat = attendance.enrol(1, &socket);
        attendance.begin();
        assert!(seat.rely());
        seat.end_wait();
        attendance.pause();
        assert_eq!(rings(&socket), 0);
    }

    #[test]
    fn whoever_does_not_come_back_is_given_up_for_all() {
        let attendance = Arc::new(Attendance::default());
        let sockets = [socket(), socket()];
        let [sentinel, _other] = sentinel_first(left(&attendance, &sockets), &sockets);
        assert!(!sentinel.rely());
        sentinel.give_up();
        assert_eq!(are_rung(&sockets), [true; 2]);
        let before = sockets.each_ref().map(|socket| rings(socket));
        sentinel.give_up();
        assert_eq!(sockets.each_ref().map(|socket| rings(socket)), before);
    }

    #[test]
    fn whoever_has_come_back_is_not_given_up() {
        let attendance = Arc::new(Attendance::default());
        let sockets = [socket(), socket()];
        let [sentinel, _other] = sentinel_first(left(&attendance, &sockets), &sockets);
        attendance.begin();
        sentinel.give_up();
        assert!(sentinel.rely());
        assert_eq!(are_rung(&sockets).iter().filter(|is_rung| **is_rung).count(), 1);
    }

    #[test]
    fn a_sentinel_that_waits_no_longer_has_another_one_take_its_place() {
        let end: [fn(Seat) -> Option<Seat>; 2] = [
            |seat| {
                seat.end_wait();
                Some(seat)
            },
            |seat| {
                drop(seat);
                None
            },
        ];
        for end in end {
            let attendance = Arc::new(Attendance::default());
            let sockets = [socket(), socket()];
            let [sentinel, other] = sentinel_first(left(&attendance, &sockets), &sockets);
            let _ended = end(sentinel);
            assert_eq!(are_rung(&sockets), [true; 2]);
            assert!(!other.rely());
        }
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

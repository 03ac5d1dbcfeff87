//! The connections whose handshake is in progress.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Deadline, ListenOptions};

/// So long a client is kept waiting at most for a place that is about to be given up. Enough for a thread that has to see
/// that its peer has gone; where that is in a handler, the client is told that there is no room.
const LONGEST_WAIT_FOR_ROOM: Duration = Duration::from_millis(100);

/// Connections whose handshake is in progress, in the order in which they came, which is that of their numbers and of
/// their deadlines.
#[derive(Debug)]
pub(crate) struct Handshakes<C> {
    waiting: VecDeque<Handshake<C>>,
    last_session_id: u64,
}

/// A connection between its accept and its session, or its end.
#[derive(Debug)]
pub(crate) struct Handshake<C> {
    pub(crate) connection: C,
    pub(crate) session_id: u64,
    /// When the client has had all the time it gets.
    deadline: Deadline,
    /// When it is told that there is no room, if it waits for some.
    room_by: Option<Deadline>,
}

impl<C> Handshake<C> {
    /// Whether the client may be kept waiting for room, or for more of it.
    pub(crate) fn may_wait_for_room(&self) -> bool {
        self.room_by.is_none_or(|room_by| !room_by.is_past())
    }
}

impl<C> Default for Handshakes<C> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), last_session_id: 0 }
    }
}

impl<C> Handshakes<C> {
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// A number for a connection that has come.
    pub(crate) fn number(&mut self) -> u64 {
        self.last_session_id += 1;
        self.last_session_id
    }

    /// Makes room for one more: if there are as many as may be, the oldest one is taken out.
    #[must_use = "it may have to be watched no longer"]
    pub(crate) fn make_room(&mut self, options: &ListenOptions) -> Option<C> {
        let is_full = self.len() >= options.max_pending_handshakes as usize;
        let oldest = is_full.then(|| self.waiting.pop_front()).flatten();
        oldest.map(|handshake| handshake.connection)
    }

    /// Begins a handshake with a connection that has got this number.
    pub(crate) fn begin(&mut self, session_id: u64, connection: C, options: &ListenOptions) {
        let deadline = Deadline::after(options.handshake_timeout);
        self.waiting.push_back(Handshake { connection, session_id, deadline, room_by: None });
    }

    /// Has one wait for room from now on, if it does not yet.
    pub(crate) fn await_room(&mut self, session_id: u64) {
        if let Some(handshake) = self.get_mut(session_id) {
            handshake.room_by.get_or_insert_with(|| Deadline::after(LONGEST_WAIT_FOR_ROOM));
        }
    }

    /// Has one wait no longer, if it waits for room.
    #[cfg(any(unix, test))]
    pub(crate) fn hurry(&mut self, session_id: u64) {
        if let Some(Handshake { room_by: Some(room_by), .. }) = self.get_mut(session_id) {
            *room_by = Deadline::NOW;
        }
    }

    /// The number of the first one above this one that waits for room.
    pub(crate) fn awaiting_room(&self, after: u64) -> Option<u64> {
        let later = self.waiting.iter().filter(|handshake| handshake.session_id > after);
        later.filter(|handshake| handshake.room_by.is_some()).map(|handshake| handshake.session_id).next()
    }

    /// Takes out the next one whose time is up.
    #[must_use = "it may have to be watched no longer"]
    pub(crate) fn take_late(&mut self) -> Option<C> {
        let late = self.waiting.pop_front_if(|handshake| handshake.deadline.is_past());
        late.map(|handshake| handshake.connection)
    }

    /// When the next one's time is up, or its time to wait for room.
    pub(crate) fn deadline(&self) -> Deadline {
        let first = self.waiting.front().map_or(Deadline::NEVER, |handshake| handshake.deadline);
        self.waiting.iter().filter_map(|handshake| handshake.room_by).fold(first, Deadline::earlier)
    }

    pub(crate) fn get_mut(&mut self, session_id: u64) -> Option<&mut Handshake<C>> {
        let index = self.find(session_id)?;
        self.waiting.get_mut(index)
    }

    /// Takes one out that is over, or whose session begins.
    #[must_use = "it may have to be watched no longer"]
    pub(crate) fn remove(&mut self, session_id: u64) -> Option<C> {
        let index = self.find(session_id)?;
        self.waiting.remove(index).map(|handshake| handshake.connection)
    }

    fn find(&self, session_id: u64) -> Option<usize> {
        self.waiting.binary_search_by_key(&session_id, |handshake| handshake.session_id).ok()
    }

    /// The number of the first one whose number is above this one. For platforms that say only that something has come.
    #[cfg(any(windows, test))]
    pub(crate) fn first_after(&self, session_id: u64) -> Option<u64> {
        let index = self.waiting.partition_point(|handshake| handshake.session_id <= session_id);
        self.waiting.get(index).map(|handshake| handshake.session_id)
    }

    /// All of them.
    #[cfg(any(windows, test))]
    pub(crate) fn connections(&self) -> impl Iterator<Item = &C> {
        self.waiting.iter().map(|handshake| &handshake.connection)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn options(max_pending_handshakes: u32, handshake_timeout: Duration) -> ListenOptions {
        ListenOptions { handshake_timeout, max_pending_handshakes, ..ListenOptions::default() }
    }

    fn begin(
        handshakes: &mut Handshakes<&'static str>,
        connection: &'static str,
        options: &ListenOptions,
    ) -> u64 {
        let session_id = handshakes.number();
        handshakes.begin(session_id, connection, options);
        session_id
    }

    #[test]
    fn numbers_begin_at_1_and_are_never_given_twice() {
        let (mut handshakes, options) = (Handshakes::default(), options(8, Duration::from_mins(1)));
        assert_eq!(begin(&mut handshakes, "one", &options), 1);
        assert_eq!(handshakes.remove(1), Some("one"));
        assert_eq!(handshakes.number(), 2, "one that never becomes a handshake has a number too");
        assert_eq!(begin(&mut handshakes, "three", &options), 3);
        assert_eq!(handshakes.remove(1), None);
        assert!(handshakes.get_mut(3).is_some());
    }

    #[test]
    fn the_oldest_makes_way() {
        let (mut handshakes, options) = (Handshakes::default(), options(2, Duration::from_mins(1)));
        assert_eq!(handshakes.make_room(&options), None);
        begin(&mut handshakes, "one", &options);
        assert_eq!(handshakes.make_room(&options), None);
        begin(&mut handshakes, "two", &options);
        assert_eq!(handshakes.make_room(&options), Some("one"));
        begin(&mut handshakes, "three", &options);
        let left: Vec<_> = handshakes.connections().copied().collect();
        assert_eq!(left, ["two", "three"]);
    }

    #[test]
    fn they_are_found_one_after_another_although_some_have_gone() {
        let (mut handshakes, options) = (Handshakes::default(), options(8, Duration::from_mins(1)));
        for connection in ["one", "two", "three"] {
            begin(&mut handshakes, connection, &options);
        }
        assert_eq!(handshakes.remove(2), Some("two"));
        assert_eq!(handshakes.first_after(0), Some(1));
        assert_eq!(handshakes.first_after(1), Some(3));
        assert_eq!(handshakes.first_after(3), None);
    }

    #[test]
    fn those_who_wait_for_room_are_found_and_have_a_time_of_their_own() {
        let (mut handshakes, options) = (Handshakes::default(), options(8, Duration::from_mins(1)));
        for connection in ["one", "two", "three"] {
            begin(&mut handshakes, connection, &options);
        }
        assert_eq!(handshakes.awaiting_room(0), None);
        let first = handshakes.deadline();
        handshakes.hurry(2);
        handshakes.await_room(2);
        assert_eq!((handshakes.awaiting_room(0), handshakes.awaiting_room(2)), (Some(2), None));
        let room_by = handshakes.deadline();
        assert_ne!(room_by, first);
        handshakes.await_room(2);
        assert_eq!(handshakes.deadline(), room_by, "it does not begin to wait anew");
        assert!(handshakes.get_mut(2).is_some_and(|two| two.may_wait_for_room()));
        handshakes.hurry(2);
        assert!(handshakes.get_mut(2).is_some_and(|two| !two.may_wait_for_room()));
        assert_eq!(handshakes.remove(2), Some("two"));
        assert_eq!(handshakes.deadline(), first);
    }

    #[test]
    fn those_whose_time_is_up_are_taken_out() {
        let mut handshakes = Handshakes::default();
        begin(&mut handshakes, "late", &options(8, Duration::ZERO));
        begin(&mut handshakes, "in time", &options(8, Duration::from_mins(1)));
        assert!(handshakes.deadline().is_past());
        assert_eq!(handshakes.take_late(), Some("late"));
        assert_eq!(handshakes.take_late(), None);
        assert_eq!(handshakes.len(), 1);
        assert!(!handshakes.deadline().is_past());
        assert_eq!(handshakes.remove(2), Some("in time"));
        assert_eq!(handshakes.deadline(), Deadline::NEVER);
    }
}

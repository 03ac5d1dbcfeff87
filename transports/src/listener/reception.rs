//! What a listener is asked, which is the same on all platforms.

use std::fmt;
use std::sync::Arc;

use super::{Handshakes, REST, Terms};
use crate::abort::Wake;
use crate::census::Census;
use crate::platform::Listener;
use crate::{Deadline, Endpoint, ListenOptions, ResponseLimit};

/// What every listener has, however its connections come in.
pub(crate) struct Reception<C> {
    pub(crate) endpoint: Endpoint,
    pub(crate) options: ListenOptions,
    pub(crate) census: Census,
    pub(crate) handshakes: Handshakes<C>,
    /// When accepting goes on, while it rests.
    pub(crate) resting: Option<Deadline>,
    response_limit: ResponseLimit,
}

impl<C> Reception<C> {
    /// Nobody has come yet. No option is left to its default. Where clients wait for room, the `listener` is woken.
    pub(crate) fn new(
        endpoint: &Endpoint,
        options: ListenOptions,
        listener: &Arc<impl Wake + 'static>,
    ) -> Self {
        let census = Census::new(options.max_sessions, options.max_sessions_per_user);
        census.tell(listener);
        Self {
            endpoint: endpoint.clone(),
            census,
            handshakes: Handshakes::default(),
            response_limit: ResponseLimit::new(options.max_response_payload_bytes),
            resting: None,
            options,
        }
    }

    /// A number for a connection that has come.
    pub(crate) fn number(&mut self) -> u64 {
        self.handshakes.number()
    }

    /// Makes room for a connection that has come: the oldest one, if there are as many as may be.
    #[must_use = "it may have to be watched no longer"]
    pub(crate) fn make_room(&mut self) -> Option<C> {
        self.handshakes.make_room(&self.options)
    }

    /// Begins the handshake of a connection that has got this number.
    pub(crate) fn begin(&mut self, session_id: u64, connection: C) {
        self.handshakes.begin(session_id, connection, &self.options);
    }

    /// The connection whose handshake has this number, and what it needs to go on.
    pub(crate) fn handshake(&mut self, session_id: u64) -> Option<(&mut C, Terms<'_>)> {
        let Self { endpoint, options, census, handshakes, response_limit, .. } = self;
        let handshake = handshakes.get_mut(session_id)?;
        let may_wait = handshake.may_wait_for_room();
        Some((&mut handshake.connection, Terms { endpoint, options, response_limit, census, may_wait }))
    }

    /// Has a client wait for room for a moment. There may be some meanwhile.
    pub(crate) fn await_room(&mut self, session_id: u64) {
        self.handshakes.await_room(session_id);
        self.census.await_room(true);
    }

    /// Whether somebody waits for room.
    pub(crate) fn is_room_awaited(&self) -> bool {
        self.handshakes.awaiting_room(0).is_some()
    }

    /// Takes out the next connection whose time is up.
    #[must_use = "it may have to be watched no longer"]
    pub(crate) fn take_late(&mut self) -> Option<C> {
        let late = self.handshakes.take_late();
        if late.is_none() && !self.is_room_awaited() {
            self.census.await_room(false);
        }
        late
    }

    /// Stops accepting for a while.
    pub(crate) fn rest(&mut self) {
        self.resting = Some(Deadline::after(REST));
    }

    /// Whether it has rested long enough.
    pub(crate) fn has_rested(&self) -> bool {
        self.resting.is_some_and(Deadline::is_past)
    }

    /// When there is something to do although nothing has come.
    pub(crate) fn deadline(&self) -> Deadline {
        self.resting.unwrap_or(Deadline::NEVER).earlier(self.handshakes.deadline())
    }
}

impl Listener {
    /// Where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.reception.endpoint
    }

    /// The response limit that sessions are offered from now on.
    #[must_use]
    pub fn response_limit(&self) -> ResponseLimit {
        self.reception.response_limit.clone()
    }

    /// Its sessions, counted; for whoever has not the listener itself.
    #[must_use]
    pub fn census(&self) -> Census {
        self.reception.census.clone()
    }

    /// How many of its sessions live.
    #[must_use]
    pub fn live_sessions(&self) -> u32 {
        self.reception.census.live()
    }

    /// When [`Listener::try_accept`] has something to do although the listener's descriptor or handle does not tell of it:
    /// a client that says nothing has to go, one that was kept waiting for room has to be told that there is none, or a
    /// rest for lack of descriptors, handles or memory is over. For the time-out of an event loop.
    #[must_use]
    pub fn next_accept(&self) -> Deadline {
        self.reception.deadline()
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("endpoint", &self.reception.endpoint)
            .field("options", &self.reception.options)
            .field("pending", &self.reception.handshakes.len())
            .field("live", &self.live_sessions())
            .finish_non_exhaustive()
    }
}

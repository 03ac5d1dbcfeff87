//! The client's end of a connection: the session, if there is one, and how another one is made.

use netipc_codec::MethodMessage;
use netipc_transport::{Abort, ClientSession, ConnectError, Deadline, Endpoint, Profiles};

use super::growth::Growth;
use crate::service::events;

use super::{CallError, ClientConfig, ClientState, ClientStatus, Side};

/// What a client has of a service, whatever it says to it.
pub(super) struct Connection {
    pub(super) endpoint: Endpoint,
    pub(super) config: ClientConfig,
    pub(super) abort: Abort,
    /// That of the abort handle in which the session, or the call or refresh in progress, began.
    epoch: Option<u32>,
    pub(super) session: Option<ClientSession>,
    pub(super) status: ClientStatus,
    pub(super) connect_error: Option<ConnectError>,
    pub(super) growth: Growth,
    /// What is proposed: as configured, without what has failed.
    profiles: Profiles,
    pub(super) last_message_id: u64,
    /// The session, by its number, that is not worth being asked for larger requests.
    kept: Option<u64>,
}

impl Connection {
    /// For requests of type `Req`. Connects nothing.
    pub(super) fn new<Req: MethodMessage>(endpoint: Endpoint, config: ClientConfig) -> Self {
        let (growth, profiles) = (config.growth::<Req>(), config.supported_profiles);
        Self {
            endpoint,
            config,
            abort: Abort::new(),
            epoch: None,
            session: None,
            status: ClientStatus::default(),
            connect_error: None,
            growth,
            profiles,
            last_message_id: 0,
            kept: None,
        }
    }

    /// Connects if there is no session, by then or within the handshake timeout, and tells whether the state has changed.
    pub(super) fn refresh(&mut self, until: Option<Deadline>) -> bool {
        let before = self.state();
        if self.is_ready() {
            return false;
        }
        let deadline = until.unwrap_or_else(|| Deadline::after(self.config.handshake_timeout()));
        match self.connect_anew(deadline) {
            Ok(()) => self.connect_error = None,
            Err(error) => {
                self.status.state = ClientState::after(&error);
                self.connect_error = Some(error);
            }
        }
        self.status.state != before
    }

    /// Whether there is a session that was not aborted.
    #[inline]
    pub(super) fn is_ready(&self) -> bool {
        self.session.is_some() && self.is_same_epoch()
    }

    /// Whether the abort handle has not been used since the session, or what is in progress, began.
    #[inline]
    fn is_same_epoch(&self) -> bool {
        self.abort.epoch() == self.epoch
    }

    fn state(&self) -> ClientState {
        if self.session.is_some() && !self.is_ready() { ClientState::Broken } else { self.status.state }
    }

    /// Makes a session in place of one that was aborted, or of none.
    pub(super) fn connect_anew(&mut self, deadline: Deadline) -> Result<(), ConnectError> {
        self.break_session();
        self.epoch = self.abort.epoch();
        self.connect(deadline)
    }

    /// Makes a session; there is none. A proposal that is refused is repeated at once with a smaller one, and one that
    /// led to shared memory which cannot be attached, without that.
    fn connect(&mut self, deadline: Deadline) -> Result<(), ConnectError> {
        loop {
            let options = self.config.connect_options(self.growth.proposal(), self.profiles);
            let connected = ClientSession::connect(&self.endpoint, &options, deadline, &self.abort);
            match connected.and_then(|session| self.unless_aborted(session)) {
                Ok(session) => {
                    self.growth.accept();
                    self.session = Some(session);
                    self.status.state = ClientState::Ready;
                    self.status.reconnects += u64::from(self.status.connects > 0);
                    self.status.connects += 1;
                    if let Some(session) = &self.session {
                        events::connected(&self.endpoint, session.agreed());
                    }
                    return Ok(());
                }
                Err(ConnectError::LimitExceeded { .. }) if self.growth.take_back() => {
                    events::proposal_taken_back(&self.endpoint, self.growth.proposal());
                }
                Err(error @ ConnectError::Attach { .. }) if self.drop_shared_memory() => {
                    events::shared_memory_dropped(&self.endpoint, &error);
                }
                Err(error) => {
                    events::not_connected(&self.endpoint, &error);
                    return Err(error);
                }
            }
        }
    }

    /// This session, unless the abort came before it could be told of that.
    fn unless_aborted(&self, session: ClientSession) -> Result<ClientSession, ConnectError> {
        if self.is_same_epoch() {
            return Ok(session);
        }
        Err(ConnectError::Aborted { endpoint: self.endpoint.clone() })
    }

    /// State, counters, and what the session has agreed.
    pub(super) fn status(&self) -> ClientStatus {
        let session = self.session.as_ref().filter(|_| self.is_ready()).map(|session| *session.agreed());
        ClientStatus { state: self.state(), session, ..self.status }
    }

    /// Ends the session because nobody needs it.
    pub(super) fn close(&mut self) {
        if self.session.take().is_some() {
            events::session_closed(&self.endpoint);
        }
        self.status.state = ClientState::Disconnected;
    }

    /// Proposes shared memory no more, for as long as this client lives; `false` if that leaves nothing to propose.
    fn drop_shared_memory(&mut self) -> bool {
        let baseline = self.profiles.intersection(Profiles::BASELINE);
        if baseline.is_empty() || baseline == self.profiles {
            return false;
        }
        self.profiles = baseline;
        self.status.without_shared_memory = true;
        true
    }

    /// Ends a session that has failed.
    pub(super) fn break_session(&mut self) {
        if self.session.take().is_some() {
            events::session_closed(&self.endpoint);
            self.status.state = ClientState::Broken;
        }
    }

    /// Another session instead of this one, which has failed like this.
    pub(super) fn reconnect(&mut self, lost: CallError, deadline: Deadline) -> Result<CallError, CallError> {
        events::session_lost(&self.endpoint, &lost);
        self.break_session();
        match self.connect(deadline) {
            Ok(()) => Ok(lost),
            // The deadline and the abort handle end a call the same way wherever they meet it.
            Err(ConnectError::TimedOut { .. }) => Err(CallError::TimedOut),
            Err(ConnectError::Aborted { .. }) => Err(CallError::Aborted),
            Err(source) => Err(CallError::Reconnect { lost: Box::new(lost), source }),
        }
    }

    /// A call begins that has until then, or as long as is configured: counts it, and says what stands against it before
    /// anything is done, or when it has to be done.
    #[inline]
    pub(super) fn begin(&mut self, until: Option<Deadline>) -> Result<Deadline, CallError> {
        self.status.calls += 1;
        if !self.is_ready() {
            return Err(self.not_ready());
        }
        match until {
            // Some time is configured, always.
            None => Ok(Deadline::after(self.config.call_timeout())),
            Some(deadline) => self.check_time(deadline).map(|()| deadline),
        }
    }

    /// Whether there is time to send something. A call that has none ends its session wherever that is found.
    #[inline]
    pub(super) fn check_time(&mut self, deadline: Deadline) -> Result<(), CallError> {
        if deadline.is_past() {
            self.break_session();
            return Err(CallError::TimedOut);
        }
        Ok(())
    }

    #[cold]
    fn not_ready(&mut self) -> CallError {
        self.break_session();
        if self.abort.is_aborted() {
            return CallError::Aborted;
        }
        CallError::NotReady { endpoint: self.endpoint.clone(), state: self.status.state }
    }

    /// A call has ended: counts its failure.
    pub(super) fn end<T>(&mut self, result: Result<T, CallError>) -> Result<T, CallError> {
        self.status.errors += u64::from(result.is_err());
        result
    }

    /// Bytes of a request that the session allows; 0 without one.
    pub(super) fn request_limit(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.agreed().max_request_payload_bytes)
    }

    /// Bytes of a response that the session allows; 0 without one.
    pub(super) fn response_limit(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.agreed().max_response_payload_bytes)
    }

    /// Whether the session may be made again for a request that is larger than it allows and can be cut.
    pub(super) fn may_grow(&self) -> bool {
        self.kept != Some(self.status.connects)
    }

    /// Requests are cut to what this session allows for as long as it lives.
    pub(super) const fn keep_request_limit(&mut self) {
        self.kept = Some(self.status.connects);
    }

    /// Items of a request that the session allows; 0 without one.
    pub(super) fn item_limit(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.agreed().max_request_batch_items.max(1))
    }

    /// Whether a request of so many bytes can be sent at all, be it over a session that allows more.
    pub(super) fn check_request_len(&self, bytes: usize) -> Result<(), CallError> {
        if u32::try_from(bytes).is_ok_and(|bytes| bytes <= self.growth.ceiling()) {
            return Ok(());
        }
        Err(self.too_large(bytes))
    }

    /// What a request of so many bytes is, which is over the client's ceiling.
    pub(super) const fn too_large(&self, bytes: usize) -> CallError {
        CallError::RequestTooLarge { bytes, limit: self.growth.ceiling(), side: Side::Client }
    }

    /// The payload of the last response.
    pub(super) fn payload(&self) -> &[u8] {
        self.session.as_ref().map(ClientSession::payload).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Increment;
    use crate::{Server, ServerConfig};

    /// A client that is ready, its provider, and what that needs.
    fn ready() -> (Connection, Server<Increment, Increment>, tempfile::TempDir) {
        let directory = tempfile::tempdir().expect("a directory");
        let endpoint = Endpoint::new(directory.path(), "test").expect("a short path");
        let server = Server::spawn(endpoint.clone(), ServerConfig::default(), |_, _, _| Ok(()));
        let mut connection = Connection::new::<Increment>(endpoint, ClientConfig::default());
        connection.refresh(None);
        (connection, server.expect("the endpoint is free"), directory)
    }

    #[test]
    fn an_abort_that_meets_a_call_without_a_session_ends_it_although_it_is_cleared_at_once() {
        let (mut connection, _server, _directory) = ready();
        connection.begin(None).expect("it is ready");
        connection.break_session();
        connection.abort.abort();
        connection.abort.clear();
        let deadline = Deadline::after(std::time::Duration::from_mins(1));
        let error = connection.reconnect(CallError::TimedOut, deadline).expect_err("it was aborted");
        assert!(matches!(error, CallError::Aborted), "{error}");
        assert_eq!((connection.state(), connection.status().connects), (ClientState::Broken, 1));
    }
}

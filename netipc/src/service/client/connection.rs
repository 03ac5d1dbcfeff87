//! The client's end of a connection: the session, if there is one, and how another one is made.

use netipc_codec::MethodMessage;
use netipc_transport::{Abort, ClientSession, ConnectError, Deadline, Endpoint, Profiles};

use super::growth::Growth;
use crate::service::events;

use super::{CallError, ClientConfig, ClientState, ClientStatus};

/// What a client has of a service, whatever it says to it.
pub(super) struct Connection {
    pub(super) endpoint: Endpoint,
    pub(super) config: ClientConfig,
    pub(super) abort: Abort,
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
            session: None,
            status: ClientStatus::default(),
            connect_error: None,
            growth,
            profiles,
            last_message_id: 0,
            kept: None,
        }
    }

    /// Connects if there is no session, and tells whether the state has changed.
    pub(super) fn refresh(&mut self) -> bool {
        if self.session.is_some() {
            return false;
        }
        let before = self.status.state;
        let deadline = Deadline::after(self.config.handshake_timeout());
        match self.connect(deadline) {
            Ok(()) => self.connect_error = None,
            Err(error) => {
                self.status.state = ClientState::after(&error);
                self.connect_error = Some(error);
            }
        }
        self.status.state != before
    }

    /// Makes a session; there is none. A proposal that is refused is repeated at once with a smaller one, and one that
    /// led to shared memory which cannot be attached, without that.
    pub(super) fn connect(&mut self, deadline: Deadline) -> Result<(), ConnectError> {
        loop {
            let options = self.config.connect_options(self.growth.proposal(), self.profiles);
            match ClientSession::connect(&self.endpoint, &options, deadline, &self.abort) {
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

    /// State, counters, and what the session has agreed.
    pub(super) fn status(&self) -> ClientStatus {
        ClientStatus { session: self.session.as_ref().map(|session| *session.agreed()), ..self.status }
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

    /// A call begins: counts it, and says what stands against it before anything is done.
    pub(super) fn begin(&mut self) -> Result<(), CallError> {
        self.status.calls += 1;
        if self.abort.is_aborted() {
            self.break_session();
            return Err(CallError::Aborted);
        }
        if self.session.is_none() {
            return Err(CallError::NotReady { endpoint: self.endpoint.clone(), state: self.status.state });
        }
        Ok(())
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
        Err(CallError::RequestTooLarge { bytes, limit: self.request_limit() })
    }

    /// The payload of the last response.
    pub(super) fn payload(&self) -> &[u8] {
        self.session.as_ref().map(ClientSession::payload).unwrap_or_default()
    }
}

//! The typed client.

mod call;
mod config;
mod error;
mod status;

use std::marker::PhantomData;

use netipc_codec::{Answers, Encode, MethodMessage};
use netipc_transport::{Abort, ClientSession, ConnectError, Deadline, Endpoint};

pub use config::ClientConfig;
pub use error::CallError;
pub use status::{ClientState, ClientStatus};

/// Calls one service: requests of type `Req`, responses of type `Resp`, which have to belong to one method.
///
/// Everything happens inside the caller's calls: there are no threads and no timers. A provider may come late,
/// restart or vanish; [`refresh`](Self::refresh), from the caller's own loop, connects when it is there.
///
/// ```
/// use netipc::messages::Increment;
/// use netipc::{Client, ClientConfig, Endpoint, Server, ServerConfig};
///
/// let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "increment")?;
/// let mut client = Client::<Increment, Increment>::new(endpoint.clone(), ClientConfig::default());
/// client.refresh();
/// assert!(!client.is_ready(), "nobody serves it yet");
///
/// let server = Server::<Increment, Increment>::spawn(endpoint, ServerConfig::default(), |request, response, _| {
///     response.value(request.value().wrapping_add(1));
///     Ok(())
/// })?;
/// client.refresh();
/// assert_eq!(client.call(&Increment { value: 41 })?.value(), 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: `docs/contract/service.md`, "Client".
#[derive(Debug)]
pub struct Client<Req: MethodMessage, Resp: Answers<Req>> {
    endpoint: Endpoint,
    config: ClientConfig,
    abort: Abort,
    session: Option<ClientSession>,
    status: ClientStatus,
    connect_error: Option<ConnectError>,
    // The encoded request; kept as long as the longest so far.
    request: Vec<u8>,
    last_message_id: u64,
    messages: PhantomData<fn(Req) -> Resp>,
}

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// A client of the service at `endpoint`. Connects nothing and needs no provider.
    #[must_use]
    pub fn new(endpoint: Endpoint, config: ClientConfig) -> Self {
        Self {
            endpoint,
            config,
            abort: Abort::new(),
            session: None,
            status: ClientStatus::default(),
            connect_error: None,
            request: Vec::new(),
            last_message_id: 0,
            messages: PhantomData,
        }
    }

    /// The service.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Connects if there is no session, and tells whether the state has changed. Fit for every turn of a loop: a
    /// client that is READY does nothing here.
    ///
    /// Where it ends up is in [`status`](Self::status), and why it has no session in
    /// [`connect_error`](Self::connect_error). Takes the handshake timeout of the configuration at most.
    pub fn refresh(&mut self) -> bool {
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

    /// Whether there is a session. A cached value: no system call.
    #[must_use]
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.session.is_some()
    }

    /// State, counters, and what the session has agreed.
    #[must_use]
    pub fn status(&self) -> ClientStatus {
        ClientStatus { session: self.session.as_ref().map(|session| *session.agreed()), ..self.status }
    }

    /// Why the last [`refresh`](Self::refresh) that had to connect could not.
    #[must_use]
    pub const fn connect_error(&self) -> Option<&ConnectError> {
        self.connect_error.as_ref()
    }

    /// A handle by which any other thread ends the call or refresh in progress, and later ones, with an error of
    /// its own, until it is [cleared](Abort::clear).
    #[must_use]
    pub fn abort_handle(&self) -> Abort {
        self.abort.clone()
    }

    /// Sends one request and gives the response, within the timeout of the configuration.
    ///
    /// The view borrows this client: it lives until the next call. `request` is the struct, by reference, or its
    /// `…Ref`.
    ///
    /// **At least once**: after a transport failure the request is sent once more, over a new session, so a provider
    /// may see it twice.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::NotReady`] at once, without I/O, if there is no session.
    pub fn call(&mut self, request: impl Encode<Message = Req>) -> Result<Resp::View<'_>, CallError> {
        self.call_until(request, Deadline::after(self.config.call_timeout()))
    }

    /// As [`call`](Self::call), with a deadline of its own for all that it does, reconnecting included.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_until(
        &mut self,
        request: impl Encode<Message = Req>,
        deadline: Deadline,
    ) -> Result<Resp::View<'_>, CallError> {
        self.status.calls += 1;
        if let Err(error) = self.exchange(&request, deadline) {
            self.status.errors += 1;
            return Err(error);
        }
        Ok(Resp::view(self.session.as_ref().map(ClientSession::payload).unwrap_or_default()))
    }

    /// Ends the session, if there is one. The next [`refresh`](Self::refresh) makes another.
    pub fn close(&mut self) {
        self.session = None;
        self.status.state = ClientState::Disconnected;
    }
}

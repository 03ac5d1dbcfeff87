//! The typed client.

mod batch;
mod call;
mod config;
mod connection;
mod error;
mod exchange;
mod growth;
mod lookup;
mod seam;
mod status;

use std::fmt;
use std::marker::PhantomData;

use netipc_codec::{Answers, Encode, MethodMessage};
use netipc_transport::{Abort, BatchBuilder, ConnectError, Deadline, Endpoint};

pub use batch::{Responses, ResponsesIter};
pub use config::ClientConfig;
pub use error::{CallError, Side};
pub use status::{ClientState, ClientStatus};

use crate::service::lookup::Memory;
use connection::Connection;

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
pub struct Client<Req: MethodMessage, Resp: Answers<Req>> {
    connection: Connection,
    // The encoded request; kept as long as the longest so far.
    request: Vec<u8>,
    batch: BatchBuilder,
    lookup: Memory,
    messages: PhantomData<fn(Req) -> Resp>,
}

impl<Req: MethodMessage, Resp: Answers<Req>> Client<Req, Resp> {
    /// A client of the service at `endpoint`. Connects nothing and needs no provider.
    #[must_use]
    pub fn new(endpoint: Endpoint, config: ClientConfig) -> Self {
        Self {
            connection: Connection::new::<Req>(endpoint, config),
            request: Vec::new(),
            batch: BatchBuilder::new(),
            lookup: Memory::default(),
            messages: PhantomData,
        }
    }

    /// The service.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.connection.endpoint
    }

    /// Connects if there is no session, and tells whether the state has changed. Fit for every turn of a loop: a
    /// client that is READY does nothing here.
    ///
    /// Where it ends up is in [`status`](Self::status), and why it has no session in
    /// [`connect_error`](Self::connect_error). Takes the handshake timeout of the configuration at most.
    pub fn refresh(&mut self) -> bool {
        self.connection.refresh(None)
    }

    /// As [`refresh`](Self::refresh), with a deadline of its own in place of the handshake timeout.
    pub fn refresh_until(&mut self, deadline: Deadline) -> bool {
        self.connection.refresh(Some(deadline))
    }

    /// Whether there is a session that was not aborted. A cached value: no system call.
    #[must_use]
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.connection.is_ready()
    }

    /// State, counters, and what the session has agreed.
    #[must_use]
    pub fn status(&self) -> ClientStatus {
        self.connection.status()
    }

    /// Why the last [`refresh`](Self::refresh) that had to connect could not. Nothing if it could, also where the session
    /// has been aborted since.
    #[must_use]
    pub const fn connect_error(&self) -> Option<&ConnectError> {
        self.connection.connect_error.as_ref()
    }

    /// A handle by which any other thread ends the call or refresh in progress, and later ones, with an error of
    /// its own, until it is [cleared](Abort::clear). It ends the session too, also one on which nothing is in progress:
    /// the next [`refresh`](Self::refresh) makes another.
    #[must_use]
    pub fn abort_handle(&self) -> Abort {
        self.connection.abort.clone()
    }

    /// Sends one request and gives the response, within the timeout of the configuration.
    ///
    /// The view borrows this client: it lives until the next call. `request` is the struct, by reference, or its
    /// `…Ref`.
    ///
    /// **At least once**: after a transport failure the request is sent once more, over a new session, so a provider
    /// may see it twice. A request that is larger than the session allows, or a response that does not fit, makes
    /// the client connect again with a larger proposal, up to its ceilings.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::NotReady`] at once, without I/O, if there is no session.
    pub fn call(&mut self, request: impl Encode<Message = Req>) -> Result<Resp::View<'_>, CallError> {
        self.call_by(request, None)
    }

    /// As [`call`](Self::call), with a deadline of its own for all that it does, reconnecting included. Nothing is sent
    /// once it is past.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn call_until(
        &mut self,
        request: impl Encode<Message = Req>,
        deadline: Deadline,
    ) -> Result<Resp::View<'_>, CallError> {
        self.call_by(request, Some(deadline))
    }

    /// Ends the session, if there is one. The next [`refresh`](Self::refresh) makes another.
    pub fn close(&mut self) {
        self.connection.close();
    }
}

impl<Req: MethodMessage, Resp: Answers<Req>> fmt::Debug for Client<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

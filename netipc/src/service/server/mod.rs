//! The managed server.

mod acceptor;
mod activity;
mod answer;
mod config;
mod failure;
mod handler;
mod registry;
mod session;
mod status;

use std::fmt;
use std::marker::PhantomData;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use netipc_codec::{Answers, MethodMessage, WireMessage};
use netipc_transport::{
    Abort, Census, Deadline, Endpoint, ListenError, Listener, ResponseLimit, ServerSession,
};

use acceptor::AcceptFailure;
pub use config::ServerConfig;
use handler::Handler;
pub use handler::{Context, HandlerResult};
use registry::Registry;
use session::Shared;
use status::Counters;
pub use status::ServerStatus;

/// Serves one method at one endpoint: a handler takes each request's view and fills the response in place.
///
/// One thread accepts connections and shakes hands, and each session has a thread of its own; the handler is called
/// from all of those. Dropping the server stops it.
///
/// ```
/// use netipc::messages::StringReverse;
/// use netipc::{Endpoint, Server, ServerConfig};
///
/// let directory = tempfile::tempdir()?;
/// let endpoint = Endpoint::new(directory.path(), "string-reverse")?;
/// let server = Server::<StringReverse, StringReverse>::spawn(
///     endpoint,
///     ServerConfig::default(),
///     |request, response, context| {
///         println!("process {} asks", context.credentials.pid);
///         response.text_with(request.text().len(), |place| {
///             place.copy_from_slice(request.text());
///             place.reverse();
///         });
///         Ok(())
///     },
/// )?;
/// server.stop();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A handler that fails or panics is answered INTERNAL_ERROR and costs that one session; where the program aborts on
/// panics, nothing can contain them.
///
/// Contract: `docs/contract/service.md`, "Managed server".
#[must_use = "dropping the server stops it"]
pub struct Server<Req: MethodMessage, Resp: Answers<Req>> {
    endpoint: Endpoint,
    abort: Abort,
    registry: Arc<Registry>,
    census: Census,
    response_limit: ResponseLimit,
    counters: Arc<Counters>,
    acceptor: Option<JoinHandle<()>>,
    messages: PhantomData<fn(Req) -> Resp>,
}

/// How [`Server::drain`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every request in progress was answered.
    Complete,
    /// The time was over; requests in progress were cut off. Idle sessions are not counted.
    CutOff {
        /// Sessions that had received a request and not answered it yet.
        sessions: usize,
    },
}

impl<Req: MethodMessage, Resp: Answers<Req>> Server<Req, Resp> {
    /// Listens at `endpoint` and serves. An endpoint that a dead server has left behind is taken over.
    ///
    /// The handler gets the request's view, the response's builder and the peer. What it returns as an error reaches
    /// the client as INTERNAL_ERROR; a response that does not fit, as LIMIT_EXCEEDED, whatever the handler returns.
    ///
    /// # Errors
    /// [`ListenError`], for one when a live server has the endpoint, or the configuration has every client refused.
    pub fn spawn<H>(endpoint: Endpoint, config: ServerConfig, handler: H) -> Result<Self, ListenError>
    where
        H: Fn(
                <Req as WireMessage>::View<'_>,
                &mut <Resp as WireMessage>::Builder<'_>,
                &Context,
            ) -> HandlerResult
            + Send
            + Sync
            + 'static,
    {
        config.check(&endpoint)?;
        let listener = Listener::bind(&endpoint, &config.listen_options())?;
        Self::serve(listener, endpoint, config, handler)
    }

    /// As [`spawn`](Self::spawn), on a socket that listens at `endpoint` already and belongs to whoever has made it: a
    /// service manager that starts its services when somebody connects. It stays when the server ends, and whoever comes
    /// meanwhile waits for the next one.
    ///
    /// # Errors
    /// [`ListenError::Misfit`] for a socket that does not listen at `endpoint`; otherwise what stands in the way.
    ///
    /// ```no_run
    /// # fn handed_over() -> std::os::fd::OwnedFd { unimplemented!() }
    /// use netipc::messages::Increment;
    /// use netipc::{Endpoint, Server, ServerConfig};
    ///
    /// let endpoint = Endpoint::new("/run/netipc", "increment")?;
    /// let server = Server::<Increment, Increment>::spawn_on(
    ///     handed_over(),
    ///     endpoint,
    ///     ServerConfig::default(),
    ///     |request, response, _context| {
    ///         response.value(request.value().wrapping_add(1));
    ///         Ok(())
    ///     },
    /// )?;
    /// # drop(server);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(unix)]
    pub fn spawn_on<H>(
        socket: OwnedFd,
        endpoint: Endpoint,
        config: ServerConfig,
        handler: H,
    ) -> Result<Self, ListenError>
    where
        H: Fn(
                <Req as WireMessage>::View<'_>,
                &mut <Resp as WireMessage>::Builder<'_>,
                &Context,
            ) -> HandlerResult
            + Send
            + Sync
            + 'static,
    {
        config.check(&endpoint)?;
        let listener = Listener::adopt(socket, &endpoint, &config.listen_options())?;
        Self::serve(listener, endpoint, config, handler)
    }

    fn serve(
        mut listener: Listener,
        endpoint: Endpoint,
        config: ServerConfig,
        handler: impl Handler<Req, Resp>,
    ) -> Result<Self, ListenError> {
        let (abort, registry, counters) = (Abort::new(), Arc::new(Registry::default()), Arc::default());
        let (census, response_limit) = (listener.census(), listener.response_limit());
        let shared = Shared {
            endpoint: endpoint.clone(),
            handler,
            config,
            counters: Arc::clone(&counters),
            response_limit: response_limit.clone(),
        };
        let shared = Arc::new(shared);
        let (sessions, stop) = (Arc::clone(&registry), abort.clone());
        let accept = move || {
            let start = |session: ServerSession| {
                let (place, shared) = (sessions.enter(&session), Arc::clone(&shared));
                thread::Builder::new()
                    .name(format!("netipc #{}", session.session_id()))
                    .spawn(move || session::serve::<Req, Resp, _>(&place, session, &shared))
                    .map(drop)
            };
            let rest = |failure: &AcceptFailure| {
                shared.rest(failure);
                stop.wait(acceptor::REST)
            };
            acceptor::run(|| listener.accept(Deadline::NEVER, &stop), start, rest);
        };
        let acceptor = thread::Builder::new()
            .name(format!("netipc {}", endpoint.service()))
            .spawn(accept)
            .map_err(|source| ListenError::Io { endpoint: endpoint.clone(), source })?;
        Ok(Self {
            endpoint,
            abort,
            registry,
            census,
            response_limit,
            counters,
            acceptor: Some(acceptor),
            messages: PhantomData,
        })
    }

    /// Where it serves.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// How many sessions live at the moment.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.registry.len()
    }

    /// What it is doing and has done.
    #[must_use]
    pub fn status(&self) -> ServerStatus {
        self.counters.status(&self.registry, &self.census, self.response_limit.get())
    }

    /// Why the last request that was answered INTERNAL_ERROR got no response, in one line: what its handler said, what is
    /// wrong with the response that it built, or the words of its panic. Clients are not told.
    #[must_use]
    pub fn last_handler_failure(&self) -> Option<String> {
        self.counters.last_handler_failure()
    }

    /// Why clients were not accepted for a moment when that last happened, in one line: what the system says, which may lack
    /// descriptors, memory or threads.
    #[must_use]
    pub fn last_accept_failure(&self) -> Option<String> {
        self.counters.last_accept_failure()
    }

    /// Whether new sessions are accepted. They are until the server is stopped: where that fails the server rests for a
    /// moment and goes on, which [`ServerStatus::accept_failures`] counts.
    #[must_use]
    pub fn is_accepting(&self) -> bool {
        self.acceptor.as_ref().is_some_and(|acceptor| !acceptor.is_finished())
    }

    /// Ends at once: no new sessions, and those that exist are closed, whatever they are doing. The socket is gone
    /// when this returns, unless it was handed over, and so are the files of all regions. A handler that is running goes
    /// on until it returns; its response is dropped.
    pub fn stop(self) {
        drop(self);
    }

    /// Ends in order: no new sessions; idle ones are closed at once, and requests in progress may finish within
    /// `timeout`. Then as [`stop`](Self::stop).
    ///
    /// A handler that drains its own server waits for itself until the time is over, and is counted as cut off: have it tell
    /// another thread.
    #[allow(clippy::must_use_candidate, reason = "whoever drains may not care how it ended")]
    pub fn drain(mut self, timeout: Duration) -> Drained {
        self.shut_down(Deadline::after(timeout))
    }

    fn shut_down(&mut self, deadline: Deadline) -> Drained {
        self.abort.abort();
        if let Some(acceptor) = self.acceptor.take() {
            // A panic of the accepting thread would be a fault of ours; it has been reported where it happened.
            let _ = acceptor.join();
        }
        match self.registry.drain(deadline) {
            0 => Drained::Complete,
            sessions => Drained::CutOff { sessions },
        }
    }
}

impl<Req: MethodMessage, Resp: Answers<Req>> Drop for Server<Req, Resp> {
    fn drop(&mut self) {
        if self.acceptor.is_some() {
            self.shut_down(Deadline::after(Duration::ZERO));
        }
    }
}

impl<Req: MethodMessage, Resp: Answers<Req>> fmt::Debug for Server<Req, Resp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("endpoint", &self.endpoint)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_shown_whether_its_messages_can_be_or_not() {
        fn is_shown<T: fmt::Debug>() {}
        // Of these nothing is known but that they are messages.
        fn is_shown_of_any<Req: MethodMessage, Resp: Answers<Req>>() {
            is_shown::<Server<Req, Resp>>();
        }
        is_shown_of_any::<crate::messages::Increment, crate::messages::Increment>();
    }
}

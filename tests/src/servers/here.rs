//! Servers in the test's own process: the types of `netipc_transport` themselves.

use netipc_transport::{
    Abort, AcceptError, Batch, Credentials, Deadline, Endpoint, ListenError, ListenOptions, Listener,
    Message, MessageHeader, ReceiveError, SendError, ServerSession, SessionHandle, Status,
};

use super::{Aborting, Ending, Listening, Servers, Serving, Terms};
use crate::support::{Reverser, reverse_all};

/// This process.
pub struct Here;

impl Servers for Here {
    type Listener = Listener;

    fn bind(endpoint: &Endpoint, options: &ListenOptions) -> Result<Listener, ListenError> {
        Listener::bind(endpoint, options)
    }

    fn process_id() -> u32 {
        std::process::id()
    }
}

impl Listening for Listener {
    type Abort = Abort;
    type Session = ServerSession;
    type Reverser = Reverser;

    fn accept(&mut self, deadline: Deadline, abort: &Abort) -> Result<ServerSession, AcceptError> {
        self.accept(deadline, abort)
    }

    fn new_abort(&self) -> Abort {
        Abort::new()
    }

    fn raise_response_limit_to(&self, bytes: u32) {
        self.response_limit().raise_to(bytes);
    }

    fn reverse(self) -> Reverser {
        Reverser::start(self)
    }
}

impl Aborting for Abort {
    fn abort(&self) {
        self.abort();
    }

    fn clear(&self) {
        self.clear();
    }
}

impl Serving for ServerSession {
    type Handle = SessionHandle;

    fn terms(&self) -> Terms {
        self.agreed().into()
    }

    fn peer_credentials(&self) -> Credentials {
        self.peer_credentials().unwrap()
    }

    fn receive(&mut self, deadline: Deadline) -> Result<Message<'_>, ReceiveError> {
        self.receive(deadline)
    }

    fn respond(&mut self, to: MessageHeader, payload: &[u8], deadline: Deadline) -> Result<(), SendError> {
        self.respond(to, payload, deadline)
    }

    fn respond_batch(
        &mut self,
        to: MessageHeader,
        batch: &Batch<'_>,
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.respond_batch(to, batch, deadline)
    }

    fn reject(&mut self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.reject(to, status, deadline)
    }

    fn refuse(self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.refuse(to, status, deadline)
    }

    fn is_ended(&self) -> bool {
        self.is_ended()
    }

    fn handle(&self) -> SessionHandle {
        self.handle()
    }

    fn reverse_all(self) {
        reverse_all(self);
    }
}

impl Ending for SessionHandle {
    fn shutdown(&self) {
        self.shutdown();
    }

    fn shutdown_read(&self) {
        self.shutdown_read();
    }
}

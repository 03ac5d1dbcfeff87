//! Where the servers of a test are: in its own process, or in another one. Clients are always in the test's.
//!
//! The traits have what `netipc_transport` has, by the same names. [`Here`] is those types themselves; [`There`] has
//! proxies of them, each of which is one of them in another process.

mod here;
mod terms;
mod there;

use netipc_transport::{
    AcceptError, Batch, Credentials, Deadline, Endpoint, ListenError, ListenOptions, Message, MessageHeader,
    ReceiveError, SendError, Status,
};

use crate::support::allocations;
pub use here::Here;
pub use terms::Terms;
pub use there::{Program, There, serve_orders};

/// A process in which servers are.
pub trait Servers: 'static {
    type Listener: Listening;

    fn bind(endpoint: &Endpoint, options: &ListenOptions) -> Result<Self::Listener, ListenError>;

    fn process_id() -> u32;
}

/// A [`netipc_transport::Listener`].
pub trait Listening: Send + Sync + std::fmt::Debug + 'static {
    type Abort: Aborting;
    type Session: Serving;
    /// Answers every request with its payload reversed, as [`Reverser`](crate::support::Reverser) does, until it is dropped.
    type Reverser: Send;

    fn accept(&mut self, deadline: Deadline, abort: &Self::Abort) -> Result<Self::Session, AcceptError>;

    /// An abort for what waits where this is.
    fn new_abort(&self) -> Self::Abort;

    /// What later sessions are offered at least.
    fn raise_response_limit_to(&self, bytes: u32);

    fn reverse(self) -> Self::Reverser;
}

/// A [`netipc_transport::Abort`].
pub trait Aborting: Send + Sync {
    fn abort(&self);
    fn clear(&self);
}

/// A [`netipc_transport::ServerSession`].
pub trait Serving: Send + 'static {
    type Handle: Ending;

    fn terms(&self) -> Terms;
    fn peer_credentials(&self) -> Credentials;
    fn receive(&mut self, deadline: Deadline) -> Result<Message<'_>, ReceiveError>;
    fn respond(&mut self, to: MessageHeader, payload: &[u8], deadline: Deadline) -> Result<(), SendError>;
    fn respond_batch(
        &mut self,
        to: MessageHeader,
        batch: &Batch<'_>,
        deadline: Deadline,
    ) -> Result<(), SendError>;

    /// As [`Serving::receive`], and how many allocations that makes. For programs that count.
    fn receive_counted(&mut self, deadline: Deadline) -> (usize, Result<MessageHeader, ReceiveError>) {
        allocations::counted(|| self.receive(deadline).map(|message| message.header))
    }

    /// As [`Serving::respond`], and how many allocations that makes. For programs that count.
    fn respond_counted(
        &mut self,
        to: MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> (usize, Result<(), SendError>) {
        allocations::counted(|| self.respond(to, payload, deadline))
    }

    fn reject(&mut self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError>;
    fn refuse(self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError>;
    fn is_ended(&self) -> bool;
    fn handle(&self) -> Self::Handle;

    /// Answers every request with its payload reversed, until the session ends.
    fn reverse_all(self);
}

/// A [`netipc_transport::SessionHandle`].
pub trait Ending: Send + Sync {
    fn shutdown(&self);
    fn shutdown_read(&self);
}

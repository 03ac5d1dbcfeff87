//! A listener in the other process, and what ends its waits.

use netipc_transport::{AcceptError, Deadline};

use super::object::Object;
use super::orders::{AtOnce, Reply, ToListener, ToSession, What};
use super::session::RemoteSession;
use crate::servers::{Aborting, Listening};

#[derive(Debug)]
pub struct RemoteListener(Object);

impl RemoteListener {
    pub(super) fn new(object: Object) -> Self {
        Self(object)
    }

    fn call(&self, order: ToListener) -> Reply {
        self.0.call(What::Listener(order))
    }
}

impl Listening for RemoteListener {
    type Abort = RemoteAbort;
    type Session = RemoteSession;
    type Reverser = RemoteReverser;

    fn accept(&mut self, deadline: Deadline, abort: &RemoteAbort) -> Result<RemoteSession, AcceptError> {
        let session = self.0.beside(|| What::Session(ToSession::Drop));
        let (wait, abort) = (deadline.into(), abort.0.number());
        match self.call(ToListener::Accept { session: session.number(), wait, abort }) {
            Reply::Accepted { terms, peer } => Ok(RemoteSession::new(session, terms, peer)),
            Reply::NotAccepted(error) => Err(error),
            other => other.unexpected(),
        }
    }

    fn new_abort(&self) -> RemoteAbort {
        RemoteAbort(self.0.beside(|| What::AtOnce(AtOnce::DropAbort)))
    }

    fn raise_response_limit_to(&self, bytes: u32) {
        self.call(ToListener::RaiseResponseLimitTo(bytes)).done();
    }

    fn reverse(self) -> RemoteReverser {
        self.call(ToListener::Reverse).done();
        RemoteReverser(self.0)
    }
}

/// An abort in the other process, made by the first order that names it.
pub struct RemoteAbort(Object);

impl Aborting for RemoteAbort {
    fn abort(&self) {
        self.0.call(What::AtOnce(AtOnce::Abort)).done();
    }

    fn clear(&self) {
        self.0.call(What::AtOnce(AtOnce::Clear)).done();
    }
}

/// A [`Reverser`](crate::support::Reverser) in the other process.
pub struct RemoteReverser(#[expect(dead_code, reason = "it is dropped")] Object);

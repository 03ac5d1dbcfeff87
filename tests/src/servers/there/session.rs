//! A session whose server's end is in the other process.

use netipc_transport::{
    Batch, Credentials, Deadline, Message, MessageHeader, ReceiveError, SendError, Status,
};

use super::object::Object;
use super::orders::{AtOnce, Reply, ToSession, What, WireAnswer};
use crate::servers::{Ending, Serving, Terms};

pub struct RemoteSession {
    object: Object,
    terms: Terms,
    peer: Credentials,
    /// What was received last.
    payload: Vec<u8>,
}

impl RemoteSession {
    pub(super) fn new(object: Object, terms: Terms, peer: Credentials) -> Self {
        Self { object, terms, peer, payload: Vec::new() }
    }

    fn call(&self, order: ToSession) -> Reply {
        self.object.call(What::Session(order))
    }

    fn send(&self, answer: WireAnswer, to: MessageHeader, deadline: Deadline) -> Result<(), SendError> {
        sent(self.call(ToSession::Send { answer, to, wait: deadline.into() }))
    }

    fn call_counted(&self, order: ToSession) -> (usize, Reply) {
        match self.call(order) {
            Reply::Counted { allocations, reply } => (allocations, *reply),
            other => other.unexpected(),
        }
    }
}

fn received(reply: Reply) -> Result<(MessageHeader, Vec<u8>), ReceiveError> {
    match reply {
        Reply::Received { header, payload } => Ok((header, payload)),
        Reply::NotReceived(error) => Err(error),
        other => other.unexpected(),
    }
}

fn sent(reply: Reply) -> Result<(), SendError> {
    match reply {
        Reply::Done => Ok(()),
        Reply::NotSent(error) => Err(error),
        other => other.unexpected(),
    }
}

impl Serving for RemoteSession {
    type Handle = RemoteHandle;

    fn terms(&self) -> Terms {
        self.terms
    }

    fn peer_credentials(&self) -> Credentials {
        self.peer
    }

    fn receive(&mut self, deadline: Deadline) -> Result<Message<'_>, ReceiveError> {
        let (header, payload) = received(self.call(ToSession::Receive(deadline.into())))?;
        self.payload = payload;
        Ok(Message { header, payload: &self.payload })
    }

    fn respond(&mut self, to: MessageHeader, payload: &[u8], deadline: Deadline) -> Result<(), SendError> {
        self.send(WireAnswer::Respond(payload.to_vec()), to, deadline)
    }

    fn respond_batch(
        &mut self,
        to: MessageHeader,
        batch: &Batch<'_>,
        deadline: Deadline,
    ) -> Result<(), SendError> {
        let (item_count, payload) = (batch.item_count(), batch.payload().to_vec());
        self.send(WireAnswer::RespondBatch { item_count, payload }, to, deadline)
    }

    fn receive_counted(&mut self, deadline: Deadline) -> (usize, Result<MessageHeader, ReceiveError>) {
        let (made, reply) = self.call_counted(ToSession::ReceiveCounted(deadline.into()));
        (made, received(reply).map(|(header, _)| header))
    }

    fn respond_counted(
        &mut self,
        to: MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> (usize, Result<(), SendError>) {
        let order = ToSession::RespondCounted { payload: payload.to_vec(), to, wait: deadline.into() };
        let (made, reply) = self.call_counted(order);
        (made, sent(reply))
    }

    fn reject(&mut self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.send(WireAnswer::Reject(status), to, deadline)
    }

    fn refuse(self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.send(WireAnswer::Refuse(status), to, deadline)
    }

    fn is_ended(&self) -> bool {
        match self.call(ToSession::IsEnded) {
            Reply::IsEnded(is_ended) => is_ended,
            other => other.unexpected(),
        }
    }

    fn handle(&self) -> RemoteHandle {
        let handle = self.object.beside(|| What::AtOnce(AtOnce::DropHandle));
        self.call(ToSession::Handle(handle.number())).done();
        RemoteHandle(handle)
    }

    fn reverse_all(self) {
        self.call(ToSession::ReverseAll).done();
    }
}

/// A session's handle in the other process.
pub struct RemoteHandle(Object);

impl Ending for RemoteHandle {
    fn shutdown(&self) {
        self.0.call(What::AtOnce(AtOnce::Shutdown)).done();
    }

    fn shutdown_read(&self) {
        self.0.call(What::AtOnce(AtOnce::ShutdownRead)).done();
    }
}

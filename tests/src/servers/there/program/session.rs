//! A session with its owner.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use netipc_transport::{Batch, MessageHeader, ReceiveError, SendError, ServerSession};

use super::super::orders::{Reply, ToSession, WireAnswer};
use super::{Host, answer};
use crate::servers::Serving;
use crate::support::reverse_all;

/// A session, with the thread that owns it.
pub(super) struct OwnedSession {
    host: Arc<Host>,
    session: Option<ServerSession>,
}

impl OwnedSession {
    pub(super) fn new(host: Arc<Host>, session: ServerSession) -> Self {
        Self { host, session: Some(session) }
    }

    pub(super) fn obey(&mut self, orders: &Receiver<(u64, ToSession)>) {
        for (call, order) in orders {
            answer(call, || self.act(order));
        }
    }

    fn act(&mut self, order: ToSession) -> Reply {
        match order {
            ToSession::Receive(wait) => {
                let message = self.session().receive(wait.into());
                return received(message.map(|message| (message.header, message.payload.to_vec())));
            }
            ToSession::ReceiveCounted(wait) => {
                let (allocations, header) = self.session().receive_counted(wait.into());
                let reply = Box::new(received(header.map(|header| (header, Vec::new()))));
                return Reply::Counted { allocations, reply };
            }
            ToSession::RespondCounted { payload, to, wait } => {
                let (allocations, responded) = self.session().respond_counted(to, &payload, wait.into());
                return Reply::Counted { allocations, reply: Box::new(sent(responded)) };
            }
            ToSession::Send { answer, to, wait } => {
                let deadline = wait.into();
                return sent(match answer {
                    WireAnswer::Respond(payload) => self.session().respond(to, &payload, deadline),
                    WireAnswer::RespondBatch { item_count, payload } => {
                        let batch = Batch::decode(&payload, item_count).unwrap();
                        self.session().respond_batch(to, &batch, deadline)
                    }
                    WireAnswer::Reject(status) => self.session().reject(to, status, deadline),
                    WireAnswer::Refuse(status) => self.take().refuse(to, status, deadline),
                });
            }
            ToSession::IsEnded => return Reply::IsEnded(self.session().is_ended()),
            ToSession::Handle(number) => {
                let handle = self.session().handle();
                self.host.objects().handles.insert(number, handle);
            }
            ToSession::ReverseAll => reverse_all(self.take()),
            ToSession::Drop => self.session = None,
        }
        Reply::Done
    }

    fn session(&mut self) -> &mut ServerSession {
        self.session.as_mut().unwrap()
    }

    fn take(&mut self) -> ServerSession {
        self.session.take().unwrap()
    }
}

fn received(received: Result<(MessageHeader, Vec<u8>), ReceiveError>) -> Reply {
    received.map_or_else(Reply::NotReceived, |(header, payload)| Reply::Received { header, payload })
}

fn sent(sent: Result<(), SendError>) -> Reply {
    sent.map_or_else(Reply::NotSent, |()| Reply::Done)
}

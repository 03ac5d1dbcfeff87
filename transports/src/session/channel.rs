//! What both ends of a session share on every link: limits, directions, batches, what can still be done.

use super::error::{Limit, ReceiveError, SendError, Violation};
use super::message::Message;
use crate::Deadline;
use crate::buffer::Buffer;
use crate::envelope::{Batch, Kind, MessageHeader};
use crate::limits::Limits;
use crate::link::{Link, SendFailure};

/// One end of a session over a link of any kind.
#[derive(Debug)]
pub(super) struct Channel<L: Link> {
    link: L,
    state: State,
    /// The kind of message that comes in here.
    incoming: Kind,
    incoming_limits: Limits,
    outgoing_limits: Limits,
    buffer: Buffer,
    /// The payload of the last message is so much of the buffer's.
    payload_len: usize,
}

/// What can still be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The peer takes nothing any more; what it has sent can be received.
    PeerGone,
    /// The last message was refused and can be answered.
    Refusing,
    Ended,
}

impl<L: Link> Channel<L> {
    pub(super) fn new(link: L, incoming: Kind, incoming_limits: Limits, outgoing_limits: Limits) -> Self {
        Self {
            link,
            state: State::Open,
            incoming,
            incoming_limits,
            outgoing_limits,
            buffer: Buffer::default(),
            payload_len: 0,
        }
    }

    pub(super) fn link(&self) -> &L {
        &self.link
    }

    pub(super) fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    pub(super) fn payload(&self) -> &[u8] {
        self.buffer.payload(self.payload_len)
    }

    /// The last message received, with this header.
    pub(super) fn message(&self, header: MessageHeader) -> Message<'_> {
        Message { header, payload: self.payload() }
    }

    /// Ends the session. The peer gets what was sent, and then the end.
    pub(super) fn end(&mut self) {
        self.state = State::Ended;
        self.link.shut_down();
    }

    #[inline(always)]
    fn check_open(&self) -> Result<(), SendError> {
        match self.state {
            State::Ended => Err(SendError::SessionEnded),
            State::PeerGone => Err(SendError::Disconnected),
            State::Open | State::Refusing => Ok(()),
        }
    }

    /// Whether a message like this may go out at all.
    #[inline(always)]
    pub(super) fn check_outgoing(&self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.check_open()?;
        if header.is_batch() && header.item_count == 0 {
            return Err(SendError::EmptyBatch);
        }
        let limit = self.outgoing_limits.payload_bytes;
        if payload.len() as u64 > limit.into() {
            return Err(SendError::OverLimit(Limit::Payload { bytes: payload.len() as u64, limit }));
        }
        self.outgoing_limits.passed_by(header).map_or(Ok(()), |limit| Err(SendError::OverLimit(limit)))
    }

    /// Sends a message that [`Channel::check_outgoing`] has passed.
    #[inline(always)]
    pub(super) fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.link.send(header, payload, deadline).map_err(|failure| self.sending_failed(failure))
    }

    /// As [`Channel::send`], but never waits: what does not go out at once is kept.
    pub(super) fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.link.try_send(header, payload).map_err(|failure| self.sending_failed(failure))
    }

    /// Goes on with a message that is kept.
    pub(super) fn flush(&mut self, deadline: Deadline) -> Result<(), SendError> {
        self.check_open()?;
        self.link.flush(deadline).map_err(|failure| self.sending_failed(failure))
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.link.has_unsent()
    }

    #[cold]
    fn sending_failed(&mut self, failure: SendFailure) -> SendError {
        match failure {
            SendFailure::NothingSent(error) => error,
            SendFailure::Broken(SendError::Disconnected) => {
                self.state = State::PeerGone;
                SendError::Disconnected
            }
            SendFailure::Broken(error) => {
                self.end();
                error
            }
        }
    }

    /// Receives the next message, or goes on with one that a deadline has interrupted. `expected` is asked about its
    /// header as soon as that has passed the checks that every message has to pass.
    #[inline(always)]
    pub(super) fn receive(
        &mut self,
        expected: impl FnOnce(&MessageHeader) -> Result<(), Violation>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        if matches!(self.state, State::Ended | State::Refusing) {
            return Err(ReceiveError::SessionEnded);
        }
        self.payload_len = 0;
        let received = self.receive_message(expected, deadline);
        if let Err(error) = &received {
            match error {
                ReceiveError::TimedOut => {}
                // The way back is still good for an answer, but nothing that follows can be trusted or understood.
                _ if error.header().is_some() => self.state = State::Refusing,
                _ => self.end(),
            }
        }
        received
    }

    #[inline(always)]
    fn receive_message(
        &mut self,
        expected: impl FnOnce(&MessageHeader) -> Result<(), Violation>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        let Self { incoming, incoming_limits, .. } = *self;
        let admit = |header: &MessageHeader| {
            if header.kind != incoming {
                return Err(Violation::Direction { kind: header.kind }.into());
            }
            if let Some(limit) = incoming_limits.passed_by(header) {
                return Err(ReceiveError::Overflow { header: *header, limit });
            }
            Ok(expected(header)?)
        };
        let header = self.link.receive(&mut self.buffer, admit, deadline)?;
        let payload = self.buffer.payload(header.payload_len as usize);
        if header.has_items()
            && let Err(error) = Batch::decode(payload, header.item_count)
        {
            return Err(ReceiveError::Violation { violation: Violation::Batch(error), header: Some(header) });
        }
        self.payload_len = payload.len();
        Ok(header)
    }

    /// Lets what was sent arrive although the peer still sends.
    pub(super) fn linger(&mut self, deadline: Deadline) {
        self.link.linger(deadline);
    }
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;

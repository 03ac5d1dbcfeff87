//! What both ends of a session share: framing, chunks, limits, the receive buffer.

use std::io;
use std::time::Instant;

use super::error::{Limit, ReceiveError, SendError, Violation};
use super::message::Message;
use crate::Deadline;
use crate::chunking::{self, Assembly};
use crate::envelope::{Batch, ChunkHeader, Kind, MessageHeader};
use crate::limits::Limits;
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};

/// One end of a session over packets of any kind.
#[derive(Debug)]
pub(super) struct Channel<P: Packets> {
    packets: P,
    state: State,
    /// The kind of message that comes in here.
    incoming: Kind,
    incoming_limits: Limits,
    outgoing_limits: Limits,
    /// Payload bytes of a packet.
    room: usize,
    /// Grows to the longest message so far and is never shorter than a first packet's payload may be.
    buffer: Vec<u8>,
    /// The payload of the last message is so much of the buffer.
    payload_len: usize,
    /// The message that is coming in, between its packets.
    assembly: Option<Assembly>,
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

impl<P: Packets> Channel<P> {
    pub(super) fn new(
        packets: P,
        incoming: Kind,
        incoming_limits: Limits,
        outgoing_limits: Limits,
        packet_size: u32,
    ) -> Self {
        Self {
            packets,
            state: State::Open,
            incoming,
            incoming_limits,
            outgoing_limits,
            room: chunking::room(packet_size),
            buffer: Vec::new(),
            payload_len: 0,
            assembly: None,
        }
    }

    pub(super) fn packets(&self) -> &P {
        &self.packets
    }

    pub(super) fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.buffer[..self.payload_len]
    }

    /// The last message received, with this header.
    pub(super) fn message(&self, header: MessageHeader) -> Message<'_> {
        Message { header, payload: self.payload() }
    }

    /// Ends the session. The peer gets what was sent, and then the end.
    pub(super) fn end(&mut self) {
        self.state = State::Ended;
        self.packets.shut_down();
    }

    /// Whether a message like this may go out at all.
    pub(super) fn check_outgoing(&self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        match self.state {
            State::Ended => return Err(SendError::SessionEnded),
            State::PeerGone => return Err(SendError::Disconnected),
            State::Open | State::Refusing => {}
        }
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
    pub(super) fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        let first = &payload[..payload.len().min(self.room)];
        match self.packets.send(&header.encode(), first, deadline) {
            Ok(()) => {}
            // Nothing has gone out, so nothing is broken.
            Err(PacketError::TimedOut) => return Err(SendError::TimedOut),
            Err(error) => return Err(self.sending_failed(error)),
        }
        for (chunk, part) in chunking::continuations(header, payload, self.room) {
            if let Err(error) = self.packets.send(&chunk.encode(), part, deadline) {
                return Err(self.sending_failed(error));
            }
        }
        Ok(())
    }

    fn sending_failed(&mut self, error: PacketError) -> SendError {
        let error = match error {
            PacketError::Closed | PacketError::Reset => {
                self.state = State::PeerGone;
                return SendError::Disconnected;
            }
            PacketError::TimedOut => SendError::TimedOut,
            PacketError::Aborted => SendError::Aborted,
            PacketError::Io(error) => SendError::Io(error),
        };
        self.end();
        error
    }

    /// Receives the next message, or goes on with one that a deadline has interrupted. `expected` is asked about its
    /// header as soon as that has passed the checks that every message has to pass.
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

    fn receive_message(
        &mut self,
        expected: impl FnOnce(&MessageHeader) -> Result<(), Violation>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        let mut assembly = match self.assembly.take() {
            Some(assembly) => assembly,
            None => self.receive_first(expected, deadline)?,
        };
        while !assembly.is_complete() {
            if let Err(error) = self.receive_continuation(&mut assembly, deadline) {
                self.assembly = Some(assembly);
                return Err(error);
            }
        }
        let header = *assembly.header();
        let payload = &self.buffer[..assembly.received()];
        if header.has_items()
            && let Err(error) = Batch::decode(payload, header.item_count)
        {
            return Err(ReceiveError::Violation { violation: Violation::Batch(error), header: Some(header) });
        }
        self.payload_len = payload.len();
        Ok(header)
    }

    /// The first packet of a message: checks its header and makes room for the whole of it.
    fn receive_first(
        &mut self,
        expected: impl FnOnce(&MessageHeader) -> Result<(), Violation>,
        deadline: Deadline,
    ) -> Result<Assembly, ReceiveError> {
        // A packet with more payload than the limit is cut by the platform, and its header still comes whole.
        let room = self.room.min(self.incoming_limits.payload_bytes as usize);
        self.make_room(room)?;
        let mut head = [0; HEADER_LEN];
        let received = self
            .packets
            .receive(&mut head, &mut self.buffer[..room], deadline)
            .map_err(|error| receiving_failed(error, false))?;
        let header = MessageHeader::decode(&head[..received.header]).map_err(Violation::Envelope)?;
        if header.kind != self.incoming {
            return Err(Violation::Direction { kind: header.kind }.into());
        }
        if let Some(limit) = self.incoming_limits.passed_by(&header) {
            return Err(ReceiveError::Overflow { header, limit });
        }
        expected(&header)?;
        if received.truncated {
            return Err(Violation::PacketTooLarge.into());
        }
        let assembly = Assembly::begin(header, received.payload, self.room)?;
        self.make_room(header.payload_len as usize)?;
        Ok(assembly)
    }

    fn receive_continuation(
        &mut self,
        assembly: &mut Assembly,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        let start = assembly.received();
        let end = (assembly.header().payload_len as usize).min(start.saturating_add(self.room));
        let mut head = [0; HEADER_LEN];
        let Received { header, payload, truncated } = self
            .packets
            .receive(&mut head, &mut self.buffer[start..end], deadline)
            .map_err(|error| receiving_failed(error, true))?;
        let chunk = ChunkHeader::decode(&head[..header]).map_err(Violation::Envelope)?;
        if truncated {
            return Err(Violation::PacketTooLarge.into());
        }
        Ok(assembly.accept(&chunk, payload)?)
    }

    /// Makes the buffer so long at least. A message within the limits for which there is no memory is an error, not
    /// the end of the process.
    fn make_room(&mut self, len: usize) -> Result<(), ReceiveError> {
        if let Some(more) = len.checked_sub(self.buffer.len())
            && more > 0
        {
            let out_of_memory = |_| ReceiveError::Io(io::ErrorKind::OutOfMemory.into());
            self.buffer.try_reserve_exact(more).map_err(out_of_memory)?;
            self.buffer.resize(len, 0);
        }
        Ok(())
    }

    /// Lets what was sent arrive although the peer still sends: says that no more will come, and reads away what there
    /// is until the peer has closed too, or until the deadline.
    pub(super) fn linger(&mut self, deadline: Deadline) {
        self.packets.shut_down_write();
        let mut head = [0; HEADER_LEN];
        while !deadline.is_past() && self.packets.receive(&mut head, &mut [], deadline).is_ok() {}
    }
}

/// A connection that closes over unread packets is reset, and the peer may lose what was sent to it. Once both
/// directions are shut down no more can come, so that reading the rest away neither waits nor goes on for ever.
impl<P: Packets> Drop for Channel<P> {
    fn drop(&mut self) {
        self.packets.shut_down();
        let (mut head, now) = ([0; HEADER_LEN], Deadline::at(Instant::now()));
        while self.packets.receive(&mut head, &mut [], now).is_ok() {}
    }
}

fn receiving_failed(error: PacketError, mid_message: bool) -> ReceiveError {
    match error {
        PacketError::Closed if !mid_message => ReceiveError::Closed,
        PacketError::Closed | PacketError::Reset => ReceiveError::Broken { mid_message },
        PacketError::TimedOut => ReceiveError::TimedOut,
        PacketError::Aborted => ReceiveError::Aborted,
        PacketError::Io(error) => ReceiveError::Io(error),
    }
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;

//! Messages over packets: long ones in chunks.

use super::unsent::Unsent;
use super::{Assembly, continuations, room};
use crate::Deadline;
use crate::buffer::Buffer;
use crate::envelope::{ChunkHeader, MessageHeader};
use crate::link::{Link, SendFailure};
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};
use crate::session::{ReceiveError, SendError, Violation};

/// Whole messages over a connection that carries packets of one size at most.
#[derive(Debug)]
pub(crate) struct Chunked<P: Packets> {
    pub(crate) packets: P,
    /// Payload bytes of a packet.
    room: usize,
    /// Payload bytes that a first packet may bring.
    first_room: usize,
    /// The message that is coming in, between its packets.
    assembly: Option<Assembly>,
    /// The message that is going out and had to wait.
    unsent: Unsent,
}

impl<P: Packets> Chunked<P> {
    /// Over packets of the agreed size, for messages that come in with so much payload at most.
    pub(crate) fn new(packets: P, packet_size: u32, largest_payload: u32) -> Self {
        let room = room(packet_size);
        Self {
            packets,
            room,
            first_room: room.min(largest_payload as usize),
            assembly: None,
            unsent: Unsent::default(),
        }
    }

    /// Goes on with a message that did not come whole with its first packet, which had this header.
    #[cold]
    fn begin(
        &mut self,
        header: MessageHeader,
        first: Received,
        buffer: &mut Buffer,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        if first.truncated {
            return Err(Violation::PacketTooLarge.into());
        }
        let assembly = Assembly::begin(header, first.payload, self.room)?;
        buffer.message_mut(header.payload_len as usize)?;
        self.receive_rest(assembly, buffer, deadline)
    }

    /// The continuations of a message.
    fn receive_rest(
        &mut self,
        mut assembly: Assembly,
        buffer: &mut Buffer,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        while !assembly.is_complete() {
            if let Err(error) = self.receive_continuation(&mut assembly, buffer, deadline) {
                self.assembly = Some(assembly);
                return Err(error);
            }
        }
        Ok(*assembly.header())
    }

    fn receive_continuation(
        &mut self,
        assembly: &mut Assembly,
        buffer: &mut Buffer,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        let start = assembly.received();
        let end = (assembly.header().payload_len as usize).min(start.saturating_add(self.room));
        let payload = &mut buffer.message_mut(end)?[HEADER_LEN + start..];
        let mut head = [0; HEADER_LEN];
        let Received { header, payload, truncated } = self
            .packets
            .receive_parts(&mut head, payload, deadline)
            .map_err(|error| receiving_failed(error, true))?;
        let chunk = ChunkHeader::decode(&head[..header]).map_err(Violation::Envelope)?;
        if truncated {
            return Err(Violation::PacketTooLarge.into());
        }
        Ok(assembly.accept(&chunk, payload)?)
    }
}

impl<P: Packets> Link for Chunked<P> {
    #[inline(always)]
    fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendFailure> {
        if !self.unsent.is_empty() {
            self.flush(deadline)?;
        }
        let first = &payload[..payload.len().min(self.room)];
        match self.packets.send(&header.encode(), first, deadline) {
            Ok(()) if first.len() == payload.len() => Ok(()),
            Ok(()) => send_continuations(&mut self.packets, header, payload, self.room, deadline)
                .map_err(sending_failed),
            // Nothing has gone out, so nothing is broken.
            Err(PacketError::TimedOut) => Err(SendFailure::NothingSent(SendError::TimedOut)),
            Err(error) => Err(sending_failed(error)),
        }
    }

    fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendFailure> {
        let now = Deadline::NOW;
        if !self.unsent.is_empty() {
            self.flush(now).map_err(|failure| match failure {
                SendFailure::NothingSent(_) => SendFailure::NothingSent(SendError::Unsent),
                broken @ SendFailure::Broken(_) => broken,
            })?;
        }
        let sent = &mut 0;
        match send_kept(&mut self.packets, header, payload, self.room, sent, now) {
            Ok(()) => Ok(()),
            Err(PacketError::TimedOut) => {
                self.unsent.keep(header, payload, *sent);
                Ok(())
            }
            Err(error) => Err(sending_failed(error)),
        }
    }

    fn flush(&mut self, deadline: Deadline) -> Result<(), SendFailure> {
        let mut sent = self.unsent.packets_sent;
        let Some((header, payload)) = self.unsent.message() else { return Ok(()) };
        let result = send_kept(&mut self.packets, &header, payload, self.room, &mut sent, deadline);
        self.unsent.packets_sent = sent;
        match result {
            Ok(()) => {
                self.unsent.clear();
                Ok(())
            }
            Err(PacketError::TimedOut) => Err(SendFailure::NothingSent(SendError::TimedOut)),
            Err(error) => {
                self.unsent.clear();
                Err(sending_failed(error))
            }
        }
    }

    fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    #[inline(always)]
    fn receive(
        &mut self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        if let Some(assembly) = self.assembly.take() {
            return self.receive_rest(assembly, buffer, deadline);
        }
        // A packet with more payload than the limit is cut by the platform, and its header still comes whole.
        let packet = buffer.message_mut(self.first_room)?;
        let received =
            self.packets.receive(packet, deadline).map_err(|error| receiving_failed(error, false))?;
        let header = MessageHeader::decode(&packet[..received.header]).map_err(Violation::Envelope)?;
        admit(&header)?;
        if received.payload == header.payload_len as usize && !received.truncated {
            return Ok(header);
        }
        self.begin(header, received, buffer, deadline)
    }

    fn shut_down(&mut self) {
        self.packets.shut_down();
    }

    fn linger(&mut self, deadline: Deadline) {
        self.packets.linger(deadline);
    }
}

/// A connection that closes over unread packets is reset, and the peer may lose what was sent to it. Once both
/// directions are shut down no more can come, so that reading the rest away neither waits nor goes on for ever. What is
/// another process's is only closed.
impl<P: Packets> Drop for Chunked<P> {
    fn drop(&mut self) {
        if self.packets.is_inherited() {
            return;
        }
        self.packets.shut_down();
        while self.packets.receive(&mut [0; HEADER_LEN], Deadline::NOW).is_ok() {}
    }
}

/// Sends the packets of a message but for the first one.
fn send_continuations<P: Packets>(
    packets: &mut P,
    header: &MessageHeader,
    payload: &[u8],
    room: usize,
    deadline: Deadline,
) -> Result<(), PacketError> {
    continuations(header, payload, room)
        .try_for_each(|(chunk, part)| packets.send(&chunk.encode(), part, deadline))
}

/// Sends the packets of a message that is kept until it is out, but for the first `sent` ones, and counts them there.
fn send_kept<P: Packets>(
    packets: &mut P,
    header: &MessageHeader,
    payload: &[u8],
    room: usize,
    sent: &mut usize,
    deadline: Deadline,
) -> Result<(), PacketError> {
    if *sent == 0 {
        packets.send_kept(&header.encode(), &payload[..payload.len().min(room)], deadline)?;
        *sent = 1;
    }
    for (chunk, part) in continuations(header, payload, room).skip(*sent - 1) {
        packets.send_kept(&chunk.encode(), part, deadline)?;
        *sent += 1;
    }
    Ok(())
}

#[cold]
fn sending_failed(error: PacketError) -> SendFailure {
    SendFailure::Broken(match error {
        PacketError::Closed | PacketError::Reset => SendError::Disconnected,
        PacketError::TimedOut => SendError::TimedOut,
        PacketError::Aborted => SendError::Aborted,
        PacketError::Io(error) => SendError::Io(error),
    })
}

#[cold]
fn receiving_failed(error: PacketError, mid_message: bool) -> ReceiveError {
    match error {
        PacketError::Closed if !mid_message => ReceiveError::Closed,
        PacketError::Closed | PacketError::Reset => ReceiveError::Broken { mid_message },
        PacketError::TimedOut => ReceiveError::TimedOut,
        PacketError::Aborted => ReceiveError::Aborted,
        PacketError::Io(error) => ReceiveError::Io(error),
    }
}

//! How packets move: the one thing that a platform has to bring for its baseline. What is made of them is the same on
//! all platforms.

use std::io;

use crate::Deadline;
use crate::envelope::MessageHeader;

/// Message and chunk headers have the same length: every packet begins with this many bytes.
pub(crate) const HEADER_LEN: usize = MessageHeader::LEN;

/// A connection that keeps the boundaries of packets, each a header and some payload.
pub(crate) trait Packets {
    /// Bytes of a packet at most, its header included, where so many are configured; 0 is the default.
    fn packet_size(&self, configured: u32) -> u32;

    /// Sends one packet. Waits for room until the deadline; one that is past does not wait.
    fn send(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError>;

    /// As [`Packets::send`], for a packet that is tried again until it is out: after [`PacketError::TimedOut`] the next one
    /// that is sent is the same again. A platform may have begun to send it.
    fn send_kept(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError> {
        self.send(header, payload, deadline)
    }

    /// Receives one packet into one place, waiting for it until the deadline; one that is past does not wait.
    fn receive(&mut self, packet: &mut [u8], deadline: Deadline) -> Result<Received, PacketError>;

    /// As [`Packets::receive`], into two places: the payload goes behind others that are there already.
    fn receive_parts(
        &mut self,
        header: &mut [u8; HEADER_LEN],
        payload: &mut [u8],
        deadline: Deadline,
    ) -> Result<Received, PacketError>;

    /// Ends both directions: either side still reads what is on its way, and then the end. Never waits.
    fn shut_down(&mut self);

    /// Whether the connection is another process's, which has forked this one: whoever lets go of it must not end it.
    fn is_inherited(&self) -> bool {
        false
    }

    /// Lets what was sent arrive although the peer still sends: says that no more will come, where a platform has a way to
    /// say that, and reads away what there is until the peer has closed too, or until the deadline.
    fn linger(&mut self, deadline: Deadline);
}

/// What a packet brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Bytes of the header; the payload is empty if these are fewer than [`HEADER_LEN`].
    pub(crate) header: usize,
    /// Bytes of the payload.
    pub(crate) payload: usize,
    /// The packet was longer than the room for it; the rest is lost.
    pub(crate) truncated: bool,
}

impl Received {
    pub(crate) fn new(bytes: usize, truncated: bool) -> Self {
        let header = bytes.min(HEADER_LEN);
        Self { header, payload: bytes - header, truncated }
    }

    /// The header and the payload of a packet that came into one place.
    pub(crate) fn split(self, packet: &[u8]) -> (&[u8], &[u8]) {
        packet[..self.header + self.payload].split_at(self.header)
    }
}

/// Why a packet did not move.
#[derive(Debug)]
pub(crate) enum PacketError {
    /// The peer has closed in order.
    Closed,
    /// The peer has gone without reading what was sent to it.
    #[cfg_attr(windows, allow(dead_code, reason = "pipes do not tell"))]
    Reset,
    /// The deadline came first.
    TimedOut,
    /// This side has ended the connection.
    Aborted,
    /// Anything else.
    Io(io::Error),
}

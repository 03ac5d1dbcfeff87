//! The client's end of a session.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use super::channel::Channel;
use super::{Message, ReceiveError, SendError, Violation};
use crate::abort::Registration;
use crate::envelope::{Batch, Kind, MessageHeader, payload_len};
use crate::handshake::{LONGEST_PAYLOAD, client};
use crate::in_flight::InFlight;
use crate::packets::{HEADER_LEN, PacketError, Packets};
use crate::posix::{self, PosixLink};
use crate::{Abort, Agreed, ConnectError, ConnectOptions, Credentials, Deadline, Endpoint};

/// A session with the server of an endpoint: requests out, responses in.
///
/// Any number of requests may be in flight, and responses come in any order; `message_id` ties them together. One thread
/// at a time owns it. Its file descriptor ([`AsFd`]) is readable when a response, or the end, has come. Dropping it
/// closes it.
///
/// Contract: `docs/contract/transport.md`.
///
/// ```no_run
/// use std::time::Duration;
/// use netipc_transport::{Abort, ClientSession, ConnectOptions, Deadline, Endpoint};
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
/// let deadline = Deadline::after(Duration::from_secs(30));
/// let mut session = ClientSession::connect(&endpoint, &ConnectOptions::default(), deadline, &Abort::new())?;
/// session.send(2, 1, &[], deadline)?;
/// let response = session.receive(deadline)?;
/// println!("{}", response.header);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ClientSession {
    channel: Channel<PosixLink>,
    agreed: Agreed,
    in_flight: InFlight,
    _registration: Registration,
}

impl ClientSession {
    /// Connects and shakes hands. Waits where the server's backlog is full.
    ///
    /// # Errors
    /// [`ConnectError`] says why there is no session; nothing is left behind.
    pub fn connect(
        endpoint: &Endpoint,
        options: &ConnectOptions,
        deadline: Deadline,
        abort: &Abort,
    ) -> Result<Self, ConnectError> {
        let (mut packets, registration) = posix::connect(endpoint, options.waiting, deadline, abort)?;
        let options = options.resolved(packets.largest_packet());
        let mut agreed = shake_hands(&mut packets, endpoint, &options, deadline)?;
        let link = PosixLink::connected(packets, endpoint, &mut agreed, options.waiting)?;
        let channel = Channel::new(link, Kind::Response, agreed.response_limits(), agreed.request_limits());
        Ok(Self { channel, agreed, in_flight: InFlight::default(), _registration: registration })
    }

    /// What the handshake settled.
    #[must_use]
    pub fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    /// Who the server is: the process that listened, as the kernel knows it.
    ///
    /// # Errors
    /// What the OS says; not expected on a connected socket.
    pub fn peer_credentials(&self) -> io::Result<Credentials> {
        posix::peer_credentials(self.channel.link().as_fd())
    }

    /// Sends a single request. Does not wait for the answer.
    ///
    /// A server that has gone is no error yet, the first time: what it has sent before comes first, then
    /// [`ClientSession::receive`] says so.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    #[inline(always)]
    pub fn send(
        &mut self,
        code: u16,
        message_id: u64,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.send_request(MessageHeader::request(code, message_id, payload_len(payload)), payload, deadline)
    }

    /// Sends a batch as one request, as [`ClientSession::send`] does a single one.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn send_batch(
        &mut self,
        code: u16,
        message_id: u64,
        batch: &Batch<'_>,
        deadline: Deadline,
    ) -> Result<(), SendError> {
        let payload = batch.payload();
        let header = MessageHeader::request(code, message_id, payload_len(payload));
        self.send_request(header.with_batch(batch.item_count()), payload, deadline)
    }

    #[inline(always)]
    fn send_request(
        &mut self,
        header: MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.channel.check_outgoing(&header, payload)?;
        if !self.in_flight.insert(header.message_id) {
            return Err(SendError::DuplicateId(header.message_id));
        }
        match self.channel.send(&header, payload, deadline) {
            // The server may have answered before it closed; whether it did is for receive to say.
            Err(SendError::Disconnected) => Ok(()),
            Err(error) if !self.channel.is_ended() => {
                self.in_flight.remove(header.message_id);
                Err(error)
            }
            other => other,
        }
    }

    /// Receives the next response, whichever request it answers. A deadline that passes loses nothing.
    ///
    /// # Errors
    /// [`ReceiveError`]; after all but [`ReceiveError::TimedOut`] the session has ended and every request in flight
    /// has failed.
    #[inline(always)]
    pub fn receive(&mut self, deadline: Deadline) -> Result<Message<'_>, ReceiveError> {
        let Self { channel, in_flight, .. } = self;
        let expected = |header: &MessageHeader| {
            let id = header.message_id;
            if in_flight.contains(id) { Ok(()) } else { Err(Violation::UnknownMessageId(id)) }
        };
        match channel.receive(expected, deadline) {
            Ok(header) => {
                self.in_flight.remove(header.message_id);
                Ok(self.channel.message(header))
            }
            Err(error) => {
                // A server's answer to a refused message makes sense, a client's does not.
                if error.header().is_some() {
                    self.channel.end();
                }
                Err(error)
            }
        }
    }

    /// The payload of the last response received; empty after a receive that failed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.channel.payload()
    }

    /// How many requests wait for their responses.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// The ids of the requests that wait for their responses, in no order; once the session has ended, those
    /// that have failed.
    pub fn in_flight_ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.in_flight.iter()
    }

    /// Whether the session is over, so that only a new one helps.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.channel.is_ended()
    }

    /// Closes the session in order. Responses that have come and were not received are lost.
    pub fn close(self) {
        drop(self);
    }
}

/// Readable when a response, or the end of the session, has come.
impl AsFd for ClientSession {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.link().as_fd()
    }
}

impl std::fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientSession")
            .field("agreed", &self.agreed)
            .field("in_flight", &self.in_flight.len())
            .field("ended", &self.is_ended())
            .finish_non_exhaustive()
    }
}

/// Sends HELLO and judges the answer.
fn shake_hands(
    packets: &mut impl Packets,
    endpoint: &Endpoint,
    options: &ConnectOptions,
    deadline: Deadline,
) -> Result<Agreed, ConnectError> {
    let hello = client::hello(options);
    match packets.send(&hello.header, &hello.payload, deadline) {
        // A server that closes at once may have said why.
        Ok(()) | Err(PacketError::Closed | PacketError::Reset) => {}
        Err(error) => return Err(ConnectError::from_packets(error, endpoint)),
    }
    let mut packet = [0; HEADER_LEN + LONGEST_PAYLOAD];
    let received = packets
        .receive(&mut packet, deadline)
        .map_err(|error| ConnectError::from_packets(error, endpoint))?;
    if received.truncated {
        let violation = crate::HandshakeViolation::TooLong;
        return Err(ConnectError::Handshake { endpoint: endpoint.clone(), violation });
    }
    let (header, payload) = received.split(&packet);
    client::judge(header, payload, options).map_err(|refusal| ConnectError::from_refusal(refusal, endpoint))
}

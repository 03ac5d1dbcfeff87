//! The client's end of a session.

use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};

use super::channel::Channel;
use super::connecting::{Connecting, Progress};
use super::{Message, ReceiveError, SendError, Violation};
use crate::abort::Registration;
use crate::envelope::{Batch, Kind, MessageHeader, payload_len};
use crate::in_flight::InFlight;
use crate::platform::PlatformLink;
use crate::{Abort, Agreed, ConnectError, ConnectOptions, Credentials, Deadline, Endpoint};

/// A session with the server of an endpoint: requests out, responses in.
///
/// Any number of requests may be in flight, and responses come in any order; `message_id` ties them together. One thread
/// at a time owns it. Its file descriptor (`AsFd`) is readable when a response, or the end, has come; on Windows it has a
/// handle (`AsHandle`) for that. Dropping it closes it.
///
/// With several requests in flight it is fastest to take all responses that have come, with
/// [`ClientSession::try_receive`] until that gives none, before sending more: the server then waits less often.
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
    channel: Channel<PlatformLink>,
    agreed: Agreed,
    in_flight: InFlight,
    max_in_flight: u32,
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
        let mut connecting = Self::begin(endpoint, options, abort)?;
        loop {
            connecting = match connecting.step(deadline)? {
                Progress::Connected(session) => return Ok(session),
                Progress::Later(connecting, pause) if connecting.pause(pause, deadline, abort)? => connecting,
                Progress::Later(..) | Progress::Readable(_) => {
                    return Err(ConnectError::TimedOut { endpoint: endpoint.clone() });
                }
            };
        }
    }

    /// Begins to connect without waiting for anything; [`Connecting::advance`] goes on with it. For event loops.
    ///
    /// # Errors
    /// [`ConnectError`] where there cannot even be a socket, or the abort has been used.
    pub fn begin(
        endpoint: &Endpoint,
        options: &ConnectOptions,
        abort: &Abort,
    ) -> Result<Connecting, ConnectError> {
        Connecting::new(endpoint, options, abort)
    }

    pub(super) fn new(
        link: PlatformLink,
        agreed: Agreed,
        max_in_flight: u32,
        registration: Registration,
    ) -> Self {
        let channel = Channel::new(link, Kind::Response, agreed.response_limits(), agreed.request_limits());
        Self { channel, agreed, in_flight: InFlight::default(), max_in_flight, _registration: registration }
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
        self.channel.link().peer_credentials()
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
        self.admit(&header, payload)?;
        let sent = self.channel.send(&header, payload, deadline);
        self.settle(&header, sent)
    }

    /// As [`ClientSession::send`], for a thread that must not wait: what does not go out at once is kept in the session.
    /// [`ClientSession::flush`] goes on with it when the socket is writable, or on Windows `as_write_handle` signalled
    /// ([`ClientSession::has_unsent`] says whether that is necessary), and until it is out no other request is taken.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was. [`SendError::Unsent`]: flush first.
    pub fn try_send(&mut self, code: u16, message_id: u64, payload: &[u8]) -> Result<(), SendError> {
        let header = MessageHeader::request(code, message_id, payload_len(payload));
        self.try_send_request(&header, payload)
    }

    /// Sends a batch as one request, as [`ClientSession::try_send`] does a single one.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn try_send_batch(&mut self, code: u16, message_id: u64, batch: &Batch<'_>) -> Result<(), SendError> {
        let payload = batch.payload();
        let header = MessageHeader::request(code, message_id, payload_len(payload));
        let header = header.with_batch(batch.item_count());
        self.try_send_request(&header, payload)
    }

    /// Goes on with a request that [`ClientSession::try_send`] has kept, waiting for room until the deadline; one that
    /// is past does not wait. Does nothing where nothing is kept.
    ///
    /// # Errors
    /// [`SendError::TimedOut`] if it still is not out whole, which loses nothing. Otherwise the session cannot send any
    /// more.
    pub fn flush(&mut self, deadline: Deadline) -> Result<(), SendError> {
        self.channel.flush(deadline)
    }

    /// Whether a request is kept that [`ClientSession::flush`] has to go on with.
    #[must_use]
    pub fn has_unsent(&self) -> bool {
        self.channel.has_unsent()
    }

    /// An event that is signalled when it is time for [`ClientSession::flush`]: what is kept may be out.
    #[cfg(windows)]
    #[must_use]
    pub fn as_write_handle(&self) -> BorrowedHandle<'_> {
        self.channel.link().writable()
    }

    fn try_send_request(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.admit(header, payload)?;
        let sent = self.channel.try_send(header, payload);
        self.settle(header, sent)
    }

    /// Whether this request may go out; notes that it does.
    #[inline(always)]
    fn admit(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.channel.check_outgoing(header, payload)?;
        let is_full = self.in_flight.len() >= self.max_in_flight as usize;
        if is_full && !self.in_flight.contains(header.message_id) {
            return Err(SendError::TooManyInFlight { limit: self.max_in_flight });
        }
        if !self.in_flight.insert(header.message_id) {
            return Err(SendError::DuplicateId(header.message_id));
        }
        Ok(())
    }

    /// Takes note of whether an admitted request has gone out.
    #[inline(always)]
    fn settle(&mut self, header: &MessageHeader, sent: Result<(), SendError>) -> Result<(), SendError> {
        match sent {
            // The server may have answered before it closed; whether it did is for receive to say.
            Err(SendError::Disconnected) => Ok(()),
            Err(error) if !self.channel.is_ended() => {
                self.in_flight.remove(header.message_id);
                Err(error)
            }
            sent => sent,
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

    /// As [`ClientSession::receive`], but never waits: `None` if no whole response has come yet.
    ///
    /// # Errors
    /// [`ReceiveError`], never [`ReceiveError::TimedOut`]; the session has ended.
    #[inline(always)]
    pub fn try_receive(&mut self) -> Result<Option<Message<'_>>, ReceiveError> {
        match self.receive(Deadline::NOW) {
            Ok(Message { header, .. }) => Ok(Some(self.channel.message(header))),
            Err(ReceiveError::TimedOut) => Ok(None),
            Err(error) => Err(error),
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
#[cfg(unix)]
impl AsFd for ClientSession {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.link().as_fd()
    }
}

/// An event that is signalled when it is time for [`ClientSession::try_receive`]: a response, or the end of the session, may
/// have come. It stays signalled until that has found nothing.
#[cfg(windows)]
impl AsHandle for ClientSession {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.channel.link().as_handle()
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

//! The server's end of a session.

use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
#[cfg(windows)]
use std::os::windows::io::{AsHandle, BorrowedHandle};

use super::channel::Channel;
use super::{Message, ReceiveError, SendError, SessionHandle};
use crate::census::SessionGuard;
use crate::envelope::{Batch, Kind, MessageHeader, Status, payload_len};
use crate::platform::PlatformLink;
use crate::{Agreed, Credentials, Deadline};

/// A session with one client: requests in, responses out, in any order.
///
/// One thread at a time owns it; it may move between threads, and lives on when its listener is gone. Its file
/// descriptor (`AsFd`) is readable when a request, or the end, has come; on Windows it has a handle (`AsHandle`) for that.
/// Dropping it closes it.
///
/// Contract: `docs/contract/transport.md`.
///
/// ```no_run
/// use std::time::Duration;
///
/// use netipc_transport::{Deadline, ReceiveError, SendError, ServerSession, Status};
///
/// fn serve(mut session: ServerSession) -> Result<(), SendError> {
///     loop {
///         let request = match session.receive(Deadline::NEVER) {
///             Ok(request) => request,
///             Err(ReceiveError::Overflow { header, .. }) => {
///                 // Goes on until the client closes too, which it need not do.
///                 let soon = Deadline::after(Duration::from_secs(1));
///                 return session.refuse(header, Status::LimitExceeded, soon);
///             }
///             Err(_) => return Ok(()),
///         };
///         let (header, mut answer) = (request.header, request.payload.to_vec());
///         answer.reverse();
///         session.respond(header, &answer, Deadline::NEVER)?;
///     }
/// }
/// ```
pub struct ServerSession {
    channel: Channel<PlatformLink>,
    agreed: Agreed,
    _guard: SessionGuard,
}

impl ServerSession {
    pub(crate) fn new(link: PlatformLink, agreed: Agreed, guard: SessionGuard) -> Self {
        let channel = Channel::new(link, Kind::Request, agreed.request_limits(), agreed.response_limits());
        Self { channel, agreed, _guard: guard }
    }

    /// What the handshake settled.
    #[must_use]
    pub fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    /// Counts the connections of the listener; 1 is its first.
    #[must_use]
    pub fn session_id(&self) -> u64 {
        self.agreed.session_id
    }

    /// Who the client is: the process that connected, as the kernel knows it.
    ///
    /// # Errors
    /// What the OS says; not expected on a connected socket.
    pub fn peer_credentials(&self) -> io::Result<Credentials> {
        self.channel.link().peer_credentials()
    }

    /// Receives the next request. A deadline that passes loses nothing.
    ///
    /// # Errors
    /// [`ReceiveError`]; after all but [`ReceiveError::TimedOut`] no further request comes. If the error knows a
    /// header, that message can still be [refused](ServerSession::refuse).
    #[inline(always)]
    pub fn receive(&mut self, deadline: Deadline) -> Result<Message<'_>, ReceiveError> {
        let header = self.channel.receive(|_| Ok(()), deadline)?;
        Ok(self.channel.message(header))
    }

    /// As [`ServerSession::receive`], but never waits: `None` if no whole request has come yet.
    ///
    /// # Errors
    /// [`ReceiveError`], never [`ReceiveError::TimedOut`]; no further request comes.
    #[inline(always)]
    pub fn try_receive(&mut self) -> Result<Option<Message<'_>>, ReceiveError> {
        match self.receive(Deadline::NOW) {
            Ok(Message { header, .. }) => Ok(Some(self.channel.message(header))),
            Err(ReceiveError::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The payload of the last request received; empty after a receive that failed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.channel.payload()
    }

    /// Answers the request with this header with a single OK response.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    #[inline(always)]
    pub fn respond(
        &mut self,
        to: MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendError> {
        self.send(&to.response(Status::Ok, payload_len(payload)), payload, deadline)
    }

    /// Answers the request with this header with an OK batch.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn respond_batch(
        &mut self,
        to: MessageHeader,
        batch: &Batch<'_>,
        deadline: Deadline,
    ) -> Result<(), SendError> {
        let payload = batch.payload();
        let header = to.response(Status::Ok, payload_len(payload)).with_batch(batch.item_count());
        self.send(&header, payload, deadline)
    }

    /// Answers the request with this header with a status and nothing else: an empty payload, `item_count` 1, no BATCH.
    /// The session goes on.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn reject(&mut self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.send(&to.response(status, 0), &[], deadline)
    }

    /// Answers as [`ServerSession::reject`] does and closes the session so that the answer arrives: what the client
    /// still sends is read away until it closes too, or until the deadline.
    ///
    /// # Errors
    /// [`SendError`] if the answer could not be sent.
    pub fn refuse(mut self, to: MessageHeader, status: Status, deadline: Deadline) -> Result<(), SendError> {
        self.reject(to, status, deadline)?;
        self.channel.linger(deadline);
        Ok(())
    }

    /// As [`ServerSession::respond`], for a thread that must not wait: what does not go out at once is kept in the session.
    /// [`ServerSession::flush`] goes on with it when the socket is writable, or on Windows `as_write_handle` signalled
    /// ([`ServerSession::has_unsent`] says whether that is necessary), and until it is out no other answer is taken. A server that receives nothing from a client
    /// that does not read keeps one answer for it at most.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was. [`SendError::Unsent`]: flush first.
    pub fn try_respond(&mut self, to: MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.try_send(&to.response(Status::Ok, payload_len(payload)), payload)
    }

    /// Answers with an OK batch, as [`ServerSession::try_respond`] does with a single response.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn try_respond_batch(&mut self, to: MessageHeader, batch: &Batch<'_>) -> Result<(), SendError> {
        let payload = batch.payload();
        self.try_send(&to.response(Status::Ok, payload_len(payload)).with_batch(batch.item_count()), payload)
    }

    /// Answers with a status and nothing else, as [`ServerSession::try_respond`] does with a response.
    ///
    /// # Errors
    /// [`SendError`]; it tells after which the session is as it was.
    pub fn try_reject(&mut self, to: MessageHeader, status: Status) -> Result<(), SendError> {
        self.try_send(&to.response(status, 0), &[])
    }

    /// Goes on with an answer that [`ServerSession::try_respond`] has kept, waiting for room until the deadline; one
    /// that is past does not wait. Does nothing where nothing is kept.
    ///
    /// # Errors
    /// [`SendError::TimedOut`] if it still is not out whole, which loses nothing. Otherwise the session cannot send any
    /// more.
    pub fn flush(&mut self, deadline: Deadline) -> Result<(), SendError> {
        self.channel.flush(deadline)
    }

    /// Whether an answer is kept that [`ServerSession::flush`] has to go on with.
    #[must_use]
    pub fn has_unsent(&self) -> bool {
        self.channel.has_unsent()
    }

    /// An event that is signalled when it is time for [`ServerSession::flush`]: what is kept may be out.
    #[cfg(windows)]
    #[must_use]
    pub fn as_write_handle(&self) -> BorrowedHandle<'_> {
        self.channel.link().writable()
    }

    fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendError> {
        self.channel.check_outgoing(header, payload)?;
        self.channel.try_send(header, payload)
    }

    #[inline(always)]
    fn send(&mut self, header: &MessageHeader, payload: &[u8], deadline: Deadline) -> Result<(), SendError> {
        self.channel.check_outgoing(header, payload)?;
        self.channel.send(header, payload, deadline)
    }

    /// A handle that ends this session from another thread.
    #[must_use]
    pub fn handle(&self) -> SessionHandle {
        SessionHandle::new(self.channel.link().connection_ref())
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.channel.is_ended()
    }
}

/// Readable when a request, or the end of the session, has come.
#[cfg(unix)]
impl AsFd for ServerSession {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.link().as_fd()
    }
}

/// An event that is signalled when it is time for [`ServerSession::try_receive`]: a request, or the end of the session, may
/// have come. It stays signalled until that has found nothing.
#[cfg(windows)]
impl AsHandle for ServerSession {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.channel.link().as_handle()
    }
}

impl std::fmt::Debug for ServerSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerSession")
            .field("agreed", &self.agreed)
            .field("ended", &self.is_ended())
            .finish_non_exhaustive()
    }
}

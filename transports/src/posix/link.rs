//! The links of this platform.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use super::shm::Shm;
use super::socket::{Socket, SocketRef};
use super::uds::Uds;
use crate::buffer::Buffer;
use crate::chunking::Chunked;
use crate::envelope::MessageHeader;
use crate::link::{Link, SendFailure};
use crate::session::ReceiveError;
use crate::{Agreed, ConnectError, Deadline, Endpoint, Profiles, Waiting};

/// What carries the messages of a session. Whichever it is, a socket lives as long as the session does: it tells who
/// the peer is and that it has gone, and ending it ends the session.
#[derive(Debug)]
pub(crate) enum PosixLink {
    /// The baseline: the socket carries the messages too.
    Uds(Chunked<Uds>),
    /// Messages go through memory.
    Shm(Shm),
}

impl PosixLink {
    /// The link of the profile that was agreed, over the socket of the handshake, for messages that come in with so
    /// much payload at most.
    pub(crate) fn new(uds: Uds, agreed: &Agreed, largest_payload: u32) -> Self {
        Self::Uds(Chunked::new(uds, agreed.packet_size, largest_payload))
    }

    /// The client's end of the session that was agreed with a server. Limits that its region has no room for become
    /// what it has room for.
    pub(crate) fn connected(
        uds: Uds,
        endpoint: &Endpoint,
        agreed: &mut Agreed,
        waiting: Waiting,
    ) -> Result<Self, ConnectError> {
        if agreed.profile != Profiles::SHM_HYBRID {
            return Ok(Self::new(uds, agreed, agreed.max_response_payload_bytes));
        }
        let link = Shm::attach(Arc::clone(uds.socket()), endpoint, agreed.session_id, waiting)?;
        let (request, response) = link.largest_payloads();
        agreed.max_request_payload_bytes = agreed.max_request_payload_bytes.min(request);
        agreed.max_response_payload_bytes = agreed.max_response_payload_bytes.min(response);
        Ok(Self::Shm(link))
    }

    fn socket(&self) -> &Arc<Socket> {
        match self {
            Self::Uds(link) => link.packets.socket(),
            Self::Shm(link) => link.socket(),
        }
    }

    /// A way to end the session from outside.
    pub(crate) fn socket_ref(&self) -> SocketRef {
        SocketRef::new(self.socket())
    }
}

impl Link for PosixLink {
    #[inline(always)]
    fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), SendFailure> {
        match self {
            Self::Uds(link) => link.send(header, payload, deadline),
            Self::Shm(link) => link.send(header, payload, deadline),
        }
    }

    fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendFailure> {
        match self {
            Self::Uds(link) => link.try_send(header, payload),
            Self::Shm(link) => link.try_send(header, payload),
        }
    }

    fn flush(&mut self, deadline: Deadline) -> Result<(), SendFailure> {
        match self {
            Self::Uds(link) => link.flush(deadline),
            Self::Shm(link) => link.flush(deadline),
        }
    }

    fn has_unsent(&self) -> bool {
        match self {
            Self::Uds(link) => link.has_unsent(),
            Self::Shm(link) => link.has_unsent(),
        }
    }

    #[inline(always)]
    fn receive(
        &mut self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        match self {
            Self::Uds(link) => link.receive(buffer, admit, deadline),
            Self::Shm(link) => link.receive(buffer, admit, deadline),
        }
    }

    fn shut_down(&mut self) {
        match self {
            Self::Uds(link) => link.shut_down(),
            Self::Shm(link) => link.shut_down(),
        }
    }

    fn linger(&mut self, deadline: Deadline) {
        match self {
            Self::Uds(link) => link.linger(deadline),
            Self::Shm(link) => link.linger(deadline),
        }
    }
}

/// The socket.
impl AsFd for PosixLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket().as_fd()
    }
}

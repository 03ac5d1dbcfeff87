//! The links of this platform.

use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle};

use super::connection::ConnectionRef;
use super::pipe::Pipe;
use super::shm::{Region, Side, attached, served};
use crate::chunking::Chunked;
use crate::shm::Shm;
use crate::{Agreed, ConnectError, ConnectOptions, Credentials, Deadline, Endpoint, Profiles, Waiting};

/// What carries the messages of a session. Whichever it is, a pipe lives as long as the session does: it tells who the peer
/// is and that it has gone, and ending it ends the session.
#[derive(Debug)]
pub(crate) enum WindowsLink {
    /// The baseline: the pipe carries the messages too.
    Pipe(Chunked<Pipe>),
    /// Messages go through memory.
    Shm(Shm<Side>),
}

impl WindowsLink {
    /// The link of the profile that was agreed, over the pipe of the handshake, for messages that come in with so much
    /// payload at most.
    pub(super) fn new(pipe: Pipe, agreed: &Agreed, largest_payload: u32) -> Self {
        Self::Pipe(Chunked::new(pipe, agreed.packet_size, largest_payload))
    }

    /// The client's end of the session that was agreed with a server. Limits that its region has no room for become what
    /// it has room for.
    pub(crate) fn connected(
        pipe: Pipe,
        endpoint: &Endpoint,
        options: &ConnectOptions,
        agreed: &mut Agreed,
        deadline: Deadline,
    ) -> Result<Self, ConnectError> {
        if agreed.profile == Profiles::BASELINE {
            return Ok(Self::new(pipe, agreed, agreed.max_response_payload_bytes));
        }
        let link = attached(pipe, endpoint, options, agreed, deadline)?;
        link.cut(agreed);
        Ok(Self::Shm(link))
    }

    /// The server's end of a session, in the region that was made for it.
    pub(super) fn in_region(region: Region, pipe: Pipe, waiting: Waiting) -> Self {
        Self::Shm(served(region, pipe, waiting))
    }

    fn pipe(&self) -> &Pipe {
        match self {
            Self::Pipe(link) => &link.packets,
            Self::Shm(link) => link.sharing().pipe(),
        }
    }

    /// A way to end the session from outside.
    pub(crate) fn connection_ref(&self) -> ConnectionRef {
        ConnectionRef::new(self.pipe().connection())
    }

    /// Who is at the other end.
    pub(crate) fn peer_credentials(&self) -> io::Result<Credentials> {
        self.pipe().peer_credentials()
    }

    /// Signalled when it is time to go on with what is kept.
    pub(crate) fn writable(&self) -> BorrowedHandle<'_> {
        self.pipe().writable()
    }
}

crate::link::one_of! { WindowsLink { Pipe, Shm } }

/// Signalled when it is time to receive.
impl AsHandle for WindowsLink {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.pipe().as_handle()
    }
}

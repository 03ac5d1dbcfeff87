//! The links of this platform.

use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle};

use super::connection::ConnectionRef;
use super::pipe::Pipe;
use crate::chunking::Chunked;
use crate::{Agreed, ConnectError, ConnectOptions, Credentials, Endpoint};

/// What carries the messages of a session. Whichever it is, a pipe lives as long as the session does: it tells who the peer
/// is and that it has gone, and ending it ends the session.
#[derive(Debug)]
pub(crate) enum WindowsLink {
    /// The baseline: the pipe carries the messages too.
    Pipe(Chunked<Pipe>),
}

impl WindowsLink {
    /// The link of the profile that was agreed, over the pipe of the handshake, for messages that come in with so much
    /// payload at most.
    pub(super) fn new(pipe: Pipe, agreed: &Agreed, largest_payload: u32) -> Self {
        Self::Pipe(Chunked::new(pipe, agreed.packet_size, largest_payload))
    }

    /// The client's end of the session that was agreed with a server.
    #[allow(clippy::unnecessary_wraps, reason = "attaching to shared memory can fail")]
    pub(crate) fn connected(
        pipe: Pipe,
        _endpoint: &Endpoint,
        _options: &ConnectOptions,
        agreed: &mut Agreed,
    ) -> Result<Self, ConnectError> {
        Ok(Self::new(pipe, agreed, agreed.max_response_payload_bytes))
    }

    fn pipe(&self) -> &Pipe {
        match self {
            Self::Pipe(link) => &link.packets,
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

crate::link::one_of! { WindowsLink { Pipe } }

/// Signalled when it is time to receive.
impl AsHandle for WindowsLink {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.pipe().as_handle()
    }
}

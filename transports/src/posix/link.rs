//! The links of this platform.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use super::credentials::peer_credentials;
#[cfg(target_os = "linux")]
use super::shm::Side;
use super::socket::{Socket, SocketRef};
use super::uds::Uds;
use crate::chunking::Chunked;
#[cfg(target_os = "linux")]
use crate::shm::Shm;
use crate::{Agreed, Credentials};

/// What carries the messages of a session. Whichever it is, a socket lives as long as the session does: it tells who
/// the peer is and that it has gone, and ending it ends the session.
#[derive(Debug)]
pub(crate) enum PosixLink {
    /// The baseline: the socket carries the messages too.
    Uds(Chunked<Uds>),
    /// Messages go through memory.
    #[cfg(target_os = "linux")]
    Shm(Shm<Side>),
}

impl PosixLink {
    /// The link of the profile that was agreed, over the socket of the handshake, for messages that come in with so
    /// much payload at most.
    pub(crate) fn new(uds: Uds, agreed: &Agreed, largest_payload: u32) -> Self {
        Self::Uds(Chunked::new(uds, agreed.packet_size, largest_payload))
    }

    fn socket(&self) -> &Arc<Socket> {
        match self {
            Self::Uds(link) => link.packets.socket(),
            #[cfg(target_os = "linux")]
            Self::Shm(link) => link.sharing().socket(),
        }
    }

    /// A way to end the session from outside.
    pub(crate) fn connection_ref(&self) -> SocketRef {
        SocketRef::new(self.socket())
    }

    /// Who is at the other end.
    pub(crate) fn peer_credentials(&self) -> io::Result<Credentials> {
        peer_credentials(self.as_fd())
    }
}

crate::link::one_of! { PosixLink { Uds, #[cfg(target_os = "linux")] Shm } }

/// The socket.
impl AsFd for PosixLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket().as_fd()
    }
}

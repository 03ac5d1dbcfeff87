//! What the socket of a shared-memory session tells.

use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::net::RecvFlags;

use crate::posix::socket::Socket;
use crate::posix::sys;
use crate::shm::Peer;

impl Socket {
    /// Looks for signs of the peer, taking nothing away. Never waits.
    pub(super) fn peer(&self) -> Result<Peer, Errno> {
        loop {
            match sys::recv(self.as_fd(), &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
                Ok((_, 0)) => return Ok(Peer::Closed),
                Ok(_) => return Ok(Peer::Spoke),
                Err(Errno::AGAIN) => return Ok(Peer::Present),
                Err(Errno::CONNRESET) => return Ok(Peer::Reset),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

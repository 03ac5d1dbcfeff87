//! Who is at the other end of a socket.

use std::io;
use std::os::fd::BorrowedFd;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

use crate::Credentials;

/// `SO_PEERCRED` of a connected socket.
pub(crate) fn peer_credentials(fd: BorrowedFd<'_>) -> io::Result<Credentials> {
    // Not through rustix: its process ID cannot be 0, which is what a peer in another PID namespace has.
    let peer = getsockopt(&fd, PeerCredentials)?;
    Ok(Credentials { pid: u32::try_from(peer.pid()).unwrap_or(0), uid: peer.uid(), gid: peer.gid() })
}

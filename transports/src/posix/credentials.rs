//! Who is at the other end of a socket.

use std::io;
use std::os::fd::BorrowedFd;

use super::sys;
use crate::Credentials;

/// `SO_PEERCRED` of a connected socket.
pub(crate) fn peer_credentials(fd: BorrowedFd<'_>) -> io::Result<Credentials> {
    let peer = sys::peer_credentials(fd)?;
    Ok(Credentials { pid: u32::try_from(peer.pid()).unwrap_or(0), uid: peer.uid(), gid: peer.gid() })
}

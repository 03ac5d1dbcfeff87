//! Who is at the other end of a socket.

use std::io;
use std::os::fd::BorrowedFd;

use crate::Credentials;

/// `SO_PEERCRED` of a connected socket.
pub(crate) fn peer_credentials(fd: BorrowedFd<'_>) -> io::Result<Credentials> {
    let peer = rustix::net::sockopt::socket_peercred(fd)?;
    Ok(Credentials {
        pid: u32::try_from(peer.pid.as_raw_nonzero().get()).ok(),
        uid: peer.uid.as_raw(),
        gid: peer.gid.as_raw(),
    })
}

//! Who is at the other end of a socket.

use std::io;
use std::os::fd::BorrowedFd;

use super::sys;
use crate::Credentials;

/// Whose process made the other end of a connected socket, as the kernel noted it then.
pub(crate) fn peer_credentials(fd: BorrowedFd<'_>) -> io::Result<Credentials> {
    sys::peer_credentials(fd)
}

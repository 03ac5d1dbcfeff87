//! What Linux does with sockets in a way of its own.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::Result;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType};

use super::region::chmod_open_file;
use crate::Credentials;
use crate::posix::sys::{enter, fchmod, fstat, lstat, open, unlink};

/// A peer that has gone is an error of `send(2)`, and no signal.
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;

/// Descriptors that `recvmsg(2)` brings are closed by exec.
pub(crate) const CLOSED_BY_EXEC: RecvFlags = RecvFlags::CMSG_CLOEXEC;

/// `socket(2)`: an `AF_UNIX` socket of type `SOCK_SEQPACKET` that never waits, closed by exec.
#[inline]
pub(crate) fn socket() -> Result<OwnedFd> {
    enter("socket")?;
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
}

/// `bind(2)`, to a file that only its owner may use.
#[inline]
pub(crate) fn bind(socket: impl AsFd, address: &SocketAddrUnix, path: &Path) -> Result<()> {
    // The file gets the socket's mode, less what the umask takes away: from its first moment it is nobody else's.
    fchmod(&socket, PRIVATE)?;
    enter("bind")?;
    rustix::net::bind(socket, address)?;
    give_back(path).inspect_err(|_| {
        // It was bound just now.
        let _ = unlink(path);
    })
}

/// What the owner may do, and nobody else.
const PRIVATE: Mode = Mode::RUSR.union(Mode::WUSR);

/// Gives a socket's file the bits that the umask has taken from its owner.
fn give_back(path: &Path) -> Result<()> {
    let is_whole = |stat: &Stat| {
        Mode::from_raw_mode(stat.st_mode) == PRIVATE
            || FileType::from_raw_mode(stat.st_mode) != FileType::Socket
    };
    // Whoever has bound looks at the name again, and sees that it is another's or gone.
    if lstat(path).as_ref().map_or(true, is_whole) {
        return Ok(());
    }
    let file = open(path, OFlags::PATH | OFlags::NOFOLLOW, Mode::empty())?;
    if is_whole(&fstat(&file)?) { Ok(()) } else { chmod_open_file(&file, PRIVATE) }
}

/// `accept4(2)`: closed by exec.
#[inline]
pub(crate) fn accept(socket: impl AsFd) -> Result<OwnedFd> {
    enter("accept")?;
    rustix::net::accept_with(socket, SocketFlags::CLOEXEC)
}

/// `recv(2)` with the flag `MSG_TRUNC`: how many bytes found room, and whether the packet had more.
#[inline]
pub(crate) fn recv_packet(
    socket: BorrowedFd<'_>,
    room: &mut [u8],
    flags: RecvFlags,
) -> Result<(usize, bool)> {
    let size = room.len();
    // With this flag the kernel tells the length of the packet, and not of the part that found room.
    let (_, len) = recv(socket, room, flags | RecvFlags::TRUNC)?;
    Ok((len.min(size), len > size))
}

/// `recv(2)`: how many bytes found room, and how many came.
#[inline]
pub(crate) fn recv(socket: BorrowedFd<'_>, room: &mut [u8], flags: RecvFlags) -> Result<(usize, usize)> {
    enter("recv")?;
    rustix::net::recv(socket, room, flags)
}

/// `getsockopt(2)` with `SO_PEERCRED`. Not through rustix: its process ID cannot be 0, which is what a peer in another
/// PID namespace has.
#[inline]
pub(crate) fn peer_credentials(socket: BorrowedFd<'_>) -> io::Result<Credentials> {
    enter("getsockopt")?;
    let peer = getsockopt(&socket, PeerCredentials)?;
    Ok(Credentials { pid: u32::try_from(peer.pid()).unwrap_or(0), uid: peer.uid(), gid: peer.gid() })
}

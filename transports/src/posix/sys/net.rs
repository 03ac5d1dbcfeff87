//! Sockets.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::sys::socket::{UnixCredentials, getsockopt, sockopt::PeerCredentials};
use rustix::io::Result;
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvFlags, RecvMsg, SendAncillaryBuffer, SendFlags, Shutdown,
    SocketAddrUnix, SocketFlags, SocketType,
};

use super::enter;

/// `socket(2)`: an `AF_UNIX` socket of type `SOCK_SEQPACKET`, closed by exec.
#[inline]
pub(crate) fn socket(flags: SocketFlags) -> Result<OwnedFd> {
    enter("socket")?;
    let flags = flags | SocketFlags::CLOEXEC;
    rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
}

/// `connect(2)`.
#[inline]
pub(crate) fn connect(socket: impl AsFd, address: &SocketAddrUnix) -> Result<()> {
    enter("connect")?;
    rustix::net::connect(socket, address)
}

/// `bind(2)`.
#[inline]
pub(crate) fn bind(socket: impl AsFd, address: &SocketAddrUnix) -> Result<()> {
    enter("bind")?;
    rustix::net::bind(socket, address)
}

/// `listen(2)`.
#[inline]
pub(crate) fn listen(socket: impl AsFd, backlog: i32) -> Result<()> {
    enter("listen")?;
    rustix::net::listen(socket, backlog)
}

/// `accept4(2)`: closed by exec.
#[inline]
pub(crate) fn accept(socket: impl AsFd) -> Result<OwnedFd> {
    enter("accept")?;
    rustix::net::accept_with(socket, SocketFlags::CLOEXEC)
}

/// `shutdown(2)`.
#[inline]
pub(crate) fn shutdown(socket: impl AsFd, how: Shutdown) -> Result<()> {
    enter("shutdown")?;
    rustix::net::shutdown(socket, how)
}

/// `send(2)`: how many bytes went out.
#[inline]
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8], flags: SendFlags) -> Result<usize> {
    enter("send")?;
    rustix::net::send(socket, bytes, flags)
}

/// `sendmsg(2)` without control messages: how many bytes went out.
#[inline]
pub(crate) fn sendmsg(socket: BorrowedFd<'_>, parts: &[IoSlice<'_>], flags: SendFlags) -> Result<usize> {
    enter("sendmsg")?;
    rustix::net::sendmsg(socket, parts, &mut SendAncillaryBuffer::default(), flags)
}

/// `recv(2)`: how many bytes found room, and how many came.
#[inline]
pub(crate) fn recv(socket: BorrowedFd<'_>, room: &mut [u8], flags: RecvFlags) -> Result<(usize, usize)> {
    enter("recv")?;
    rustix::net::recv(socket, room, flags)
}

/// `recvmsg(2)` without room for control messages.
#[inline]
pub(crate) fn recvmsg(
    socket: BorrowedFd<'_>,
    parts: &mut [IoSliceMut<'_>],
    flags: RecvFlags,
) -> Result<RecvMsg> {
    enter("recvmsg")?;
    rustix::net::recvmsg(socket, parts, &mut RecvAncillaryBuffer::default(), flags)
}

/// `setsockopt(2)` with `SO_RCVTIMEO` or `SO_SNDTIMEO`.
#[inline]
pub(crate) fn set_socket_timeout(
    socket: impl AsFd,
    direction: Timeout,
    timeout: Option<Duration>,
) -> Result<()> {
    enter("setsockopt")?;
    sockopt::set_socket_timeout(socket, direction, timeout)
}

/// `getsockopt(2)` with `SO_SNDBUF`.
#[inline]
pub(crate) fn socket_send_buffer_size(socket: impl AsFd) -> Result<usize> {
    enter("getsockopt")?;
    sockopt::socket_send_buffer_size(socket)
}

/// `getsockopt(2)` with `SO_PEERCRED`. Not through rustix: its process ID cannot be 0, which is what a peer in another
/// PID namespace has.
#[inline]
pub(crate) fn peer_credentials(socket: BorrowedFd<'_>) -> io::Result<UnixCredentials> {
    enter("getsockopt")?;
    Ok(getsockopt(&socket, PeerCredentials)?)
}

/// `ioctl(2)` with `FIONBIO`.
#[inline]
pub(crate) fn ioctl_fionbio(socket: impl AsFd, non_blocking: bool) -> Result<()> {
    enter("ioctl")?;
    rustix::io::ioctl_fionbio(socket, non_blocking)
}

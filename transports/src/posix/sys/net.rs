//! Sockets.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::{FdFlags, Result};
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{
    RecvAncillaryBuffer, RecvFlags, RecvMsg, SendAncillaryBuffer, SendFlags, Shutdown, SocketAddrAny,
    SocketAddrUnix, SocketType,
};
use rustix::time::Timespec;

use super::enter;

/// `poll(2)` without waiting: whether the socket has hung up, both ways.
#[inline]
pub(crate) fn has_hung_up(socket: BorrowedFd<'_>) -> Result<bool> {
    enter("poll")?;
    // This is told without being asked for.
    let mut sockets = [PollFd::from_borrowed_fd(socket, PollFlags::empty())];
    rustix::event::poll(&mut sockets, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))?;
    Ok(sockets[0].revents().contains(PollFlags::HUP))
}

/// `connect(2)`.
#[inline]
pub(crate) fn connect(socket: impl AsFd, address: &SocketAddrUnix) -> Result<()> {
    enter("connect")?;
    rustix::net::connect(socket, address)
}

/// `listen(2)`.
#[inline]
pub(crate) fn listen(socket: impl AsFd, backlog: i32) -> Result<()> {
    enter("listen")?;
    rustix::net::listen(socket, backlog)
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

/// `getsockopt(2)` with `SO_TYPE`.
#[inline]
pub(crate) fn socket_type(socket: impl AsFd) -> Result<SocketType> {
    enter("getsockopt")?;
    sockopt::socket_type(socket)
}

/// `getsockopt(2)` with `SO_ACCEPTCONN`: whether it listens.
#[cfg(not(target_vendor = "apple"))]
#[inline]
pub(crate) fn socket_acceptconn(socket: impl AsFd) -> Result<bool> {
    enter("getsockopt")?;
    sockopt::socket_acceptconn(socket)
}

/// Apple's kernel does not tell, and has no sockets of the contract's kind anyway.
#[cfg(target_vendor = "apple")]
pub(crate) fn socket_acceptconn(_socket: impl AsFd) -> Result<bool> {
    Ok(true)
}

/// `getsockname(2)`.
#[inline]
pub(crate) fn getsockname(socket: impl AsFd) -> Result<SocketAddrAny> {
    enter("getsockname")?;
    rustix::net::getsockname(socket)
}

/// `ioctl(2)` with `FIONBIO`.
#[inline]
pub(crate) fn ioctl_fionbio(socket: impl AsFd, non_blocking: bool) -> Result<()> {
    enter("ioctl")?;
    rustix::io::ioctl_fionbio(socket, non_blocking)
}

/// `fcntl(2)` with `F_SETFD`: closed by exec.
#[inline]
pub(crate) fn close_on_exec(socket: impl AsFd) -> Result<()> {
    enter("fcntl")?;
    rustix::io::fcntl_setfd(socket, FdFlags::CLOEXEC)
}

//! What FreeBSD and macOS do in a way of their own.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::libc::timespec;
use nix::sys::event::{KEvent, Kqueue};
use nix::unistd::getpeereid;
use rustix::fs::{AtFlags, CWD, Mode, chmodat};
use rustix::io::{Errno, FdFlags, Result, fcntl_setfd, ioctl_fionbio};
use rustix::net::sockopt::set_socket_nosigpipe;
use rustix::net::{AddressFamily, RecvFlags, ReturnFlags, SendFlags, SocketAddrUnix, SocketType};

use super::{enter, recvmsg, unlink};
use crate::Credentials;

/// A peer that has gone is an error of `send(2)`, and no signal: each socket has been told so.
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::empty();

/// No descriptors are taken from `recvmsg(2)`: there never is room for any.
pub(crate) const CLOSED_BY_EXEC: RecvFlags = RecvFlags::empty();

/// `socket(2)`: an `AF_UNIX` socket of type `SOCK_SEQPACKET` that never waits, closed by exec.
pub(crate) fn socket() -> Result<OwnedFd> {
    enter("socket")?;
    let socket = rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        rustix::net::SocketFlags::empty(),
        None,
    )?;
    ioctl_fionbio(&socket, true)?;
    prepared(socket)
}

/// `bind(2)`, to a file that only its owner may use. Nobody connects before `listen(2)`.
pub(crate) fn bind(socket: impl AsFd, address: &SocketAddrUnix, path: &Path) -> Result<()> {
    enter("bind")?;
    rustix::net::bind(socket, address)?;
    enter("fchmodat")?;
    chmodat(CWD, path, Mode::RUSR | Mode::WUSR, AtFlags::SYMLINK_NOFOLLOW).inspect_err(|_| {
        // It was bound just now.
        let _ = unlink(path);
    })
}

/// `accept(2)`: closed by exec, and waiting, which it takes from no listener.
pub(crate) fn accept(socket: impl AsFd) -> Result<OwnedFd> {
    enter("accept")?;
    let accepted = rustix::net::accept(socket)?;
    ioctl_fionbio(&accepted, false)?;
    prepared(accepted)
}

fn prepared(socket: OwnedFd) -> Result<OwnedFd> {
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    set_socket_nosigpipe(&socket, true)?;
    Ok(socket)
}

/// `recvmsg(2)` into one place: how many bytes found room, and whether the packet had more.
pub(crate) fn recv_packet(
    socket: BorrowedFd<'_>,
    room: &mut [u8],
    flags: RecvFlags,
) -> Result<(usize, bool)> {
    let received = recvmsg(socket, &mut [IoSliceMut::new(room)], flags)?;
    Ok((received.bytes, received.flags.contains(ReturnFlags::TRUNC)))
}

/// `getpeereid(3)`, which does not tell the process.
pub(crate) fn peer_credentials(socket: BorrowedFd<'_>) -> io::Result<Credentials> {
    enter("getpeereid")?;
    let (uid, gid) = getpeereid(socket)?;
    Ok(Credentials { pid: 0, uid: uid.as_raw(), gid: gid.as_raw() })
}

/// `kqueue(2)`: closed by exec.
pub(crate) fn kqueue() -> Result<Kqueue> {
    enter("kqueue")?;
    let kqueue = Kqueue::new().map_err(errno)?;
    fcntl_setfd(&kqueue, FdFlags::CLOEXEC)?;
    Ok(kqueue)
}

/// `kevent(2)`: makes changes, and tells how many events came.
pub(crate) fn kevent(
    kqueue: &Kqueue,
    changes: &[KEvent],
    events: &mut [KEvent],
    timeout: Option<timespec>,
) -> Result<usize> {
    enter("kevent")?;
    kqueue.kevent(changes, events, timeout).map_err(errno)
}

fn errno(error: nix::errno::Errno) -> Errno {
    Errno::from_raw_os_error(error as i32)
}

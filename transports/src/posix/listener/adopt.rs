//! A socket that somebody else has bound, and that listens already.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use super::bind::{BoundSocket, start_to_listen};
use crate::Endpoint;
use crate::listener::{ListenError, Misfit};
use crate::posix::sys::{close_on_exec, getsockname, ioctl_fionbio, socket_acceptconn, socket_type};

/// Takes the socket if it is one that listens at the endpoint.
pub(super) fn adopt(socket: OwnedFd, endpoint: &Endpoint, backlog: u32) -> Result<BoundSocket, ListenError> {
    let failed = |error: Errno| ListenError::Io { endpoint: endpoint.clone(), source: error.into() };
    if let Some(misfit) = misfit(&socket, endpoint).map_err(failed)? {
        return Err(ListenError::Misfit { endpoint: endpoint.clone(), misfit });
    }
    close_on_exec(&socket).map_err(failed)?;
    ioctl_fionbio(&socket, true).map_err(failed)?;
    // Once more: the kernel tells clients who has listened last, and that was the service manager.
    start_to_listen(&socket, backlog).map_err(failed)?;
    Ok(BoundSocket::nameless(socket))
}

fn misfit(socket: &OwnedFd, endpoint: &Endpoint) -> Result<Option<Misfit>, Errno> {
    let address = getsockname(socket)?;
    if address.address_family() != AddressFamily::UNIX {
        return Ok(Some(Misfit::Family));
    }
    if socket_type(socket)? != SocketType::SEQPACKET {
        return Ok(Some(Misfit::Type));
    }
    if !socket_acceptconn(socket)? {
        return Ok(Some(Misfit::NotListening));
    }
    let address = SocketAddrUnix::try_from(address)?;
    let path = address.path_bytes().map(|path| Path::new(OsStr::from_bytes(path)));
    Ok(match path {
        Some(path) if path == endpoint.socket_path() => None,
        Some(path) => Some(Misfit::Elsewhere { path: path.to_owned() }),
        None => Some(Misfit::Nowhere),
    })
}

//! How packets move on POSIX.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use netipc_transport::Endpoint;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect,
    listen, recv, send, socket_with, sockopt,
};

use crate::support::PATIENCE;

/// Sockets are closed by exec: a child that has them would hide their end. macOS has no such flag, nor sockets of this
/// kind; there this is only compiled.
#[cfg(not(target_vendor = "apple"))]
pub const CLOSED_BY_EXEC: SocketFlags = SocketFlags::CLOEXEC;
#[cfg(target_vendor = "apple")]
pub const CLOSED_BY_EXEC: SocketFlags = SocketFlags::empty();

/// One end of a connection.
#[derive(Debug)]
pub struct Raw {
    pub fd: OwnedFd,
}

impl Raw {
    pub fn connect(endpoint: &Endpoint) -> Self {
        let fd = socket(SocketType::SEQPACKET);
        connect(&fd, &SocketAddrUnix::new(endpoint.socket_path()).unwrap()).unwrap();
        Self::new(fd)
    }

    fn new(fd: OwnedFd) -> Self {
        sockopt::set_socket_timeout(&fd, sockopt::Timeout::Recv, Some(PATIENCE)).unwrap();
        sockopt::set_socket_timeout(&fd, sockopt::Timeout::Send, Some(PATIENCE)).unwrap();
        Self { fd }
    }

    pub fn try_send(&self, packet: &[u8]) -> io::Result<usize> {
        // Rust's programs ignore SIGPIPE.
        Ok(send(&self.fd, packet, SendFlags::empty())?)
    }

    pub fn try_receive(&self) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; 1 << 20];
        let (len, _) = recv(&self.fd, &mut buffer, RecvFlags::empty())?;
        buffer.truncate(len);
        Ok(buffer)
    }
}

/// A server's socket that does as it is told.
pub struct RawListener {
    pub fd: OwnedFd,
}

impl RawListener {
    pub fn bind(path: &Path, kind: SocketType, backlog: i32) -> Self {
        let fd = bound(path, kind);
        if kind != SocketType::DGRAM {
            listen(&fd, backlog).unwrap();
        }
        Self { fd }
    }

    pub fn at(endpoint: &Endpoint) -> Self {
        Self::bind(endpoint.socket_path(), SocketType::SEQPACKET, 16)
    }

    /// One that has room for a single connection that it has not accepted.
    pub fn without_room(endpoint: &Endpoint) -> Self {
        // It takes one connection more than its backlog says.
        Self::bind(endpoint.socket_path(), SocketType::SEQPACKET, 0)
    }

    pub fn accept(&self) -> Raw {
        Raw::new(accept_with(&self.fd, CLOSED_BY_EXEC).unwrap())
    }
}

/// A socket with a name that does not listen.
pub fn bound(path: &Path, kind: SocketType) -> OwnedFd {
    let fd = socket(kind);
    bind(&fd, &SocketAddrUnix::new(path).unwrap()).unwrap();
    fd
}

pub fn socket(kind: SocketType) -> OwnedFd {
    socket_with(AddressFamily::UNIX, kind, CLOSED_BY_EXEC, None).unwrap()
}

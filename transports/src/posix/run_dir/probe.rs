//! Whether a live server answers at a name.
//!
//! Contract: `docs/contract/posix.md`, "Taking over".

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::io::Errno;

use crate::posix::address::address;
use crate::posix::sys::{self, connect};

/// What answers at a name.
#[derive(Debug)]
pub(crate) enum Probe {
    /// A server; this is the connection.
    Connected(OwnedFd),
    /// A server, whose backlog is full.
    Busy,
    /// Something that listens on a socket of another kind.
    OtherKind,
    /// No live server.
    Dead(Errno),
    /// It cannot be told.
    Unknown(Errno),
}

/// Connects without waiting. To a server, it is a client that leaves without a HELLO.
pub(crate) fn probe(path: &Path) -> Probe {
    let socket = match sys::socket() {
        Ok(socket) => socket,
        Err(error) => return Probe::Unknown(error),
    };
    let address = match address(path) {
        Ok(address) => address,
        Err(error) => return Probe::Unknown(error),
    };
    loop {
        return match connect(&socket, &address) {
            Err(Errno::INTR) => continue,
            Ok(()) => Probe::Connected(socket),
            Err(Errno::AGAIN | Errno::INPROGRESS) => Probe::Busy,
            Err(Errno::PROTOTYPE) => Probe::OtherKind,
            Err(error @ (Errno::TIMEDOUT | Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS)) => {
                Probe::Unknown(error)
            }
            // ENOENT is a symbolic link to nothing here, if the name itself exists.
            Err(error) => Probe::Dead(error),
        };
    }
}

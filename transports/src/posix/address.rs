//! Sockets and their addresses.

use std::io;
use std::path::Path;

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;

/// Bytes of a socket's path at most: `sun_path` has 108 on Linux and 104 elsewhere, and peers of other make want a NUL
/// behind the path.
pub(crate) const SUN_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The address of the socket at `path`.
pub(crate) fn address(path: &Path) -> Result<SocketAddrUnix, Errno> {
    SocketAddrUnix::new(path)
}

/// Why there is no socket. Some systems have none of the contract's kind, whatever else they have.
pub(super) fn not_made(error: Errno) -> io::Error {
    match error {
        Errno::PROTONOSUPPORT | Errno::PROTOTYPE | Errno::SOCKTNOSUPPORT | Errno::AFNOSUPPORT => {
            let missing = "this system has no AF_UNIX sockets of type SOCK_SEQPACKET";
            io::Error::new(io::ErrorKind::Unsupported, missing)
        }
        error => error.into(),
    }
}

//! Addresses of sockets.

use std::path::Path;

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;

/// Bytes of a socket's path at most: `sun_path` has 108, and peers of other make want a NUL behind the path.
pub(crate) const SUN_PATH_MAX: usize = 107;

/// The address of the socket at `path`.
pub(crate) fn address(path: &Path) -> Result<SocketAddrUnix, Errno> {
    SocketAddrUnix::new(path)
}

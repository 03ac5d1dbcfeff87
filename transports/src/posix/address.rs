//! Sockets and their addresses.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;

use crate::EndpointError;
use crate::endpoint::is_valid;

/// Bytes of a socket's path at most: `sun_path` has 108 on Linux and 104 elsewhere, and peers of other make want a NUL
/// behind the path.
const SUN_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// What the name of a service's socket ends in.
const SOCKET_SUFFIX: &str = ".sock";

/// The path of the socket of a service: `{run_dir}/{service}.sock`.
pub(crate) fn name(run_dir: &Path, service: &str) -> Result<PathBuf, EndpointError> {
    let path = run_dir.join(format!("{service}{SOCKET_SUFFIX}"));
    if path.as_os_str().len() > SUN_PATH_MAX {
        return Err(EndpointError::PathTooLong { path, limit: SUN_PATH_MAX });
    }
    match address(&path) {
        Ok(_) => Ok(path),
        Err(source) => Err(EndpointError::InvalidRunDir { path, source: source.into() }),
    }
}

/// The service whose socket has this name, if a service's can.
pub(super) fn service_of_socket(file_name: &str) -> Option<&str> {
    file_name.strip_suffix(SOCKET_SUFFIX).filter(|service| is_valid(service))
}

/// The address of the socket at `path`.
pub(super) fn address(path: &Path) -> Result<SocketAddrUnix, Errno> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_fills_sun_path_is_taken_and_one_byte_more_is_not() {
        let fixed = "/".len() + "/web.sock".len();
        let longest = format!("/{}", "d".repeat(SUN_PATH_MAX - fixed));
        assert_eq!(name(Path::new(&longest), "web").unwrap().as_os_str().len(), SUN_PATH_MAX);
        let error = name(Path::new(&(longest + "d")), "web").unwrap_err();
        assert!(matches!(error, EndpointError::PathTooLong { .. }));
        let len = format!("{} bytes", SUN_PATH_MAX + 1);
        assert!(error.to_string().contains(&len), "{error}");
    }

    #[test]
    fn a_socket_s_name_tells_its_service() {
        assert_eq!(service_of_socket("web-api.sock"), Some("web-api"));
        assert_eq!(service_of_socket("web.sock.sock"), Some("web.sock"));
        for name in ["web", "web.socket", ".sock", "..sock", "...sock", "a b.sock"] {
            assert_eq!(service_of_socket(name), None, "{name}");
        }
    }

    #[test]
    fn a_run_directory_with_a_nul_is_refused() {
        assert!(matches!(name(Path::new("/run\0"), "web"), Err(EndpointError::InvalidRunDir { .. })));
    }
}

//! Where a service is found.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::posix;

/// The name of a service in a namespace: a run directory and a service name. It never names a process.
///
/// Contract: `docs/contract/posix.md`, "Names".
///
/// ```
/// use netipc_transport::Endpoint;
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
/// assert_eq!(endpoint.socket_path().to_str(), Some("/run/netdata/cgroups-snapshot.sock"));
/// assert!(Endpoint::new("/run/netdata", "../etc/passwd").is_err());
/// # Ok::<(), netipc_transport::EndpointError>(())
/// ```
/// Cloning is cheap: all clones share the names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint(Arc<Names>);

/// What the name of a service's socket ends in.
const SOCKET_SUFFIX: &str = ".sock";

#[derive(Debug, PartialEq, Eq, Hash)]
struct Names {
    run_dir: PathBuf,
    service: String,
    socket_path: PathBuf,
}

/// Why a name cannot be an endpoint.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The service name is empty, `.`, `..`, or has other characters than letters, digits, `.`, `_` and `-`.
    #[error(
        "the service name {service:?} is not valid: it must be one or more of A-Z a-z 0-9 . _ - and neither . nor .."
    )]
    InvalidService {
        /// The name as given.
        service: String,
    },
    /// The socket's path does not fit in the platform's `sun_path` with its terminator.
    #[error(
        "the socket path {} has {} bytes, and the address of a socket holds {}; take a shorter run directory",
        path.display(),
        path.as_os_str().len(),
        posix::SUN_PATH_MAX
    )]
    PathTooLong {
        /// The whole path.
        path: PathBuf,
    },
    /// The run directory's name cannot be part of a path.
    #[error("the socket path {path:?} cannot be the address of a socket")]
    InvalidRunDir {
        /// The whole path.
        path: PathBuf,
        /// What the platform says.
        source: io::Error,
    },
}

impl Endpoint {
    /// The endpoint of `service` in `run_dir`. Touches no file.
    ///
    /// # Errors
    /// [`EndpointError`] for a name that breaks the rules; nothing is ever silently changed.
    pub fn new(run_dir: impl Into<PathBuf>, service: impl Into<String>) -> Result<Self, EndpointError> {
        let (run_dir, service) = (run_dir.into(), service.into());
        if !is_valid(&service) {
            return Err(EndpointError::InvalidService { service });
        }
        let socket_path = run_dir.join(format!("{service}{SOCKET_SUFFIX}"));
        if socket_path.as_os_str().len() > posix::SUN_PATH_MAX {
            return Err(EndpointError::PathTooLong { path: socket_path });
        }
        match posix::address(&socket_path) {
            Ok(_) => Ok(Self(Arc::new(Names { run_dir, service, socket_path }))),
            Err(source) => Err(EndpointError::InvalidRunDir { path: socket_path, source: source.into() }),
        }
    }

    /// The directory that is the namespace.
    #[must_use]
    pub fn run_dir(&self) -> &Path {
        &self.0.run_dir
    }

    /// The service's name.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.0.service
    }

    /// The path of the service's socket: `{run_dir}/{service}.sock`.
    #[must_use]
    pub fn socket_path(&self) -> &Path {
        &self.0.socket_path
    }
}

/// The path of the socket.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket_path().display().fmt(f)
    }
}

/// The service whose socket has this name, if a service's can.
pub(crate) fn service_of_socket(file_name: &str) -> Option<&str> {
    file_name.strip_suffix(SOCKET_SUFFIX).filter(|service| is_valid(service))
}

/// Whether a service may be called so.
pub(crate) fn is_valid(service: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !matches!(service, "" | "." | "..") && service.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_contracts_characters_are_valid() {
        for service in ["a", "cgroups-snapshot", "ip_to.asn", "...", "-", "0"] {
            assert!(Endpoint::new("/run", service).is_ok(), "{service}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        for service in ["", ".", "..", "a/b", "a b", "ä", "a\0", "a\n"] {
            let error = Endpoint::new("/run", service).unwrap_err();
            assert!(matches!(error, EndpointError::InvalidService { .. }), "{service:?}");
        }
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
    fn a_path_that_fills_sun_path_is_taken_and_one_byte_more_is_not() {
        let fixed = "/".len() + "/web.sock".len();
        let longest = format!("/{}", "d".repeat(posix::SUN_PATH_MAX - fixed));
        assert_eq!(
            Endpoint::new(&longest, "web").unwrap().socket_path().as_os_str().len(),
            posix::SUN_PATH_MAX
        );
        let error = Endpoint::new(longest + "d", "web").unwrap_err();
        assert!(matches!(error, EndpointError::PathTooLong { .. }));
        let len = format!("{} bytes", posix::SUN_PATH_MAX + 1);
        assert!(error.to_string().contains(&len), "{error}");
    }

    #[test]
    fn a_run_directory_with_a_nul_is_refused() {
        assert!(matches!(Endpoint::new("/run\0", "web"), Err(EndpointError::InvalidRunDir { .. })));
    }
}

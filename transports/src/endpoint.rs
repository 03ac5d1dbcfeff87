//! Where a service is found.

use std::fmt;
#[cfg(unix)]
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::platform;

/// The name of a service in a namespace: a run directory and a service name. It never names a process.
///
/// Contract: `docs/contract/posix.md` and `docs/contract/windows.md`, "Names".
///
/// ```
/// use netipc_transport::Endpoint;
/// let endpoint = Endpoint::new("/run/netdata", "cgroups-snapshot")?;
/// assert_eq!(endpoint.service(), "cgroups-snapshot");
/// assert!(Endpoint::new("/run/netdata", "../etc/passwd").is_err());
/// # Ok::<(), netipc_transport::EndpointError>(())
/// ```
/// Cloning is cheap: all clones share the names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint(Arc<Names>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Names {
    run_dir: PathBuf,
    service: String,
    /// What the platform calls it.
    name: platform::Name,
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
    #[cfg(unix)]
    #[error(
        "the socket path {} has {} bytes, and the address of a socket holds {limit}; take a shorter run directory",
        path.display(),
        path.as_os_str().len()
    )]
    PathTooLong {
        /// The whole path.
        path: PathBuf,
        /// Bytes that there is room for.
        limit: usize,
    },
    /// The pipe's name is longer than Windows allows.
    #[cfg(windows)]
    #[error("the pipe name {name} has {} characters, and may have {limit}; take a shorter service name", name.len())]
    NameTooLong {
        /// The whole name.
        name: String,
        /// Characters that there is room for.
        limit: usize,
    },
    /// The run directory's name is not Unicode, which the names of what belongs to it are made from.
    #[cfg(windows)]
    #[error("the run directory {path:?} is not Unicode")]
    InvalidRunDir {
        /// The run directory.
        path: PathBuf,
    },
    /// The run directory's name cannot be part of a path.
    #[cfg(unix)]
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
        let name = platform::name(&run_dir, &service)?;
        Ok(Self(Arc::new(Names { run_dir, service, name })))
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

    /// The path of the service's socket.
    ///
    /// ```
    /// # let endpoint = netipc_transport::Endpoint::new("/run/netdata", "cgroups-snapshot")?;
    /// assert_eq!(endpoint.socket_path().to_str(), Some("/run/netdata/cgroups-snapshot.sock"));
    /// # Ok::<(), netipc_transport::EndpointError>(())
    /// ```
    #[cfg(unix)]
    #[must_use]
    pub fn socket_path(&self) -> &Path {
        &self.0.name
    }

    /// The name of the service's pipe, which has a hash of the run directory's bytes in it.
    ///
    /// ```
    /// # let endpoint = netipc_transport::Endpoint::new("foobar", "cgroups-snapshot")?;
    /// assert_eq!(endpoint.pipe_name(), r"\\.\pipe\netipc-85944171f73967e8-cgroups-snapshot");
    /// # Ok::<(), netipc_transport::EndpointError>(())
    /// ```
    #[cfg(windows)]
    #[must_use]
    pub fn pipe_name(&self) -> &str {
        &self.0.name
    }
}

/// The path of the socket.
#[cfg(unix)]
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket_path().display().fmt(f)
    }
}

/// The service in its run directory, and the name of the pipe.
#[cfg(windows)]
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} ({})", self.service(), self.run_dir().display(), self.pipe_name())
    }
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
}

//! What goes wrong when listening.

use std::io;
#[cfg(unix)]
use std::path::PathBuf;

use thiserror::Error;

use crate::Endpoint;

/// Why there is no [`Listener`](crate::Listener).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListenError {
    /// A live server answers there, or it cannot be told whether one does. On Windows a client of an earlier server is enough
    /// that still has its session open, and does not know yet that it is over.
    #[cfg_attr(unix, error("{endpoint} is in use by another server"))]
    #[cfg_attr(
        windows,
        error(
            "{endpoint} is in use by another server, or a client of an earlier one still has it open, which lets go at its \
             next call or when it ends"
        )
    )]
    AddressInUse {
        /// Where.
        endpoint: Endpoint,
        /// Why it cannot be told, where that is the reason.
        source: Option<io::Error>,
    },
    /// A file or directory is missing, in the way, or must not be used.
    #[cfg(unix)]
    #[error("cannot listen at {endpoint}: {} {problem}", path.display())]
    Path {
        /// Where.
        endpoint: Endpoint,
        /// The file or directory.
        path: PathBuf,
        /// What is the matter with it.
        problem: &'static str,
        /// What the OS says.
        source: io::Error,
    },
    /// No client could ever be served like this.
    #[error("nobody could be served at {endpoint}: {problem}")]
    Config {
        /// Where.
        endpoint: Endpoint,
        /// What is the matter.
        problem: &'static str,
    },
    /// A socket that was handed over is not one that listens at this endpoint.
    #[cfg(unix)]
    #[error("the socket that was handed over cannot serve {endpoint}: {misfit}")]
    Misfit {
        /// Where.
        endpoint: Endpoint,
        /// What is the matter with it.
        misfit: Misfit,
    },
    /// Anything else.
    #[error("cannot listen at {endpoint}")]
    Io {
        /// Where.
        endpoint: Endpoint,
        /// What the OS says.
        source: io::Error,
    },
}

impl ListenError {
    /// Whether the same attempt may succeed later, without anybody setting something right first.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::AddressInUse { .. } | Self::Io { .. } => true,
            Self::Config { .. } => false,
            #[cfg(unix)]
            Self::Path { .. } | Self::Misfit { .. } => false,
        }
    }
}

/// What is the matter with a socket that was handed over.
#[cfg(unix)]
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It is of another family than `AF_UNIX`.
    #[error("it is no AF_UNIX socket")]
    Family,
    /// It is of another type than `SOCK_SEQPACKET`.
    #[error("it is not of type SOCK_SEQPACKET (systemd: ListenSequentialPacket=)")]
    Type,
    /// It does not listen: a connection, say.
    #[error("it does not listen")]
    NotListening,
    /// It is bound to another path.
    #[error("it is bound to {}", path.display())]
    Elsewhere {
        /// Where it is bound.
        path: PathBuf,
    },
    /// It is bound to no path: an abstract address, or none.
    #[error("it is not bound to a path")]
    Nowhere,
}

/// Why [`Listener::accept`](crate::Listener::accept) gave no session. The listener is as good as before.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// The deadline passed.
    #[error("no client came in time")]
    TimedOut,
    /// The [`Abort`](crate::Abort) was used.
    #[error("accepting was aborted")]
    Aborted,
    /// Anything else.
    #[error("cannot accept clients")]
    Io(#[source] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_may_succeed_later_unless_something_is_in_the_way() {
        let endpoint = || Endpoint::new("/run/netipc", "test").unwrap();
        let source = || io::Error::from(io::ErrorKind::Other);
        assert!(ListenError::AddressInUse { endpoint: endpoint(), source: None }.is_transient());
        assert!(ListenError::Io { endpoint: endpoint(), source: source() }.is_transient());
        assert!(!ListenError::Config { endpoint: endpoint(), problem: "is bad" }.is_transient());
        #[cfg(unix)]
        for error in [
            ListenError::Path {
                endpoint: endpoint(),
                path: "/run".into(),
                problem: "is bad",
                source: source(),
            },
            ListenError::Misfit { endpoint: endpoint(), misfit: Misfit::Type },
        ] {
            assert!(!error.is_transient(), "{error}");
        }
    }
}

//! What goes wrong when listening.

use std::io;
#[cfg(unix)]
use std::path::PathBuf;

use thiserror::Error;

use crate::Endpoint;

/// Why [`Listener::bind`](crate::Listener::bind) gave no listener.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ListenError {
    /// A live server answers there, or it cannot be told whether one does.
    #[error("{endpoint} is in use by another server")]
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
    /// Anything else.
    #[error("cannot listen at {endpoint}")]
    Io {
        /// Where.
        endpoint: Endpoint,
        /// What the OS says.
        source: io::Error,
    },
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

//! Why a refresh failed.

use netipc_transport::ConnectError;

use crate::CallError;

/// A refresh failed. The cache is what it was before, and the next refresh connects anew.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshError {
    /// There is no session with the provider.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The provider gave no snapshot, or a malformed one.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The snapshot is malformed: its items lie over one another, and their keys have more bytes in sum than there are.
    #[error("the snapshot of {payload} bytes has items with keys of more bytes than that")]
    SharedKeys {
        /// Bytes of the snapshot.
        payload: usize,
    },
}

impl RefreshError {
    /// Whether the next refresh may succeed, when the provider is back or has changed; if not, a limit or one of the two
    /// programs has to change first.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_transient(),
            Self::Call(error) => error.is_transient(),
            Self::SharedKeys { .. } => false,
        }
    }

    /// Whether the [abort handle](crate::SnapshotCache::abort_handle) was used.
    #[must_use]
    pub const fn is_abort(&self) -> bool {
        match self {
            Self::Connect(error) => matches!(error, ConnectError::Aborted { .. }),
            Self::Call(error) => error.is_abort(),
            Self::SharedKeys { .. } => false,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        match self {
            Self::Connect(error) => matches!(error, ConnectError::TimedOut { .. }),
            Self::Call(error) => error.is_timeout(),
            Self::SharedKeys { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use netipc_transport::{Endpoint, Status};

    use super::*;

    #[test]
    fn whether_a_refresh_may_succeed_later_is_what_its_reason_says() {
        let rejected = |status| {
            let endpoint = Endpoint::new("/run/netipc", "test").expect("a short path");
            RefreshError::from(ConnectError::Rejected { endpoint, status })
        };
        assert!(rejected(Status::InternalError).is_transient());
        assert!(!rejected(Status::BadEnvelope).is_transient());
        assert!(RefreshError::from(CallError::TimedOut).is_transient());
        assert!(!RefreshError::from(CallError::Rejected(Status::Unsupported)).is_transient());
    }
}

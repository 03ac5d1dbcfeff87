//! What the commands that look at a run directory have in common.

use std::io::{self, ErrorKind};
use std::path::Path;

use netipc::Endpoint;

use crate::error::{Failure, sentence};

/// A service's endpoint.
///
/// # Errors
/// [`Failure::Usage`] for a name that is not valid.
pub(super) fn endpoint(run_dir: &Path, service: &str) -> Result<Endpoint, Failure> {
    Endpoint::new(run_dir, service).map_err(|error| Failure::Usage(error.to_string()))
}

/// A run directory that cannot be looked at.
pub(super) fn unreadable(run_dir: &Path, error: &io::Error) -> Failure {
    let run_dir = run_dir.display();
    Failure::Failed(match error.kind() {
        ErrorKind::NotFound => {
            format!("there is no run directory {run_dir}; name another one with --run-dir")
        }
        ErrorKind::WouldBlock => format!(
            "the run directory {run_dir} is locked by somebody else, and has been for seconds; try again later"
        ),
        _ => format!(
            "the run directory {run_dir} cannot be looked at: {}; netipc doctor says more",
            sentence(error)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_cannot_be_looked_at_is_told_by_its_reason() {
        let said = |kind: ErrorKind| unreadable(Path::new("/run/x"), &kind.into()).to_string();
        assert!(said(ErrorKind::NotFound).contains("there is no run directory /run/x"));
        assert!(said(ErrorKind::WouldBlock).contains("is locked by somebody else"));
        assert!(said(ErrorKind::PermissionDenied).contains("cannot be looked at: permission denied"));
    }
}

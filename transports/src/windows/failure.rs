//! What an error of a pipe means.

use std::io;

use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_OPERATION_ABORTED, ERROR_PIPE_NOT_CONNECTED,
};

use super::sys::code;

/// What an error of a read or a write means.
#[derive(Debug)]
pub(super) enum Failure {
    /// The peer has closed in order, or this side has.
    Closed,
    /// The operation was cancelled: by this side, or because the thread that began it has ended.
    Cancelled,
    /// Anything else.
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match code(&error) {
            ERROR_BROKEN_PIPE | ERROR_NO_DATA | ERROR_PIPE_NOT_CONNECTED => Self::Closed,
            ERROR_OPERATION_ABORTED => Self::Cancelled,
            _ => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_errors_are_an_orderly_disconnect() {
        for code in [109, 232, 233] {
            assert!(matches!(Failure::from(io::Error::from_raw_os_error(code)), Failure::Closed), "{code}");
        }
        assert!(matches!(Failure::from(io::Error::from_raw_os_error(5)), Failure::Io(_)));
        assert!(matches!(Failure::from(io::Error::from_raw_os_error(995)), Failure::Cancelled));
    }
}

//! How the command fails, and what its exit status then is.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line makes no sense, in a way that only shows later than its parsing. Status 2.
    #[error("{0}")]
    Usage(String),
    /// What was asked for failed; a sentence that says what, and what helps. Status 1.
    #[error("{0}")]
    Failed(String),
    /// What was asked for failed, and stdout says so already, for programs. Status 1.
    #[error("it failed")]
    Reported,
    /// Nothing can be written to stdout. Status 1; or 0 if the reader of a pipe has seen enough and has gone.
    #[error("cannot write to stdout: {0}")]
    Output(#[source] io::Error),
    /// A signal ended it. Status 128 + its number.
    #[error("interrupted")]
    Interrupted(i32),
}

impl Failure {
    /// What failed, and why: the error and everything under it, each as it says itself.
    pub(crate) fn because(what: impl fmt::Display, error: &dyn Error) -> Self {
        Self::Failed(format!("{what}: {}", sentence(error)))
    }

    /// Says on stderr what is to be said, and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Output(error) if error.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            // The shell, or whoever sent the signal, knows; and so does whoever reads stdout.
            Self::Interrupted(_) | Self::Reported => {}
            _ => complain(self),
        }
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Failed(_) | Self::Reported | Self::Output(_) => 1,
            Self::Interrupted(signal) => {
                u8::try_from(*signal).map_or(1, |signal| 128u8.saturating_add(signal))
            }
        })
    }
}

/// The error and everything under it.
pub(crate) fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut under = error.source();
    while let Some(error) = under {
        sentence.push_str(": ");
        sentence.push_str(&error.to_string());
        under = error.source();
    }
    sentence
}

/// A line on stderr. If nobody reads that either, there is nobody to tell.
pub(crate) fn complain(what: impl fmt::Display) {
    use io::Write;
    let _ = writeln!(io::stderr(), "netipc: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(failure: &Failure) -> String {
        format!("{:?}", failure.report())
    }

    #[test]
    fn each_failure_has_its_status() {
        let expect = |code: u8| format!("{:?}", ExitCode::from(code));
        assert_eq!(status(&Failure::Usage(String::new())), expect(2));
        assert_eq!(status(&Failure::Failed(String::new())), expect(1));
        assert_eq!(status(&Failure::Reported), expect(1));
        assert_eq!(status(&Failure::Output(ErrorKind::StorageFull.into())), expect(1));
        assert_eq!(status(&Failure::Interrupted(2)), expect(130));
    }

    #[test]
    fn a_failure_tells_the_whole_chain_of_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] io::Error);
        let failure = Failure::because("it failed", &Outer(io::Error::other("inner")));
        assert_eq!(failure.to_string(), "it failed: outer: inner");
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        assert_eq!(
            status(&Failure::Output(ErrorKind::BrokenPipe.into())),
            format!("{:?}", ExitCode::SUCCESS)
        );
    }
}

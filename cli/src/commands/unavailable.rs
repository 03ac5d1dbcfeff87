//! What only Linux has, elsewhere: one sentence that says so.

use crate::error::Failure;

/// What is to be said of something that looks at a Linux host.
pub(super) fn needs_linux(what: &str) -> Failure {
    Failure::Failed(format!("{what} looks at what only Linux has, and is not available here"))
}

/// `netipc bench`, which measures beside bare system calls.
pub(super) mod bench {
    use super::needs_linux;
    use crate::args::{Bench, BenchPeer};
    use crate::error::Failure;

    pub(in crate::commands) fn run(_args: &Bench) -> Result<(), Failure> {
        Err(needs_linux("netipc bench"))
    }

    pub(in crate::commands) fn answer(_args: &BenchPeer) -> Result<(), Failure> {
        Err(needs_linux("netipc bench"))
    }
}

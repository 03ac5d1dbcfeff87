//! What only Linux has, elsewhere: one sentence that says so.

use crate::error::Failure;

/// What is to be said of something that looks at a Linux host.
pub(super) fn needs_linux(what: &str) -> Failure {
    Failure::Failed(format!("{what} looks at what only Linux has, and is not available here"))
}

/// `netipc demo`, whose provider looks at the host.
#[cfg(not(windows))]
pub(super) mod demo {
    use super::needs_linux;
    use crate::args::Demo;
    use crate::error::Failure;

    pub(in crate::commands) fn run(_args: &Demo) -> Result<(), Failure> {
        Err(needs_linux("netipc demo"))
    }
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

/// `netipc list`, which looks at sockets in a run directory.
#[cfg(not(windows))]
pub(super) mod list {
    use super::needs_linux;
    use crate::args::List;
    use crate::error::Failure;

    pub(in crate::commands) fn run(_args: &List) -> Result<(), Failure> {
        Err(needs_linux("netipc list"))
    }
}

/// `netipc doctor`, which looks at what stands in the way there.
#[cfg(not(windows))]
pub(super) mod doctor {
    use super::needs_linux;
    use crate::args::Doctor;
    use crate::error::Failure;

    pub(in crate::commands) fn run(_args: &Doctor) -> Result<(), Failure> {
        Err(needs_linux("netipc doctor"))
    }
}

/// `netipc clean`, which removes what dead providers have left there.
#[cfg(not(windows))]
pub(super) mod clean {
    use super::needs_linux;
    use crate::args::Clean;
    use crate::error::Failure;

    pub(in crate::commands) fn run(_args: &Clean) -> Result<(), Failure> {
        Err(needs_linux("netipc clean"))
    }
}

/// The services of `netipc serve` whose providers look at the host.
pub(super) mod host {
    use std::time::Duration;

    use super::needs_linux;
    use crate::commands::serve::Launch;
    use crate::error::Failure;

    pub(in crate::commands) fn cgroups_snapshot(
        _launch: Launch<'_>,
        _refresh: Duration,
    ) -> Result<(), Failure> {
        Err(needs_linux("the provider of cgroups-snapshot"))
    }

    pub(in crate::commands) fn cgroups_lookup(
        _launch: Launch<'_>,
        _refresh: Duration,
    ) -> Result<(), Failure> {
        Err(needs_linux("the provider of cgroups-lookup"))
    }

    #[cfg(not(windows))]
    pub(in crate::commands) fn apps_lookup(_launch: Launch<'_>, _refresh: Duration) -> Result<(), Failure> {
        Err(needs_linux("the provider of apps-lookup"))
    }

    pub(in crate::commands) fn pid_traffic(_launch: Launch<'_>, _refresh: Duration) -> Result<(), Failure> {
        Err(needs_linux("the provider of pid-traffic"))
    }
}

//! `netipc clean`

use clap::Args;

use super::{Directory, connection};

/// Remove what providers that are gone have left in a run directory
///
/// That is sockets on which nobody listens and the shared memory of processes that have ended: what a provider that
/// was killed could not remove. Everything else stays: what is in use, what cannot be judged, other files, links and
/// directories. The next provider of a service does the same for its own files, so that there is no need to clean up
/// before one is started again.
///
/// Providers that start meanwhile wait for it. The shared memory of a service that is served is left to its provider.
///
/// On Windows pipes and shared memory go with the processes that have them, so that there is never anything to remove.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Fields of the JSON:
  run_dir, dry_run
  files    what there is under a service's names; of each
    service, path, pid, uid, user, bytes
    kind        socket, region
    session_id  of a region, or null
    outcome     removed, would_be_removed, gone (somebody else was faster), kept, failed
    reason      why it is one of the last two, or null

Exit status 1 if something that is left behind could not be removed.

Examples:
  netipc clean --dry-run
  netipc clean --run-dir /run/netdata
  netipc clean --service cgroups-snapshot --json")]
pub(crate) struct Clean {
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) directory: Directory,

    #[arg(long, value_name = "NAME", help = connection::ONLY, help_heading = "Where")]
    pub(crate) service: Option<String>,
}

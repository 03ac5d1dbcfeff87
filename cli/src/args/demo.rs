//! `netipc demo`

use std::time::Duration;

use clap::Args;

use super::{Session, values};

/// See it work: start a provider, call it, measure
///
/// Starts a provider of this host's cgroups (on Windows: of its processes) as a separate process, in a private
/// directory, calls it, and prints the first of them and how long the calls took. Nothing is left behind, unless it is
/// killed with SIGKILL.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  netipc demo
  netipc demo --profile baseline --calls 20000
  netipc demo --json")]
pub(crate) struct Demo {
    /// How many calls to measure, up to 1000000
    #[arg(long, value_name = "COUNT", default_value_t = 5000, value_parser = values::number(1..=1_000_000_u32))]
    pub(crate) calls: u32,

    /// How many of them to show
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) show: usize,

    /// How long the provider may take to start, and a call to return (500ms, 30s; a plain number is seconds)
    #[arg(long, value_name = "TIME", value_parser = values::timeout, default_value = "30s")]
    pub(crate) timeout: Duration,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) session: Session,
}

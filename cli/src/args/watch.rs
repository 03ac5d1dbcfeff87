//! `netipc watch`

use std::time::Duration;

use clap::Args;

use super::service::SERVICE;
use super::{Caller, ServiceName, values};

/// Show a snapshot, and what changes in it, until Ctrl-C
///
/// On a terminal it is a table that is drawn again in place: what came is green and marked +, what changed is yellow
/// and marked ~, what went is red and marked -, each for 5 seconds. Elsewhere the first snapshot is a line that counts
/// it, and each change is a line. A provider that is not there at the beginning is a failure; while one is gone, what is
/// shown is its last snapshot, and how old that is. It also ends when nobody reads its output any more.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Fields of a JSON object, one a line; what an object is of is its `event`:
  snapshot   the first of all, with the fields that `netipc call` prints
  added      generation, item
  changed    generation, item, before
  removed    generation, item
  stale      error: the snapshot could not be had again
  fresh      stale_ms: it could, after so many milliseconds without

Examples:
  netipc watch cgroups-snapshot
  netipc watch cgroups-snapshot --interval 200ms --count 50
  netipc watch cgroups-snapshot | grep docker
  netipc watch cgroups-snapshot --json | jq -r 'select(.event == \"added\") | .item.path'"
)]
pub(crate) struct Watch {
    /// The service to watch: cgroups-snapshot
    #[arg(value_enum, value_name = SERVICE, hide_possible_values = true)]
    pub(crate) contract: ServiceName,

    /// Times to ask for the snapshot; without it, until Ctrl-C
    #[arg(short, long, value_name = "COUNT", value_parser = values::number(1..=u64::MAX))]
    pub(crate) count: Option<u64>,

    /// Time from one look to the next (500ms, 5s; a plain number is seconds)
    #[arg(short, long, value_name = "TIME", value_parser = values::timeout, default_value = "1s")]
    pub(crate) interval: Duration,

    /// How long an answer may take, connecting included (500ms, 30s; a plain number is seconds)
    #[arg(long, value_name = "TIME", value_parser = values::timeout, default_value = "30s")]
    pub(crate) timeout: Duration,

    /// Print JSON, for programs: an object a line
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) caller: Caller,
}

//! `netipc lookup`

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;

use super::service::SERVICE;
use super::{Caller, ServiceName, values};

/// Look items up in a snapshot that is kept in this process, and time that
///
/// The snapshot is fetched once. A key is looked up by hash and name; of a name alone the hash is computed (FNV-1, 32
/// bits). Each is looked up some hundred times in a row, so that the time of one, the median, is that of a lookup
/// whose item is in the CPU's caches. Status 1 if a key is not there.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Fields of the JSON object:
  generation, items   of the snapshot
  load_ns             nanoseconds that connecting and fetching it took
  lookup_ns           nanoseconds that a lookup takes: the median of all keys; null without any
  lookups             hash, name, ns (nanoseconds of this lookup), item (null if it is not there)

Examples:
  netipc lookup cgroups-snapshot ssh.service cron.service
  netipc lookup cgroups-snapshot 0xe4f39f2b:web
  netipc call cgroups-snapshot --json | jq -r '.items[].name' | netipc lookup cgroups-snapshot"
)]
pub(crate) struct Lookup {
    /// The service to fetch the snapshot from: cgroups-snapshot
    #[arg(value_enum, value_name = SERVICE, hide_possible_values = true)]
    pub(crate) contract: ServiceName,

    /// Names, or 0xHASH:NAME; none, or -: from stdin, one a line
    #[arg(value_name = "KEY")]
    pub(crate) keys: Vec<OsString>,

    /// How long fetching the snapshot may take (500ms, 30s; a plain number is seconds)
    #[arg(long, value_name = "TIME", value_parser = values::timeout, default_value = "30s")]
    pub(crate) timeout: Duration,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) caller: Caller,
}

//! `netipc ping`

use std::time::Duration;

use clap::Args;

use super::service::SERVICE;
use super::{Caller, ServiceName, values};

/// Ask a service again and again, and print how long each answer took
///
/// The request is one that does no harm: an empty lookup, a number, an empty text, a snapshot. A provider that is not
/// there at the beginning is a failure; one that goes later is waited for, and its requests count as lost meanwhile.
/// Ctrl-C, or the last request, ends with a summary. Status 1 if nothing was answered. It also ends when nobody reads its
/// output any more.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Fields of a JSON object, one a line:
  seq          number of the request
  profile      how its answer travelled
  ns           nanoseconds from the request to the answer
  reconnected  whether the session was made again since the answer before
  error        instead of these three: why there is no answer
The last line has sent, answered, lost, min_ns, avg_ns, max_ns and p99_ns, which are null without an answer.

Examples:
  netipc ping cgroups-snapshot
  netipc ping increment --count 5 --interval 200ms
  netipc ping increment --count 100000 --interval 0 --profile shm | tail -2
  netipc ping apps-lookup -c 10 --json | jq -r .ns"
)]
pub(crate) struct Ping {
    /// The service to ask
    #[arg(value_enum, value_name = SERVICE)]
    pub(crate) contract: ServiceName,

    /// Requests to send; without it, until Ctrl-C
    #[arg(short, long, value_name = "COUNT", value_parser = values::number(1..=u64::MAX))]
    pub(crate) count: Option<u64>,

    /// Time from one request to the next (500ms, 5s; a plain number is seconds)
    ///
    /// 0 sends the next one as soon as the last one is answered.
    #[arg(short, long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
    pub(crate) interval: Duration,

    /// How long an answer may take, connecting included (500ms, 5s; a plain number is seconds)
    #[arg(long, value_name = "TIME", value_parser = values::timeout, default_value = "5s")]
    pub(crate) timeout: Duration,

    /// Print JSON, for programs: an object a line
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) caller: Caller,
}

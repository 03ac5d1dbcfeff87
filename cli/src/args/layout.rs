//! `netipc layout`

use clap::Args;

use super::ServiceName;
use super::service::SERVICE;

/// Show the bytes of a message
///
/// Every byte of a request and of its response: where it is, how long, what it means; then the same of a list's
/// items and of a table's rows.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_long_help = "\
Examples:
  netipc layout increment
  netipc layout apps-lookup
  netipc layout cgroups-snapshot --json | jq '.response.fields[].name'"
)]
pub(crate) struct Layout {
    /// The service whose messages they are
    #[arg(value_enum, value_name = SERVICE)]
    pub(crate) message: ServiceName,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

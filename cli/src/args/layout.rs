//! `netipc layout`

use clap::{Args, ValueEnum};

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
    #[arg(value_enum)]
    pub(crate) message: Message,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// The services whose messages the library brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Message {
    /// Method 1
    Increment,
    /// Method 2
    CgroupsSnapshot,
    /// Method 3
    StringReverse,
    /// Method 4
    CgroupsLookup,
    /// Method 5
    AppsLookup,
    /// Method 0x8001
    IpToAsn,
    /// Method 0x8002
    PidTraffic,
}

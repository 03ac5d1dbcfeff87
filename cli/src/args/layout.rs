//! `netipc layout`

use clap::Args;

/// Show the bytes of a message
///
/// Every byte of a message's header and of its items: where it is, how long, what it means. Without a name, the
/// messages that there are.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  netipc layout
  netipc layout cgroups-snapshot
  netipc layout cgroups-snapshot --json | jq '.fields[].name'")]
pub(crate) struct LayoutArgs {
    /// The message
    pub(crate) message: Option<String>,

    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

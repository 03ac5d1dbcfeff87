//! `netipc call`

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::service::SERVICE;
use super::{Caller, values};

/// Call a service once and print what it says
///
/// Without a provider, or if the call fails, one sentence on stderr says why, and the status is 1.
///
/// A lookup takes up to 1048576 keys from stdin. All of its items are of one generation: where that changes before the
/// last of them has come, all are asked for again, as long as there is time, ten times at most.
#[derive(Debug, Args)]
#[command(subcommand_value_name = SERVICE, subcommand_help_heading = "Services", after_long_help = "\
Examples:
  netipc call cgroups-snapshot
  netipc call cgroups-snapshot --json | jq '.items[] | select(.enabled == 1) | .path'
  netipc call cgroups-lookup /system.slice/ssh.service
  pgrep -u www-data | netipc call apps-lookup
  netipc call increment 41
  netipc call string-reverse stressed --timeout 500ms
  NETIPC_AUTH_TOKEN=0x1234 netipc call increment 1 --run-dir /run/netdata")]
pub(crate) struct Call {
    /// Print JSON, for programs
    ///
    /// A text that is not UTF-8 becomes {"hex": "..."}.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) caller: Caller,

    /// How long it may take, connecting included (500ms, 30s; a plain number is seconds)
    #[arg(long, global = true, value_name = "TIME", value_parser = values::timeout)]
    #[arg(default_value = "30s", help_heading = "Session")]
    pub(crate) timeout: Duration,

    #[command(subcommand)]
    pub(crate) service: CallService,
}

/// What can be called.
#[derive(Debug, Subcommand)]
pub(crate) enum CallService {
    /// The cgroups of this host
    #[command(after_long_help = "\
Examples:
  netipc call cgroups-snapshot
  netipc call cgroups-snapshot --json | jq .generation")]
    CgroupsSnapshot,
    /// What cgroups are
    ///
    /// An item for each path, in the same order, however many messages that takes.
    #[command(after_long_help = "\
Examples:
  netipc call cgroups-lookup /system.slice/ssh.service
  find /sys/fs/cgroup -type d -printf '/%P\\n' | netipc call cgroups-lookup --json")]
    CgroupsLookup {
        /// Paths of cgroups; none, or -: from stdin, one a line
        paths: Vec<OsString>,
    },
    /// What processes are, and their cgroups
    ///
    /// An item for each process, in the same order, however many messages that takes.
    #[command(after_long_help = "\
Examples:
  netipc call apps-lookup 1 4711
  pgrep -u www-data | netipc call apps-lookup --json | jq '.items[].comm'")]
    AppsLookup {
        /// Process IDs; none, or -: from stdin, one a line
        #[arg(allow_negative_numbers = true)]
        pids: Vec<OsString>,
    },
    /// Which networks IP addresses belong to
    ///
    /// An item for each address, in the same order, however many messages that takes.
    #[command(after_long_help = "\
Examples:
  netipc call ip-to-asn 192.0.2.1 2001:db8::1
  ss -Htn state established | awk '{print $4}' | sed 's/:[0-9]*$//; s/[][]//g' | netipc call ip-to-asn --json")]
    IpToAsn {
        /// Addresses; none, or -: from stdin, one a line
        addresses: Vec<OsString>,
    },
    /// What each process has sent and received
    #[command(after_long_help = "\
Examples:
  netipc call pid-traffic
  netipc call pid-traffic --json | jq '.processes | max_by(.bytes_sent)'")]
    PidTraffic,
    /// A number plus one
    #[command(after_long_help = "Example:\n  netipc call increment 41")]
    Increment {
        /// From 0 to 2^64 - 1, whose successor is 0
        #[arg(allow_negative_numbers = true, value_parser = values::number(0..=u64::MAX))]
        value: u64,
    },
    /// A text backwards, byte by byte
    #[command(after_long_help = "Example:\n  netipc call string-reverse stressed")]
    StringReverse {
        /// Any bytes
        text: OsString,
    },
}

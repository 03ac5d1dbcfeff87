//! `netipc serve`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use netipc::transport::defaults;

use super::service::SERVICE;
use super::{Endpoint, Session, values};

/// Provide a service until SIGINT or SIGTERM
///
/// Prints `ready` and the path of the socket as soon as callers can connect. On SIGINT (Ctrl-C) or SIGTERM it lets
/// calls in progress finish, removes what it has made, and ends with status 0.
///
/// Under systemd it serves the socket that it is handed over (LISTEN_FDS; of several, the one with the service's name),
/// leaves that where it is at the end, and says when it is ready and when it stops (NOTIFY_SOCKET).
#[derive(Debug, Args)]
#[command(subcommand_value_name = SERVICE, subcommand_help_heading = "Services", after_long_help = "\
Examples:
  netipc serve cgroups-snapshot
  netipc serve cgroups-snapshot --run-dir /run/netdata --refresh 5s
  netipc serve cgroups-lookup --host-root /host
  NETIPC_AUTH_TOKEN=0x1234 netipc serve increment --max-sessions 8
  netipc serve string-reverse --service my-reverse --profile baseline")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) endpoint: Endpoint,

    #[command(flatten)]
    pub(crate) session: Session,

    /// Most callers connected at one time
    #[arg(long, global = true, value_name = "COUNT", value_parser = values::number(1..=u32::MAX))]
    #[arg(default_value_t = defaults::MAX_SESSIONS, help_heading = "Session")]
    pub(crate) max_sessions: u32,

    /// How long a caller may take to introduce itself (500ms, 5s; a plain number is seconds)
    #[arg(long, global = true, value_name = "TIME", value_parser = values::timeout)]
    #[arg(default_value = "5s", help_heading = "Session")]
    pub(crate) timeout: Duration,

    /// End when the standard input ends, too: whoever started this has gone then, however it went.
    #[arg(long, global = true, hide = true)]
    pub(crate) until_stdin_ends: bool,

    #[command(subcommand)]
    pub(crate) service: ServeService,
}

/// The host that is looked at.
#[derive(Clone, Debug, Args)]
pub(crate) struct Host {
    /// Where the root of the host's file system is, on Linux
    ///
    /// For providers in a container that the host's / is mounted in. Everything of the host is looked for below it:
    /// /proc, the mounts that its process 1 sees, the files of container runtimes.
    #[arg(long, value_name = "DIR", default_value = "/")]
    pub(crate) host_root: PathBuf,
}

/// What can be provided.
#[derive(Debug, Subcommand)]
pub(crate) enum ServeService {
    /// The cgroups of this host
    ///
    /// All of them, of cgroup v2 and v1 alike: a hash, a name, the path, options (1: in the v2 tree, 2: in a v1 tree)
    /// and whether it is enabled (has processes, itself or below). Containers of Docker and Podman, pods, and machines
    /// of libvirt, LXC and systemd-nspawn have their names, as far as this process may read them (mostly as root), and
    /// the short form of their ids otherwise, as have the containers of Podman that users run without root. What cannot
    /// be read is skipped; stderr says how much that was.
    #[command(after_long_help = "\
Examples:
  netipc serve cgroups-snapshot
  netipc serve cgroups-snapshot --refresh 0     look again for every call")]
    CgroupsSnapshot {
        #[command(flatten)]
        host: Host,
        /// How old a list may be that callers get (500ms, 5s; a plain number is seconds)
        ///
        /// The cgroups are read again when a call comes and the last look is older than this. Without calls nothing
        /// is read.
        #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
        refresh: Duration,
    },
    /// What the cgroup of a path is: what runs it, its name, its labels
    ///
    /// A path is the one below the mount point, as /proc/PID/cgroup has it, or all of it, as cgroups-snapshot gives it.
    /// It is looked up in the last scan and never opened. What that scan did not find is UnknownRetryLater; what a scan
    /// that began after it was first asked for has not found either is UnknownPermanent.
    #[command(after_long_help = "\
Examples:
  netipc serve cgroups-lookup & netipc call cgroups-lookup /system.slice/ssh.service
  netipc serve cgroups-lookup --refresh 5s")]
    CgroupsLookup {
        #[command(flatten)]
        host: Host,
        /// How old the knowledge may be that answers are made from (500ms, 5s; a plain number is seconds)
        ///
        /// The cgroups are read again when a call comes and the last look is older than this. Without calls nothing
        /// is read.
        #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
        refresh: Duration,
    },
    /// What a process is: its name, user, parent and start, and its cgroup
    ///
    /// All processes are read at once, and the ids looked up among them. The cgroup is told as cgroups-lookup does.
    /// Where /proc hides the processes of others (hidepid), only root sees them all; stderr says so. On Windows there are
    /// names and parents: no users' numbers, no starts, and no cgroups (HostRoot).
    #[command(after_long_help = "\
Examples:
  netipc serve apps-lookup & netipc call apps-lookup 1
  netipc serve apps-lookup --refresh 5s")]
    AppsLookup {
        #[command(flatten)]
        host: Host,
        /// How old the knowledge may be that answers are made from (500ms, 5s; a plain number is seconds)
        ///
        /// Processes and cgroups are read again when a call comes and the last look is older than this. Without calls
        /// nothing is read.
        #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
        refresh: Duration,
    },
    /// Which network an IP address belongs to: its AS number, country, organisation
    ///
    /// From a database in a file: MaxMind DB (GeoLite2 ASN, DB-IP, IPinfo), or text, one range a line and the columns
    /// separated by tabs, as from iptoasn.com: first address, last address, AS number, country, organisation. Either is
    /// to be unpacked first. An address belongs to the smallest range around it. Of a database with a mistake nothing is
    /// taken. A sample, ranges for documentation, is in the source as cli/data/documentation-ranges.tsv.
    #[command(after_long_help = "\
Examples:
  netipc serve ip-to-asn --db GeoLite2-ASN.mmdb
  netipc serve ip-to-asn --db cli/data/documentation-ranges.tsv & netipc call ip-to-asn 192.0.2.1")]
    IpToAsn {
        /// The database
        ///
        /// Replace it in one step (mv). It is read again then, while calls are answered from the old one; if the new
        /// one is no good, the old one stays in use, and stderr says why.
        #[arg(long, value_name = "FILE")]
        db: PathBuf,
        /// How long a change of the file may stay unseen (500ms, 5s; a plain number is seconds)
        #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
        refresh: Duration,
    },
    /// What each process has sent and received over TCP
    ///
    /// Payload and packets, from the kernel's counters of each socket, added up for the process that has it open; where
    /// several share one, for the one that started first. A process's counters never go backwards. A connection that is
    /// closed is counted to its end, but only if a reading has seen who had it: of those that last less than from one
    /// reading to the next, most are left out. So are UDP, of which the kernel does not count what a socket has carried,
    /// other protocols than TCP, and other network namespaces. Other users' processes show their open files to root
    /// only, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH. Stderr says how many processes and connections are left
    /// out, and why.
    #[command(after_long_help = "\
Examples:
  sudo netipc serve pid-traffic
  netipc serve pid-traffic --refresh 5s")]
    PidTraffic {
        #[command(flatten)]
        host: Host,
        /// How old the counters may be that callers get (500ms, 5s; a plain number is seconds)
        ///
        /// They are read again when a call comes and the last reading is older than this. Without calls nothing is
        /// read.
        #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "1s")]
        refresh: Duration,
    },
    /// A number plus one: for tests and measurements
    #[command(after_long_help = "Example:\n  netipc serve increment & netipc call increment 41")]
    Increment,
    /// A text backwards, byte by byte: for tests
    #[command(
        after_long_help = "Example:\n  netipc serve string-reverse & netipc call string-reverse stressed"
    )]
    StringReverse,
}

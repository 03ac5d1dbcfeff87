//! What every command that connects has in common.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::values;

/// Where services are.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Where")]
pub(crate) struct Directory {
    /// Directory of the sockets
    ///
    /// The provider and its callers must agree on it. By default it is the first of these that can be used:
    /// `/run/netdata`, if it exists and is writable; `$XDG_RUNTIME_DIR/netipc`; `/tmp/netipc-UID`. The last two are made
    /// by `netipc serve` where they are missing, for their owner alone, and are refused if they belong to somebody
    /// else, are open to others or are symbolic links.
    #[arg(long, global = true, value_name = "DIR", env = "NETIPC_RUN_DIR", value_parser = values::DirectoryParser)]
    pub(crate) run_dir: Option<PathBuf>,
}

/// Where the service is, and who may use it.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Where")]
pub(crate) struct Endpoint {
    #[command(flatten)]
    pub(crate) directory: Directory,

    /// Name of the service, if it is not the contract's
    ///
    /// The socket is DIR/NAME.sock. A name consists of letters, digits, `.`, `_` and `-`.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) service: Option<String>,

    /// Token that a caller has to show, decimal or 0x...
    ///
    /// A provider refuses callers with another token. On the command line, other users of this host can see it while
    /// the command runs; in the environment they cannot.
    #[arg(
        long, global = true, value_name = "NUMBER", env = "NETIPC_AUTH_TOKEN", hide_env_values = true,
        value_parser = values::TokenParser, default_value = "0", hide_default_value = true
    )]
    pub(crate) auth_token: u64,
}

/// What those have in common who ask all providers of a run directory.
#[derive(Clone, Debug, clap::Args)]
#[command(mut_arg("service", only))]
pub(crate) struct Survey {
    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) endpoint: Endpoint,

    /// How long a provider may take to answer (500ms, 5s; a plain number is seconds)
    ///
    /// They are asked side by side, 64 at a time: several that do not answer cost no more than one.
    #[arg(long, value_name = "TIME", value_parser = values::timeout, default_value = "1s")]
    pub(crate) timeout: Duration,
}

/// What `--service` says to commands that look at all services of a run directory.
pub(super) const ONLY: &str = "Look at this service alone";

/// Makes that of an endpoint's `--service`.
fn only(service: clap::Arg) -> clap::Arg {
    service.help(ONLY).long_help(ONLY)
}

/// What a session may be: unset means the default that the contract names.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct Session {
    /// How messages travel
    #[arg(long, global = true, value_enum, default_value_t = Profile::Auto)]
    pub(crate) profile: Profile,

    /// Bytes of one packet on the socket; longer messages go in several
    ///
    /// Unless given here it is what the socket can carry.
    #[arg(long, global = true, value_name = "BYTES", value_parser = values::number(33..=u32::MAX))]
    pub(crate) packet_size: Option<u32>,

    /// Most bytes of a request's payload
    ///
    /// Unless given here, a caller proposes 1024, and up to 1048576 (1 MiB) where a request needs more, which is also
    /// what a provider takes. `netipc call string-reverse` proposes what its text needs.
    #[arg(long, global = true, value_name = "BYTES", value_parser = values::number(1..=u32::MAX))]
    pub(crate) max_request_payload: Option<u32>,

    /// Most bytes of a response's payload
    ///
    /// Unless given here it begins at 65536 (64 KiB) and grows up to 1048576 (1 MiB). For cgroups-snapshot and pid-traffic
    /// it is 16777216 (16 MiB), so that all of a large host fits. `netipc serve string-reverse` has the largest request's, since its responses are as long.
    #[arg(long, global = true, value_name = "BYTES", value_parser = values::number(1..=u32::MAX))]
    pub(crate) max_response_payload: Option<u32>,
}

/// What those have in common who call a service: where it is, and what the session with it may be.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Caller {
    #[command(flatten)]
    pub(crate) endpoint: Endpoint,

    #[command(flatten)]
    pub(crate) session: Session,
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Over the socket
    Baseline,
    /// Through shared memory, or not at all
    Shm,
    /// Through shared memory where both sides can, else over the socket
    Auto,
}

impl Profile {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Shm => "shm",
            Self::Auto => "auto",
        }
    }
}

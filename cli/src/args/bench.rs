//! `netipc bench`, and the other process that it starts.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Profile, values};

/// Measure round trips, beside what the bare operating system takes for them
///
/// Starts itself again as a peer, in a private directory, and measures exchanges between the two processes. In the same
/// run, in turns of some ten milliseconds, it measures the floor: the same exchange, of as many bytes, in bare system
/// calls or bare atomics. Absolute rates differ from machine to machine and from minute to minute; the ratio of the two
/// says how much of the time is this library's.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Scenarios:
  uds-ping-pong          one INCREMENT request at a time, Level 1, over the socket
  shm-ping-pong          the same through shared memory
  uds-batch              one batch of 2 to 1000 INCREMENT requests at a time; rates are items a second
  shm-batch              the same through shared memory
  uds-pipeline-16        up to 16 INCREMENT requests in flight; answers are received first
  uds-pipeline-batch-16  the same with batches of 2 to 1000; rates are items a second
  snapshot-uds           a typed call (Level 2) whose response is a snapshot of 16 cgroups, all of it read
  snapshot-shm           the same through shared memory
  cache-lookup           no exchange: lookups by hash and name in a cached snapshot of 16 cgroups (Level 3);
                         latencies are those of 16 lookups
  lookup-codec           no exchange: a lookup of 16 known cgroups is encoded, answered and read in one process
  idle-uds, idle-shm     an idle session: how often either side wakes up (only where it is named)

Fields of a JSON object, one a line for each scenario:
  scenario, placement
  rate                     round trips a second, or items; the median of all turns
  p50_us, p99_us, p999_us  microseconds that 50, 99 and 99.9 % of the round trips took at most, from a request
                           to its response; every 16th is timed
  cpu_client, cpu_server   seconds of CPU time that either process takes in a second
  floor                    the floor's rate, in the same unit
  ratio                    floor / rate: how many times as long as the floor's ours takes; 1.15 is 15 % longer,
                           and a pipeline at 0.9 of the floor's rate has 1.11
An idle scenario has scenario, placement, seconds, wakeups_client and wakeups_server instead.

The floor, by placement:
  one-cpu   both sides wait in the kernel
  two-cpus  both sides look again and again (in shared memory, with the wakes that the contract demands)
  free      the better of the two
The floors of cache-lookup and lookup-codec are code for these messages alone, written by hand.
For pipelines it is the best of single system calls and of sendmmsg with a receiver that drains its socket, where
there are two CPUs with either way to wait.

Examples:
  netipc bench
  netipc bench uds-ping-pong --placement one-cpu,two-cpus --seconds 10
  netipc bench uds-pipeline-16 --placement one-cpu --json
  netipc bench idle-uds --seconds 10")]
pub(crate) struct Bench {
    /// What to measure; without any, all but the idle ones
    #[arg(value_enum, value_name = "SCENARIO", hide_possible_values = true)]
    pub(crate) scenarios: Vec<Scenario>,

    /// Where the two processes run, of the CPUs that this one may use; several are measured one after another
    #[arg(long, value_enum, value_delimiter = ',', default_value = "free")]
    pub(crate) placement: Vec<Placement>,

    /// How long to measure a scenario, its floor included (seconds; also 500ms, 2m)
    #[arg(long, value_name = "N", value_parser = values::timeout, default_value = "3")]
    pub(crate) seconds: Duration,

    /// Print JSON, for programs: a line for each scenario, as soon as it is measured
    #[arg(long)]
    pub(crate) json: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    UdsPingPong,
    ShmPingPong,
    UdsBatch,
    ShmBatch,
    #[value(name = "uds-pipeline-16")]
    UdsPipeline16,
    #[value(name = "uds-pipeline-batch-16")]
    UdsPipelineBatch16,
    SnapshotUds,
    SnapshotShm,
    CacheLookup,
    LookupCodec,
    IdleUds,
    IdleShm,
}

/// Where the two processes run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placement {
    /// Both on the first CPU
    OneCpu,
    /// The caller on the first CPU, its peer on the second
    TwoCpus,
    /// Wherever the operating system puts them
    Free,
}

/// The other process of `netipc bench`, which alone starts it. Its standard input is a socket: see `bench::control`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Example: netipc bench")]
pub(crate) struct BenchPeer {
    #[arg(long, value_enum)]
    pub(crate) service: Service,
    #[arg(long, value_enum)]
    pub(crate) profile: Profile,
    #[arg(long, value_enum)]
    pub(crate) floor: FloorKind,
    #[arg(long)]
    pub(crate) run_dir: PathBuf,
    /// The CPU to run on.
    #[arg(long)]
    pub(crate) cpu: Option<usize>,
}

/// What a peer serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// Level 1: one more than each item.
    Increment,
    /// Level 2: a snapshot of cgroups.
    Snapshot,
}

/// What a peer answers beside that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FloorKind {
    /// Packets on a socket.
    Socket,
    /// Shared memory.
    Memory,
}

/// The name that a value has on the command line.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

//! `netipc bench`, and the other process that it starts.

mod help;
mod scenario;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

pub(crate) use self::scenario::{Carrier, Scenario, What};
use super::values;

/// Measure round trips, beside what the bare operating system takes for them
///
/// Starts itself again as a peer, in a private directory, and measures exchanges between the two processes. In the same
/// run, in turns of about 20 milliseconds, it measures the floor: the same exchange, of as many bytes, in bare system
/// calls or bare atomics. Absolute rates differ from machine to machine and from minute to minute; the ratio of the two
/// says how much of the time is this library's.
#[derive(Debug, Args)]
#[command(after_long_help = help::after())]
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

/// The other process of `netipc bench`, which alone starts it and talks with it: see `bench::control`.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Example: netipc bench")]
pub(crate) struct BenchPeer {
    #[arg(long, value_enum)]
    pub(crate) service: Service,
    #[arg(long, value_enum)]
    pub(crate) carrier: Carrier,
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
    /// Packets on a socket, or messages on a pipe.
    Socket,
    /// Shared memory.
    Memory,
}

/// The name that a value has on the command line.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

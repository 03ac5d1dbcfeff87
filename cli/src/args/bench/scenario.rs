//! What can be measured.

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// What is exchanged, and how that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    name: &'static str,
    pub(crate) what: What,
    pub(crate) carrier: Carrier,
    /// For people: lines of their own.
    pub(super) help: &'static str,
}

/// What is exchanged, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    PingPong,
    Batch,
    Pipeline,
    PipelineBatch,
    Snapshot,
    CacheLookup,
    LookupCodec,
    Idle,
}

/// What carries it. Unlike profiles, which are negotiated, this is what a scenario is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carrier {
    Baseline,
    Shm,
    #[cfg(windows)]
    Busywait,
}

impl Carrier {
    /// Whether neither side ever waits in the kernel, nor wakes the other.
    pub(crate) fn is_silent(self) -> bool {
        match self {
            Self::Baseline | Self::Shm => false,
            #[cfg(windows)]
            Self::Busywait => true,
        }
    }
}

impl Scenario {
    const fn new(name: &'static str, what: What, carrier: Carrier, help: &'static str) -> Self {
        Self { name, what, carrier, help }
    }
}

impl ValueEnum for Scenario {
    fn value_variants<'a>() -> &'a [Self] {
        SCENARIOS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name))
    }
}

const THE_SAME_IN_MEMORY: &str = "the same through shared memory";
#[cfg(windows)]
const THE_SAME_BUSY: &str = "the same through shared memory, where neither side ever blocks";

const BATCH: &str = "\
one batch of 2 to 1000 INCREMENT requests at a time;
rates are items a second";
const PIPELINE: &str = "up to 16 INCREMENT requests in flight; answers are received first";
const PIPELINE_BATCH: &str = "the same with batches of 2 to 1000; rates are items a second";
const SNAPSHOT: &str = "\
a typed call (Level 2) whose response is a snapshot of 16 cgroups,
all of it read";
const IDLE_IN_MEMORY: &str = "the same in shared memory";

const CACHE_LOOKUP: Scenario = Scenario::new(
    "cache-lookup",
    What::CacheLookup,
    Carrier::Baseline,
    "\
no exchange: lookups by hash and name in a cached snapshot of 16 cgroups
(Level 3); latencies are those of 16 lookups",
);
const LOOKUP_CODEC: Scenario = Scenario::new(
    "lookup-codec",
    What::LookupCodec,
    Carrier::Baseline,
    "\
no exchange: a lookup of 16 known cgroups is encoded, answered and read
in one process",
);

/// All of them.
#[cfg(not(windows))]
#[rustfmt::skip]
const SCENARIOS: &[Scenario] = &[
    Scenario::new("uds-ping-pong", What::PingPong, Carrier::Baseline, "one INCREMENT request at a time, Level 1, over the socket"),
    Scenario::new("shm-ping-pong", What::PingPong, Carrier::Shm, THE_SAME_IN_MEMORY),
    Scenario::new("uds-batch", What::Batch, Carrier::Baseline, BATCH),
    Scenario::new("shm-batch", What::Batch, Carrier::Shm, THE_SAME_IN_MEMORY),
    Scenario::new("uds-pipeline-16", What::Pipeline, Carrier::Baseline, PIPELINE),
    Scenario::new("uds-pipeline-batch-16", What::PipelineBatch, Carrier::Baseline, PIPELINE_BATCH),
    Scenario::new("snapshot-uds", What::Snapshot, Carrier::Baseline, SNAPSHOT),
    Scenario::new("snapshot-shm", What::Snapshot, Carrier::Shm, THE_SAME_IN_MEMORY),
    CACHE_LOOKUP,
    LOOKUP_CODEC,
    Scenario::new("idle-uds", What::Idle, Carrier::Baseline, "\
an idle session: how often either side wakes up (only where it is named)"),
    Scenario::new("idle-shm", What::Idle, Carrier::Shm, IDLE_IN_MEMORY),
];

/// All of them.
#[cfg(windows)]
#[rustfmt::skip]
const SCENARIOS: &[Scenario] = &[
    Scenario::new("pipe-ping-pong", What::PingPong, Carrier::Baseline, "one INCREMENT request at a time, Level 1, over the named pipe"),
    Scenario::new("shm-ping-pong", What::PingPong, Carrier::Shm, THE_SAME_IN_MEMORY),
    Scenario::new("busywait-ping-pong", What::PingPong, Carrier::Busywait, THE_SAME_BUSY),
    Scenario::new("pipe-batch", What::Batch, Carrier::Baseline, BATCH),
    Scenario::new("shm-batch", What::Batch, Carrier::Shm, THE_SAME_IN_MEMORY),
    Scenario::new("busywait-batch", What::Batch, Carrier::Busywait, THE_SAME_BUSY),
    Scenario::new("pipe-pipeline-16", What::Pipeline, Carrier::Baseline, PIPELINE),
    Scenario::new("pipe-pipeline-batch-16", What::PipelineBatch, Carrier::Baseline, PIPELINE_BATCH),
    Scenario::new("snapshot-pipe", What::Snapshot, Carrier::Baseline, SNAPSHOT),
    Scenario::new("snapshot-shm", What::Snapshot, Carrier::Shm, THE_SAME_IN_MEMORY),
    Scenario::new("snapshot-busywait", What::Snapshot, Carrier::Busywait, THE_SAME_BUSY),
    CACHE_LOOKUP,
    LOOKUP_CODEC,
    Scenario::new("idle-pipe", What::Idle, Carrier::Baseline, "\
an idle session: what CPU time either side takes (only where it is named)"),
    Scenario::new("idle-shm", What::Idle, Carrier::Shm, IDLE_IN_MEMORY),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_have_the_same_name_or_measure_the_same() {
        let names: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), SCENARIOS.len());
        for (index, one) in SCENARIOS.iter().enumerate() {
            let same = |other: &Scenario| (other.what, other.carrier) == (one.what, one.carrier);
            assert!(!SCENARIOS[index + 1..].iter().any(same), "{}", one.name);
        }
    }
}

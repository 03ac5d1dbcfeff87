//! Sets of CPUs, and CPU time, as Linux has them.

use std::io;
use std::time::Duration;

use rustix::thread::{sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

pub(super) use rustix::thread::CpuSet as Set;

/// What gives a process more CPUs.
pub(super) const GIVEN_BY: &str = "taskset, cgroups";

/// Those that this thread may use.
pub(super) fn usable() -> io::Result<Set> {
    Ok(sched_getaffinity(None)?)
}

/// Puts this thread, and those that it starts, on these.
pub(super) fn run_on(cpus: Set) -> io::Result<()> {
    Ok(sched_setaffinity(None, &cpus)?)
}

pub(super) fn set_of(cpus: &[usize]) -> Set {
    let mut set = Set::new();
    for cpu in cpus {
        set.set(*cpu);
    }
    set
}

pub(super) fn numbers(cpus: Set) -> impl Iterator<Item = usize> {
    (0..Set::MAX_CPU).filter(move |cpu| cpus.is_set(*cpu))
}

/// CPU time of this process, all its threads together.
pub(in super::super) fn cpu_time() -> Duration {
    // Never negative, and far from the end of either type.
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

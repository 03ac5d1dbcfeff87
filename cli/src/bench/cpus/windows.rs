//! Sets of CPUs, and CPU time, as Windows has them.

use std::io;
use std::time::Duration;

use netipc_floor::process;

/// A bit for each. None is set for a process that runs on several groups of CPUs.
pub(super) type Set = usize;

/// What gives a process more CPUs.
pub(super) const GIVEN_BY: &str = "start /affinity";

/// Those that this process may use.
pub(super) fn usable() -> io::Result<Set> {
    process::cpus()
}

/// Puts this process, and those that it starts, on these.
pub(super) fn run_on(cpus: Set) -> io::Result<()> {
    process::run_on(cpus)
}

pub(super) fn set_of(cpus: &[usize]) -> Set {
    cpus.iter().fold(0, |set, cpu| set | bit(*cpu))
}

pub(super) fn numbers(cpus: Set) -> impl Iterator<Item = usize> {
    (0..Set::BITS as usize).filter(move |cpu| cpus & bit(*cpu) != 0)
}

/// None for a CPU that a set has no room for.
fn bit(cpu: usize) -> Set {
    u32::try_from(cpu).ok().and_then(|cpu| Set::checked_shl(1, cpu)).unwrap_or_default()
}

/// CPU time of this process, all its threads together.
pub(in super::super) fn cpu_time() -> Duration {
    // A process can ask this of itself.
    process::cpu_time().unwrap_or_default()
}

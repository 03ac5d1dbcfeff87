//! How many CPUs there are.

use super::sys::sched_getaffinity;

/// Whether the calling thread may run on more than one CPU; also where that cannot be told. It can change at any time.
pub(super) fn several_cpus() -> bool {
    sched_getaffinity().map_or(true, |cpus| cpus.count() > 1)
}

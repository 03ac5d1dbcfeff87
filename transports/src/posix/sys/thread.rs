//! Threads.

use rustix::io::Result;
use rustix::thread::CpuSet;

use super::enter;

/// `sched_getaffinity(2)` of the calling thread.
#[inline]
pub(crate) fn sched_getaffinity() -> Result<CpuSet> {
    enter("sched_getaffinity")?;
    rustix::thread::sched_getaffinity(None)
}

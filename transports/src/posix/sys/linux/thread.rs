//! Threads.

use rustix::io::Result;
use rustix::process::Pid;
use rustix::thread::CpuSet;

use crate::posix::sys::enter;

/// `sched_getaffinity(2)` of a process's first thread, or of the calling thread.
#[inline]
pub(crate) fn sched_getaffinity(process: Option<Pid>) -> Result<CpuSet> {
    enter("sched_getaffinity")?;
    rustix::thread::sched_getaffinity(process)
}

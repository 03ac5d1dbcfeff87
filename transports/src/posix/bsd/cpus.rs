//! How many CPUs there are for both sides of a session.

use std::os::fd::BorrowedFd;
use std::thread::available_parallelism;

/// Whether this thread and the peer may run at the same time; also where that cannot be told. Nobody knows to which
/// CPUs either is bound.
pub(in crate::posix) fn several_cpus(_socket: BorrowedFd<'_>) -> bool {
    available_parallelism().map_or(true, |cpus| cpus.get() > 1)
}

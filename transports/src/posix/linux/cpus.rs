//! How many CPUs there are for both sides of a session.

use std::os::fd::BorrowedFd;

use rustix::process::Pid;

use crate::posix::credentials::peer_credentials;
use crate::posix::sys::sched_getaffinity;

/// Whether the calling thread and the process at the other end of the socket may run at the same time; also where that
/// cannot be told. It can change at any time.
pub(in crate::posix) fn several_cpus(socket: BorrowedFd<'_>) -> bool {
    let Ok(own) = sched_getaffinity(None) else { return true };
    if own.count() > 1 {
        return true;
    }
    let Ok(peer) = peer_credentials(socket) else { return true };
    // In a process with both sides nobody knows which of its threads is the other one.
    if peer.pid == std::process::id() {
        return true;
    }
    let Some(peer) = peer.pid.try_into().ok().and_then(Pid::from_raw) else { return true };
    sched_getaffinity(Some(peer)) != Ok(own)
}

//! How many CPUs there are for both sides of a session.

use super::sys::{cpus_of, own_cpus};

/// Whether this process and the one at the other end of a pipe may run at the same time; also where that cannot be told.
/// It can change at any time.
pub(super) fn several_cpus(peer: impl FnOnce() -> Option<u32>) -> bool {
    let Ok(own) = own_cpus() else { return true };
    if own.count_ones() != 1 {
        return true;
    }
    let Some(peer) = peer() else { return true };
    // In a process with both sides there is one CPU for both.
    peer != std::process::id() && cpus_of(peer).map_or(true, |cpus| cpus != own)
}

//! System calls of Linux, and those that it makes in a way of its own.

mod event;
mod futex;
mod net;
mod region;
mod thread;

pub(crate) use event::{
    epoll_add, epoll_create, epoll_delete, epoll_modify, epoll_wait, eventfd, read, write,
};
pub(crate) use futex::{futex_wait, futex_waitv, futex_wake};
pub(crate) use net::{CLOSED_BY_EXEC, NO_SIGNAL, accept, bind, peer_credentials, recv, recv_packet, socket};
pub(crate) use region::{
    fallocate, file_size_limit, link_open_file, open_nameless, pread, test_kill_process,
};
pub(crate) use thread::sched_getaffinity;

/// A step at which nothing can fail, where a test may stop the process.
#[cfg(feature = "faults")]
pub(crate) fn step(step: &'static str) {
    // Nothing can fail here.
    let _ = super::enter(step);
}

#[cfg(not(feature = "faults"))]
#[inline(always)]
#[allow(clippy::inline_always, reason = "it is not there at all")]
pub(crate) const fn step(_step: &'static str) {}

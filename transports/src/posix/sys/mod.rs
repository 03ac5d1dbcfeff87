//! Every system call of this crate, by the name of its manual page. Whoever calls the kernel calls it through here, so
//! that tests can make each call fail, or stop a process before it (`faults`, with the feature of that name). Without
//! the feature these functions are the calls and nothing else.

mod event;
#[cfg(feature = "faults")]
pub mod faults;
mod fs;
mod futex;
mod net;
mod thread;

pub(crate) use event::{
    epoll_add, epoll_create, epoll_delete, epoll_modify, epoll_wait, eventfd, read, write,
};
pub(crate) use fs::{
    fallocate, fchmod, flock, fstat, link_open_file, lstat, open, open_nameless, pread, rmdir,
    test_kill_process, unlink,
};
pub(crate) use futex::{futex_wait, futex_waitv, futex_wake};
pub(crate) use net::{
    accept, bind, connect, ioctl_fionbio, listen, peer_credentials, recv, recvmsg, send, sendmsg,
    set_socket_timeout, shutdown, socket, socket_send_buffer_size,
};
pub(crate) use thread::sched_getaffinity;

use rustix::io::Result;

/// Where a test may have `call` fail.
#[cfg(feature = "faults")]
pub(crate) fn enter(call: &'static str) -> Result<()> {
    faults::enter(call)
}

#[cfg(not(feature = "faults"))]
#[inline(always)]
#[allow(clippy::inline_always, clippy::unnecessary_wraps, reason = "it is not there at all")]
pub(crate) const fn enter(_call: &'static str) -> Result<()> {
    Ok(())
}

/// A step between system calls, where a test may stop the process.
#[cfg(feature = "faults")]
pub(crate) fn step(step: &'static str) {
    // Nothing can fail here.
    let _ = enter(step);
}

#[cfg(not(feature = "faults"))]
#[inline(always)]
#[allow(clippy::inline_always, reason = "it is not there at all")]
pub(crate) const fn step(_step: &'static str) {}

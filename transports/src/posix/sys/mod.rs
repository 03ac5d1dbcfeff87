//! Every system call of this crate, by the name of its manual page. Whoever calls the kernel calls it through here, so
//! that tests can make each call fail, or stop a process before it (`faults`, with the feature of that name). Without
//! the feature these functions are the calls and nothing else.

#[cfg(not(target_os = "linux"))]
mod bsd;
#[cfg(feature = "faults")]
pub mod faults;
mod fs;
#[cfg(target_os = "linux")]
mod linux;
mod net;

#[cfg(not(target_os = "linux"))]
pub(crate) use bsd::*;
pub(crate) use fs::{fchmod, flock, fstat, lstat, open, rmdir, unlink};
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
pub(crate) use net::{
    close_on_exec, connect, getsockname, ioctl_fionbio, listen, recvmsg, send, sendmsg, set_socket_timeout,
    shutdown, socket_acceptconn, socket_send_buffer_size, socket_type,
};

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

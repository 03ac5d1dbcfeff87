//! How each system call may fail.

use netipc_transport::faults::Errno;

/// What its manual page names and what is likely in practice.
pub(crate) fn errors_of(call: &str) -> &'static [Errno] {
    match call {
        "socket" | "eventfd" | "epoll_create" => &[Errno::MFILE, Errno::NOMEM],
        "connect" => &[Errno::CONNREFUSED, Errno::AGAIN, Errno::ACCESS, Errno::TIMEDOUT, Errno::PROTOTYPE],
        "bind" => &[Errno::ADDRINUSE, Errno::ACCESS, Errno::NOSPC],
        "listen" => &[Errno::ADDRINUSE],
        "accept" => &[Errno::CONNABORTED, Errno::MFILE, Errno::NOMEM, Errno::AGAIN, Errno::NOTSUP],
        // What says that the peer has gone while it has not would be a lie, and no fault.
        "send" | "sendmsg" => &[Errno::NOBUFS, Errno::NOMEM, Errno::AGAIN],
        // It fails on a socket that is not connected, and that is not connected any more by itself.
        "shutdown" => &[],
        "recv" | "recvmsg" => &[Errno::NOMEM, Errno::AGAIN],
        "epoll_ctl" => &[Errno::NOMEM, Errno::NOSPC],
        "epoll_wait" => &[Errno::BADF],
        "open with O_TMPFILE" => &[Errno::OPNOTSUPP, Errno::MFILE, Errno::NOSPC],
        "open" => &[Errno::MFILE, Errno::ACCESS, Errno::NOENT],
        "flock" => &[Errno::NOLCK, Errno::WOULDBLOCK],
        "unlink" | "rmdir" => &[Errno::ACCESS, Errno::NOENT, Errno::BUSY],
        "read" | "write" | "futex_wait" => &[Errno::AGAIN],
        "fallocate" => &[Errno::NOSPC, Errno::OPNOTSUPP, Errno::PERM],
        "mmap" => &[Errno::NOMEM, Errno::ACCESS],
        "linkat" => &[Errno::EXIST, Errno::NOSPC, Errno::ACCESS, Errno::NOENT],
        "futex_waitv" => &[Errno::NOSYS, Errno::PERM, Errno::AGAIN],
        "kill" => &[Errno::PERM, Errno::SRCH],
        // What cannot fail, and what is no call.
        _ if call == "getrlimit" || call.starts_with("step: ") => &[],
        _ => &[Errno::IO, Errno::ACCESS],
    }
}

/// Calls that a signal may interrupt, and that are then made again.
pub(crate) fn is_interruptible(call: &str) -> bool {
    const INTERRUPTIBLE: [&str; 13] = [
        "send",
        "connect",
        "accept",
        "sendmsg",
        "sendmmsg",
        "recv",
        "recvmsg",
        "epoll_wait",
        "poll",
        "flock",
        "fallocate",
        "futex_wait",
        "futex_waitv",
    ];
    INTERRUPTIBLE.contains(&call)
}

/// Calls without which a file cannot be removed: one that is left has to wait for the next server.
pub(crate) fn removes(call: &str) -> bool {
    matches!(call, "unlink" | "lstat" | "rmdir")
}

/// Calls without which the lock of servers that start cannot be had: what is left at its name has to wait for the next
/// one.
pub(crate) fn locks(call: &str) -> bool {
    matches!(call, "flock" | "fstat" | "fchmod")
}

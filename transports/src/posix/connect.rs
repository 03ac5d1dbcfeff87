//! Connecting.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::SocketFlags;

use super::address::address;
use super::socket::Socket;
use super::sys;
use super::uds::Uds;
use crate::abort::Registration;
use crate::{Abort, ConnectError, Deadline, Endpoint, Waiting};

/// The first pause before a full backlog is tried again, and the longest; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Connects to the endpoint's socket. The connection ends when `abort` is used, for as long as the registration lives.
pub(crate) fn connect(
    endpoint: &Endpoint,
    waiting: Waiting,
    deadline: Deadline,
    abort: &Abort,
) -> Result<(Uds, Registration), ConnectError> {
    let failed = |error: Errno| failure(error, endpoint);
    let aborted = || ConnectError::Aborted { endpoint: endpoint.clone() };
    let fd = sys::socket(SocketFlags::NONBLOCK).map_err(failed)?;
    let address = address(endpoint.socket_path()).map_err(failed)?;
    let socket = Arc::new(Socket::new(fd));
    let registration = abort.register(&socket).ok_or_else(aborted)?;
    let mut pause = FIRST_PAUSE;
    loop {
        match sys::connect(&*socket, &address) {
            Ok(()) => break,
            Err(Errno::INTR) => {}
            // A full backlog. The kernel tells nobody when there is room again, unless one blocks in connect, which
            // an abort could not end.
            Err(Errno::AGAIN | Errno::INPROGRESS) => {
                let left = deadline.remaining();
                if left.is_some_and(|left| left.is_zero()) {
                    return Err(ConnectError::TimedOut { endpoint: endpoint.clone() });
                }
                if abort.wait(left.map_or(pause, |left| left.min(pause))) {
                    return Err(aborted());
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(failed(error)),
        }
    }
    sys::ioctl_fionbio(&*socket, false).map_err(failed)?;
    Ok((Uds::new(socket, waiting), registration))
}

fn failure(error: Errno, endpoint: &Endpoint) -> ConnectError {
    let (endpoint, source) = (endpoint.clone(), io::Error::from(error));
    match error {
        Errno::NOENT | Errno::CONNREFUSED => ConnectError::NotFound { endpoint, source },
        _ => ConnectError::Io { endpoint, source },
    }
}

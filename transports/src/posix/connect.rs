//! Connecting to a server's socket.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::SocketAddrUnix;

use super::address::{address, not_made};
use super::socket::Socket;
use super::sys;
use super::uds::Uds;
use crate::pauses::Pauses;
use crate::{ConnectError, Endpoint, Waiting};

/// A socket on its way to a server. Nothing here waits.
#[derive(Debug)]
pub(crate) struct Dialing {
    socket: Arc<Socket>,
    address: SocketAddrUnix,
    pauses: Pauses,
}

impl Dialing {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        let failed = |error: Errno| failure(error, endpoint);
        let fd = sys::socket()
            .map_err(|error| ConnectError::Io { endpoint: endpoint.clone(), source: not_made(error) })?;
        let address = address(endpoint.socket_path()).map_err(failed)?;
        Ok(Self { socket: Arc::new(Socket::new(fd)), address, pauses: Pauses::default() })
    }

    /// What an abort ends.
    pub(crate) fn connection(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Tries to connect. Where the backlog is full it gives the pause before the next try: the kernel tells nobody when
    /// there is room again, unless one blocks in connect, which an abort could not end.
    pub(crate) fn dial(&mut self, endpoint: &Endpoint) -> Result<Option<Duration>, ConnectError> {
        loop {
            if self.socket.is_aborted() {
                return Err(ConnectError::Aborted { endpoint: endpoint.clone() });
            }
            match sys::connect(&*self.socket, &self.address) {
                Ok(()) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN | Errno::INPROGRESS) => return Ok(Some(self.pauses.next())),
                Err(error) => return Err(failure(error, endpoint)),
            }
        }
    }

    /// The connection, once [`Dialing::dial`] has made it.
    pub(crate) fn connected(&self, endpoint: &Endpoint, waiting: Waiting) -> Result<Uds, ConnectError> {
        sys::ioctl_fionbio(&*self.socket, false).map_err(|error| failure(error, endpoint))?;
        Ok(Uds::new(Arc::clone(&self.socket), waiting))
    }
}

fn failure(error: Errno, endpoint: &Endpoint) -> ConnectError {
    let (endpoint, source) = (endpoint.clone(), io::Error::from(error));
    match error {
        Errno::NOENT | Errno::CONNREFUSED => ConnectError::NotFound { endpoint, source },
        _ => ConnectError::Io { endpoint, source },
    }
}

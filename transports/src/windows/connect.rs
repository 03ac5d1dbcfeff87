//! Connecting to a server's pipe.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_PIPE_BUSY};

use super::connection::Connection;
use super::failure::Failure;
use super::pipe::{Pipe, Side};
use super::sys::{code, open_pipe};
use crate::pauses::Pauses;
use crate::{ConnectError, Endpoint, Waiting};

/// A connection on its way to a server. Nothing here waits.
#[derive(Debug)]
pub(crate) struct Dialing {
    connection: Arc<Connection>,
    pauses: Pauses,
}

impl Dialing {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        let connection = Connection::vacant().map_err(|error| failure(error, endpoint))?;
        Ok(Self { connection: Arc::new(connection), pauses: Pauses::default() })
    }

    /// What an abort ends.
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Tries to connect. Where no instance of the pipe is free it gives the pause before the next try: Windows tells nobody
    /// when there is one, unless one blocks in `WaitNamedPipe`, which an abort could not end.
    pub(crate) fn dial(&mut self, endpoint: &Endpoint) -> Result<Option<Duration>, ConnectError> {
        if self.connection.is_aborted() {
            return Err(ConnectError::Aborted { endpoint: endpoint.clone() });
        }
        match open_pipe(endpoint.pipe_name()) {
            Ok(pipe) => {
                self.connection.fill(pipe);
                Ok(None)
            }
            Err(error) if code(&error) == ERROR_PIPE_BUSY => Ok(Some(self.pauses.next())),
            Err(error) => Err(failure(error, endpoint)),
        }
    }

    /// The connection, once [`Dialing::dial`] has made it.
    pub(crate) fn connected(&self, endpoint: &Endpoint, waiting: Waiting) -> Result<Pipe, ConnectError> {
        Pipe::new(Arc::clone(&self.connection), Side::Client, waiting)
            .map_err(|error| failure(error, endpoint))
    }
}

fn failure(error: io::Error, endpoint: &Endpoint) -> ConnectError {
    let endpoint = endpoint.clone();
    if code(&error) == ERROR_FILE_NOT_FOUND {
        return ConnectError::NotFound { endpoint, source: error };
    }
    match Failure::from(error) {
        // The server has closed the pipe again before its mode could be set.
        Failure::Closed | Failure::Cancelled => ConnectError::Closed { endpoint },
        Failure::Io(source) => ConnectError::Io { endpoint, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profiles;
    use crate::abort::Wake;
    use crate::packets::PacketError;
    use crate::windows::sys::{NewInstance, SecurityDescriptor};

    /// What a client is told that its server's pipe carries once this has happened.
    fn carried(service: &str, end: impl FnOnce(&Dialing)) -> Result<Profiles, PacketError> {
        let endpoint = Endpoint::new(format!("run-{}", std::process::id()), service).unwrap();
        let security = SecurityDescriptor::new().unwrap();
        let instance = NewInstance::first(endpoint.pipe_name(), 4_096, &security).create().unwrap();
        let mut dialing = Dialing::new(&endpoint).unwrap();
        assert!(dialing.dial(&endpoint).unwrap().is_none());
        end(&dialing);
        let carried = dialing.connected(&endpoint, Waiting::default()).unwrap().carried();
        drop(instance);
        carried
    }

    #[test]
    fn a_connection_that_has_ended_does_not_count_as_one_between_windows_sessions() {
        let aborted = carried("aborted", |dialing| dialing.connection().wake());
        assert!(matches!(aborted, Err(PacketError::Aborted)), "{aborted:?}");
        let closed = carried("closed", |dialing| dialing.connection().close());
        assert!(matches!(closed, Err(PacketError::Closed)), "{closed:?}");
        assert_eq!(carried("live", |_| ()).unwrap(), Profiles::CARRIED);
    }
}

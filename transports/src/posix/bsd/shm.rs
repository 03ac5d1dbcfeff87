//! Shared memory, which there is none of: the profile is never offered, and so never agreed.

use std::io;
use std::sync::Arc;

use crate::posix::Readiness;
use crate::posix::link::PosixLink;
use crate::posix::socket::Socket;
use crate::posix::uds::Uds;
use crate::{Agreed, ConnectError, ConnectOptions, CreateError, Deadline, Endpoint, Waiting};

/// A region, which nobody has.
#[derive(Debug)]
pub(crate) enum Region {}

/// Makes no region.
pub(crate) fn create(
    endpoint: &Endpoint,
    _session_id: u64,
    _request_limit: u32,
    _response_limit: u32,
) -> Result<Region, CreateError> {
    let path = endpoint.run_dir().to_owned();
    Err(CreateError::Io { path, step: "mmap", source: io::ErrorKind::Unsupported.into() })
}

/// Removes nothing: nobody has made a region here.
pub(crate) fn sweep(_endpoint: &Endpoint) {}

/// What a listener and its shared-memory sessions share.
#[derive(Debug, Default)]
pub(crate) struct Attendance;

impl Attendance {
    /// Somebody watches from now on.
    pub(crate) fn begin(&self) {}

    /// Nobody watches for now.
    pub(crate) fn pause(&self) {}

    /// Nobody watches any more.
    pub(crate) fn end(&self) {}

    /// Takes what was reported of a session's socket; none is watched.
    pub(crate) fn takes(&self, _data: u64) -> bool {
        false
    }
}

impl PosixLink {
    /// The client's end of the session that was agreed with a server.
    pub(crate) fn connected(
        uds: Uds,
        _endpoint: &Endpoint,
        _options: &ConnectOptions,
        agreed: &mut Agreed,
        _deadline: Deadline,
    ) -> Result<Self, ConnectError> {
        Ok(Self::new(uds, agreed, agreed.max_response_payload_bytes))
    }

    /// The server's end of a session, in the region that was made for it.
    pub(in crate::posix) fn in_region(
        region: Region,
        _socket: Arc<Socket>,
        _session_id: u64,
        _waiting: Waiting,
        _watched: (&Arc<Attendance>, &Readiness),
    ) -> Self {
        match region {}
    }
}

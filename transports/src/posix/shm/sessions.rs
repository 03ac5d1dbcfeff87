//! The sessions that get a region.

use std::sync::Arc;

use super::attendance::Attendance;
use super::link::{Side, attached};
use super::region::Region;
use crate::posix::Readiness;
use crate::posix::link::PosixLink;
use crate::posix::socket::Socket;
use crate::posix::uds::Uds;
use crate::shm::Shm;
use crate::{Agreed, ConnectError, ConnectOptions, Deadline, Endpoint, Profiles, Waiting};

impl PosixLink {
    /// The client's end of the session that was agreed with a server. Limits that its region has no room for become
    /// what it has room for.
    pub(crate) fn connected(
        uds: Uds,
        endpoint: &Endpoint,
        options: &ConnectOptions,
        agreed: &mut Agreed,
        _deadline: Deadline,
    ) -> Result<Self, ConnectError> {
        if agreed.profile != Profiles::SHM_HYBRID {
            return Ok(Self::new(uds, agreed, agreed.max_response_payload_bytes));
        }
        let link = attached(Arc::clone(uds.socket()), endpoint, agreed.session_id, options.waiting)?;
        link.cut(agreed);
        Ok(Self::Shm(link))
    }

    /// The server's end of a session, in the region that was made for it. Its socket is being watched, and stays so.
    pub(in crate::posix) fn in_region(
        region: Region,
        socket: Arc<Socket>,
        session_id: u64,
        waiting: Waiting,
        (attendance, readiness): (&Arc<Attendance>, &Readiness),
    ) -> Self {
        let seat = attendance.attend(session_id, &socket, readiness);
        Self::Shm(Shm::serve(Side::server(region, socket, seat), waiting))
    }
}

//! What a listener brings into a handshake.

use std::os::fd::BorrowedFd;

use crate::census::Census;
use crate::events;
use crate::handshake::server::Offer;
use crate::options::packet_size;
use crate::posix::credentials::peer_credentials;
use crate::posix::shm::{Region, create};
use crate::posix::uds::largest_packet;
use crate::{Agreed, Endpoint, ListenOptions, ResponseLimit};

/// What a handshake needs of the listener that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) options: &'a ListenOptions,
    pub(super) response_limit: &'a ResponseLimit,
    pub(super) census: &'a Census,
}

impl Terms<'_> {
    /// What is offered to the client of this connection.
    pub(super) fn offer(&self, fd: BorrowedFd<'_>, session_id: u64) -> Offer {
        let Self { options, response_limit, census, .. } = self;
        Offer {
            auth_token: options.auth_token,
            supported_profiles: options.supported_profiles,
            preferred_profiles: options.preferred_profiles,
            max_request_payload_bytes: options.max_request_payload_bytes,
            max_response_payload_bytes: response_limit.get(),
            packet_size: packet_size(options.packet_size, largest_packet(fd)),
            session_id,
            has_room: census.has_room(user(census, fd)),
        }
    }

    /// Makes the region of a session that was agreed. A failure is counted.
    pub(super) fn region(&self, agreed: &Agreed) -> Option<Region> {
        let Agreed { session_id, max_request_payload_bytes, max_response_payload_bytes, .. } = *agreed;
        create(self.endpoint, session_id, max_request_payload_bytes, max_response_payload_bytes)
            .inspect_err(|error| events::region_not_made(self.endpoint, session_id, error))
            .map_err(|error| self.census.fail_region(error))
            .ok()
    }
}

/// The user of a connection, where that has to be known.
pub(super) fn user(census: &Census, fd: BorrowedFd<'_>) -> Option<u32> {
    if census.limits_users() { peer_credentials(fd).ok().map(|peer| peer.uid) } else { None }
}

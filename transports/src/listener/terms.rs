//! What a listener brings into a handshake.

use crate::census::{Census, Room};
use crate::events;
use crate::handshake::server::{self, Offer, Verdict};
use crate::options::ListenOptions;
use crate::platform::{Region, User, create_region};
use crate::{Agreed, Endpoint, Profiles, ResponseLimit};

/// What a handshake needs of the listener that it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) options: &'a ListenOptions,
    pub(crate) response_limit: &'a ResponseLimit,
    pub(crate) census: &'a Census,
    /// Whether this client may be kept waiting for a place that is about to be given up.
    pub(crate) may_wait: bool,
}

impl Terms<'_> {
    /// What to make of a client's first packet, and the region of its session, which exists before the ack goes out.
    /// `packet_size` and `carried` are what this connection allows, and `user` tells whose it is. Rejections are counted
    /// before the client can know of them.
    pub(crate) fn judge(
        &self,
        (header, payload): (&[u8], &[u8]),
        session_id: u64,
        (packet_size, carried): (u32, Profiles),
        user: impl Fn() -> Option<User>,
    ) -> (Verdict, Option<Region>) {
        let mut offer = self.offer(session_id, packet_size, user);
        offer.supported_profiles = offer.supported_profiles.intersection(carried);
        loop {
            match server::judge(header, payload, &offer) {
                Verdict::Accept(ack, agreed) if agreed.profile != Profiles::BASELINE => {
                    if let Some(region) = self.region(&agreed) {
                        return (Verdict::Accept(ack, agreed), Some(region));
                    }
                    // The profile is left out for this session.
                    offer.supported_profiles = offer.supported_profiles.without(agreed.profile);
                }
                verdict => {
                    if let Verdict::Reject(ack) = &verdict {
                        self.census.refuse();
                        events::handshake_rejected(self.endpoint, session_id, &ack.header);
                    }
                    return (verdict, None);
                }
            }
        }
    }

    /// Whether a client that waits for room has to wait longer.
    pub(crate) fn keeps_waiting(&self, user: impl FnOnce() -> Option<User>) -> bool {
        self.may_wait && !self.census.has_room(user)
    }

    /// What is offered to the client of this connection.
    fn offer(&self, session_id: u64, packet_size: u32, user: impl Fn() -> Option<User>) -> Offer {
        let Self { options, response_limit, census, may_wait, .. } = self;
        let room = match census.room(user) {
            Room::Soon if !may_wait => Room::Taken,
            room => room,
        };
        Offer {
            auth_token: options.auth_token,
            supported_profiles: options.supported_profiles,
            preferred_profiles: options.preferred_profiles,
            max_request_payload_bytes: options.max_request_payload_bytes,
            max_response_payload_bytes: response_limit.get(),
            packet_size,
            session_id,
            room,
        }
    }

    /// Makes the region of a session that was agreed. A failure is counted.
    fn region(&self, agreed: &Agreed) -> Option<Region> {
        create_region(self.endpoint, self.options, agreed)
            .inspect_err(|error| events::region_not_made(self.endpoint, agreed.session_id, error))
            .map_err(|error| self.census.fail_region(error))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConnectOptions;
    use crate::handshake::client;

    /// The profile that a client gets which has all of them, over a connection that carries these, and whether there is a
    /// region for it.
    fn agreed(carried: Profiles) -> (Profiles, bool) {
        let directory = tempfile::tempdir().unwrap();
        let supported_profiles = Profiles::CARRIED;
        let hello = client::hello(
            &ConnectOptions { supported_profiles, ..ConnectOptions::default() }
                .resolved(4_096, Profiles::CARRIED),
        );
        let options = ListenOptions { supported_profiles, ..ListenOptions::default() }.resolved();
        let terms = Terms {
            endpoint: &Endpoint::new(directory.path(), "web").unwrap(),
            options: &options,
            response_limit: &ResponseLimit::new(options.max_response_payload_bytes),
            census: &Census::new(1, 0),
            may_wait: true,
        };
        let (verdict, region) = terms.judge((&hello.header, &hello.payload), 1, (4_096, carried), || None);
        let Verdict::Accept(_, agreed) = verdict else { panic!("{verdict:?}") };
        (agreed.profile, region.is_some())
    }

    #[test]
    fn what_a_connection_does_not_carry_is_left_out_of_what_its_client_is_offered() {
        assert_eq!(agreed(Profiles::BASELINE), (Profiles::BASELINE, false));
        let all = agreed(Profiles::CARRIED);
        assert_eq!(all, (Profiles::CARRIED.highest(), Profiles::CARRIED != Profiles::BASELINE));
    }
}

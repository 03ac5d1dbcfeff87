//! A provider that speaks packets and obeys nothing, over whatever sessions go here.

#[cfg(any(target_os = "linux", windows))]
use std::sync::atomic::Ordering;
#[cfg(any(target_os = "linux", windows))]
use std::thread;

use netipc::transport::MessageHeader;
use netipc::transport::envelope::{Hello, HelloAck};
use netipc::{Endpoint, Status};
use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet};
#[cfg(any(target_os = "linux", windows))]
use netipc_tests::support::region::{Layout, Region, Way};

use crate::common::{Place, profile};

pub(super) struct BareProvider {
    listener: RawListener,
    #[cfg_attr(
        not(any(target_os = "linux", windows)),
        allow(dead_code, reason = "there is no shared memory")
    )]
    endpoint: Endpoint,
    sessions: u64,
}

impl BareProvider {
    pub(super) fn new(place: &Place) -> Self {
        let endpoint = place.endpoint();
        Self { listener: RawListener::at(&endpoint), endpoint, sessions: 0 }
    }

    /// The next client, which has said HELLO and waits.
    pub(super) fn greeted(&self) -> (Raw, Hello) {
        let peer = self.listener.accept();
        let hello = Hello::decode(&peer.receive()[MessageHeader::LEN..]).expect("a HELLO");
        (peer, hello)
    }

    /// The next client's session, in which requests have up to 1,024 bytes and as many items as it likes.
    pub(super) fn accept(&mut self) -> BareSession {
        let (peer, hello) = self.greeted();
        self.sessions += 1;
        #[cfg(any(target_os = "linux", windows))]
        let region = crate::common::is_over_shared_memory()
            .then(|| Region::create(&self.endpoint, profile(), self.sessions, &Layout::default()));
        let answer = HelloAck {
            server_supported_profiles: profile(),
            intersection_profiles: profile(),
            selected_profile: profile(),
            agreed_max_request_batch_items: hello.max_request_batch_items,
            agreed_max_response_batch_items: hello.max_request_batch_items,
            session_id: self.sessions,
            ..ack()
        };
        peer.send(&ack_packet(Status::Ok, &answer));
        BareSession {
            peer,
            #[cfg(any(target_os = "linux", windows))]
            region,
        }
    }
}

/// A session of one request and one response.
pub(super) struct BareSession {
    peer: Raw,
    #[cfg(any(target_os = "linux", windows))]
    region: Option<Region>,
}

impl BareSession {
    /// The header of the request.
    pub(super) fn receive(&self) -> MessageHeader {
        #[cfg(any(target_os = "linux", windows))]
        if let Some(region) = &self.region {
            while region.sequence(Way::Request).load(Ordering::Acquire) == 0 {
                thread::yield_now();
            }
            return region.message(Way::Request).0;
        }
        self.peer.receive_message().0
    }

    pub(super) fn send(&self, packet: &[u8]) {
        #[cfg(any(target_os = "linux", windows))]
        if let Some(region) = &self.region {
            return region.publish(Way::Response, packet);
        }
        self.peer.send(packet);
    }

    pub(super) fn wait_until_the_client_closes(&self) {
        assert!(self.peer.is_closed_by_peer());
    }
}

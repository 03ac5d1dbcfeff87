//! What only a region on Linux has: words that count messages for those who wait, and a socket beside it.

use std::sync::atomic::Ordering;

use netipc_tests::support::raw::Raw;
use netipc_tests::support::region::{Layout, Region, Way};
use netipc_tests::support::watched;
use netipc_transport::{Profiles, ReceiveError, Status};

use crate::sides::{client_of, server};

/// Whether a server has told its client that it ends the session.
pub(crate) fn has_said_goodbye(client: &Raw, _region: &Region) -> bool {
    client.is_closed_by_peer()
}

#[test]
fn every_message_counts_its_signal_up_and_round() {
    watched(|| {
        let mut client = client_of(Profiles::SHM_HYBRID, &Layout::default(), |region| {
            region.signal(Way::Request).store(u32::MAX, Ordering::SeqCst);
        });
        for signalled in [0, 1] {
            let answered = client.request().response(Status::Ok, 1);
            assert_eq!(client.region.signal(Way::Request).load(Ordering::SeqCst), signalled);
            client.respond(&answered, b"a");
            assert_eq!(client.receive().unwrap(), b"a");
        }
    });
}

#[test]
fn an_empty_packet_on_the_socket_counts_as_the_end() {
    watched(|| {
        let mut server = server(Profiles::SHM_HYBRID);
        server.client.send(b"");
        assert!(matches!(server.receive(), Err(ReceiveError::Closed)));
    });
}

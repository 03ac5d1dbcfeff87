//! What stands in the header of a region, and what becomes of it.

use std::sync::atomic::Ordering;

use netipc_tests::support::raw::packet;
use netipc_tests::support::region::{CONSTANTS, HEADER_LEN, Layout, Way};
use netipc_tests::support::soon;
use netipc_transport::{Limit, SendError, Status};

use crate::sides::{client_of, in_each_profile, request, server};

#[test]
fn what_becomes_of_the_header_after_attaching_does_not_matter() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        let (requests, responses) = (server.region.area(Way::Request), server.region.area(Way::Response));
        for at in (0..CONSTANTS).step_by(4) {
            server.region.word(at).store(u32::MAX, Ordering::SeqCst);
        }
        server.region.put(requests, &packet(&request(1), b"a"));
        server.region.length(Way::Request).store(33, Ordering::SeqCst);
        server.region.sequence(Way::Request).store(1, Ordering::SeqCst);
        assert_eq!(server.receive().unwrap(), b"a");
        server.session.respond(request(1), b"b", soon()).unwrap();
        assert_eq!(server.region.get(responses + 32, 1), b"b");
    });
}

#[test]
fn a_client_takes_offsets_and_capacities_from_the_header() {
    in_each_profile(|profile| {
        // Words of the server's own before, between and behind the areas.
        let layout = Layout {
            request_offset: HEADER_LEN + 64,
            response_offset: 4_096,
            response_capacity: 4_096,
            len: 1 << 16,
            ..Layout::default()
        };
        let requests = HEADER_LEN as usize + 64;
        let private = [HEADER_LEN as usize..requests, requests + 1_088..4_096, 8_192..1 << 16];
        let mut client = client_of(profile, &layout, |region| {
            for part in private.clone() {
                region.put(part.start, &vec![0xaa; part.len()]);
            }
        });
        let answered = client.request().response(Status::Ok, 3);
        client.respond(&answered, b"abc");
        assert_eq!(client.receive().unwrap(), b"abc");
        for part in private {
            assert_eq!(client.region.get(part.start, part.len()), vec![0xaa; part.len()]);
        }
    });
}

#[test]
fn a_client_starts_from_the_values_that_it_finds() {
    in_each_profile(|profile| {
        for start in [5, u64::MAX] {
            let mut client = client_of(profile, &Layout::default(), |region| {
                region.sequence(Way::Request).store(start, Ordering::SeqCst);
                region.sequence(Way::Response).store(start, Ordering::SeqCst);
            });
            for _ in 0..2 {
                let answered = client.request().response(Status::Ok, 1);
                client.respond(&answered, b"a");
                assert_eq!(client.receive().unwrap(), b"a");
            }
            assert_eq!(client.region.sequence(Way::Request).load(Ordering::SeqCst), start.wrapping_add(2));
        }
    });
}

#[test]
fn an_area_that_is_smaller_than_agreed_is_the_limit() {
    in_each_profile(|profile| {
        let layout = Layout { request_capacity: 128, response_capacity: 64, ..Layout::default() };
        let mut client = client_of(profile, &layout, |_| ());
        assert_eq!(client.session.agreed().max_request_payload_bytes, 96);
        assert_eq!(client.session.agreed().max_response_payload_bytes, 32);
        let found = client.session.send(3, 1, &[0; 97], soon());
        assert!(matches!(found, Err(SendError::OverLimit(Limit::Payload { bytes: 97, limit: 96 }))));
        client.session.send(3, 1, &[0; 96], soon()).unwrap();
    });
}

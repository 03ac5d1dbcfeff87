//! Messages that the contract forbids, and the ones next to them that it does not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use netipc_tests::support::raw::packet;
use netipc_tests::support::region::{Layout, Way};
use netipc_tests::support::soon;
use netipc_transport::{Limit, MessageHeader, ReceiveError, SendError, Status, Violation};

use crate::platform::has_said_goodbye;
use crate::sides::{client, client_of, in_each_profile, request, server};

#[test]
fn a_raw_client_is_served() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.publish(&request(2), b"ab");
        assert_eq!(server.receive().unwrap(), b"ab");
        server.session.respond(request(2), b"ba", soon()).unwrap();
        let (header, payload) = server.region.message(Way::Response);
        assert_eq!((header.message_id, &payload[..]), (9, &b"ba"[..]));
        assert_eq!(server.region.sequence(Way::Response).load(Ordering::Acquire), 1);
        assert_eq!(server.region.length(Way::Response).load(Ordering::Acquire), 34);
    });
}

#[test]
fn a_published_length_outside_of_header_and_area_is_a_violation() {
    in_each_profile(|profile| {
        for len in [0, 31, 193, i32::MAX.cast_unsigned(), i32::MIN.cast_unsigned(), u32::MAX] {
            let mut server = server(profile);
            server.region.store_as(Way::Request, &packet(&request(0), &[]), len);
            assert_eq!(server.violation(), Violation::PublishedLength { len, capacity: 192 });
            assert!(server.session.is_ended());
        }
        let mut client = client(profile);
        client.request();
        client.region.store_as(Way::Response, &[], 65_601);
        assert_eq!(client.violation(), Violation::PublishedLength { len: 65_601, capacity: 65_600 });
    });
}

#[test]
fn a_payload_length_that_is_not_the_published_one_is_a_violation() {
    in_each_profile(|profile| {
        for (announced, published) in [(3, 2), (1, 2), (0, 2), (2, 0)] {
            let mut server = server(profile);
            server.region.store_as(Way::Request, &packet(&request(announced), &[1, 2]), 32 + published);
            let received = published as usize;
            assert_eq!(server.violation(), Violation::PayloadLength { announced, received });
        }
    });
}

#[test]
fn a_sequence_that_is_neither_the_last_nor_the_next_is_a_violation() {
    in_each_profile(|profile| {
        for found in [2, 1_000, u64::MAX] {
            let mut server = server(profile);
            server.region.sequence(Way::Request).store(found, Ordering::SeqCst);
            assert_eq!(server.violation(), Violation::Sequence { expected: 1, found });
        }
        // Backwards, too.
        let mut client = client_of(profile, &Layout::default(), |region| {
            region.sequence(Way::Response).store(5, Ordering::SeqCst);
        });
        client.request();
        client.region.sequence(Way::Response).store(4, Ordering::SeqCst);
        assert_eq!(client.violation(), Violation::Sequence { expected: 6, found: 4 });
    });
}

#[test]
fn a_malformed_header_is_a_violation() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.region.store(Way::Request, &[0; 40]);
        assert!(matches!(server.violation(), Violation::Envelope(_)));
    });
}

#[test]
fn a_message_that_goes_the_wrong_way_is_a_violation() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.publish(&request(0).response(Status::Ok, 0), &[]);
        assert!(matches!(server.violation(), Violation::Direction { .. }));
        let mut client = client(profile);
        let header = client.request();
        client.respond(&header, b"request");
        assert!(matches!(client.violation(), Violation::Direction { .. }));
    });
}

#[test]
fn a_response_to_nothing_in_flight_is_a_violation() {
    in_each_profile(|profile| {
        let mut client = client(profile);
        let header = client.request();
        client.respond(&MessageHeader { message_id: 10, ..header.response(Status::Ok, 1) }, b"a");
        assert_eq!(client.violation(), Violation::UnknownMessageId(10));
    });
}

#[test]
fn a_request_over_the_limit_is_answered_and_ends_the_session() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.publish(&request(101), &[7; 101]);
        let header = match server.receive() {
            Err(ReceiveError::Overflow { header, limit: Limit::Payload { bytes: 101, limit: 100 } }) => {
                header
            }
            other => panic!("{other:?}"),
        };
        server.session.refuse(header, Status::LimitExceeded, soon()).unwrap();
        // The answer is still there when the server has gone.
        assert!(has_said_goodbye(&server.client, &server.region));
        let (header, payload) = server.region.message(Way::Response);
        assert_eq!((header.transport_status, header.message_id), (Status::LimitExceeded, 9));
        assert!(payload.is_empty());
    });
}

#[test]
fn a_packet_beside_the_region_is_a_violation() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        server.client.send(b"h");
        assert_eq!(server.violation(), Violation::UnexpectedPacket);
        let mut client = client(profile);
        client.request();
        client.server.send(b"hello");
        assert_eq!(client.violation(), Violation::UnexpectedPacket);
    });
}

#[test]
fn a_request_that_changes_while_it_is_received_is_taken_as_one_of_its_kinds_or_ends_the_session() {
    in_each_profile(|profile| {
        let mut server = server(profile);
        let (one, other) = (packet(&request(8), &[1; 8]), packet(&request(96), &[2; 96]));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let (region, over) = (&server.region, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    for message in [&one, &other] {
                        region.put(region.area(Way::Request), message);
                        let len = u32::try_from(message.len()).unwrap();
                        region.length(Way::Request).store(len, Ordering::SeqCst);
                    }
                }
            });
            for number in 1..=1_000_u64 {
                region.sequence(Way::Request).store(number, Ordering::SeqCst);
                match server.session.receive(soon()) {
                    Ok(message) => {
                        assert_eq!(message.payload.len(), message.header.payload_len as usize);
                        assert!(message.payload.iter().all(|byte| *byte <= 2));
                    }
                    Err(ReceiveError::Violation { .. }) => break,
                    Err(error) => panic!("{error}"),
                }
            }
            over.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn a_client_sends_the_next_request_when_the_last_one_was_answered() {
    in_each_profile(|profile| {
        let mut client = client(profile);
        let answered = client.request().response(Status::Ok, 1);
        let found = client.session.send(3, 10, b"another", soon());
        assert!(matches!(found, Err(SendError::OutOfTurn)), "{found:?}");
        assert_eq!(client.session.in_flight_ids().collect::<Vec<_>>(), [9]);
        assert_eq!(client.region.message(Way::Request).0.message_id, 9);
        client.respond(&answered, b"a");
        assert_eq!(client.receive().unwrap(), b"a");
        client.session.send(3, 10, b"another", soon()).unwrap();
    });
}

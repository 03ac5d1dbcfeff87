//! What deployed peers do and the contract does not say, packet by packet: `docs/contract/deployed-peers.md`.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::thread;

#[cfg(unix)]
use netipc_tests::support::raw::socket;
use netipc_tests::support::raw::{Raw, RawListener, ack, ack_packet, chunk, hello, hello_packet, packet};
use netipc_tests::support::{Place, accept, counting, soon, watched};
use netipc_transport::envelope::{ChunkHeader, Hello, HelloAck};
use netipc_transport::{
    BatchBuilder, ClientSession, ConnectError, ConnectOptions, ListenOptions, Listener, MessageHeader,
    Profiles, ReceiveError, SendError, ServerSession, Status,
};

/// A client of other make, and our server's end.
struct Server {
    client: Raw,
    agreed: HelloAck,
    session: ServerSession,
    _listener: Listener,
    _place: Place,
}

fn server_of(hello: &Hello) -> Server {
    let place = Place::new();
    let mut listener = place.listen_with(&ListenOptions::default());
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(hello));
    let session = accept(&mut listener);
    let (status, agreed) = client.receive_ack();
    assert_eq!(status, Status::Ok);
    Server { client, agreed, session, _listener: listener, _place: place }
}

/// A server of other make that answers HELLO with this packet, and our client's end.
fn client_of(ack: &[u8], options: &ConnectOptions) -> (Raw, Result<ClientSession, ConnectError>, Place) {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            server.send(ack);
            server
        });
        let session = place.connect_with(options);
        (server.join().unwrap(), session, place)
    })
}

fn client() -> (Raw, ClientSession, Place) {
    let (server, session, place) = client_of(&ack_packet(Status::Ok, &ack()), &ConnectOptions::default());
    (server, session.unwrap(), place)
}

#[cfg(unix)]
#[test]
fn a_packet_size_that_the_kernel_refuses_is_repaired_for_both_directions() {
    watched(|| {
        let read = {
            let socket = socket(rustix::net::SocketType::SEQPACKET);
            u32::try_from(rustix::net::sockopt::socket_send_buffer_size(&socket).unwrap()).unwrap()
        };
        let hello = Hello { packet_size: read, max_request_payload_bytes: 1 << 20, ..hello() };
        let Server { client, agreed, mut session, .. } = server_of(&hello);
        assert_eq!(agreed.agreed_packet_size, read - 32);
        // The largest packet that was agreed, each way.
        let payload = counting(agreed.agreed_packet_size as usize - 32);
        let header = MessageHeader::request(3, 1, u32::try_from(payload.len()).unwrap());
        client.send(&packet(&header, &payload));
        assert!(session.receive(soon()).unwrap().payload == payload);
        session.respond(header, &payload[..60_000], soon()).unwrap();
        assert!(client.receive_message().1 == payload[..60_000]);
    });
}

#[test]
fn a_server_that_proposes_no_smaller_packets_than_ours_gets_ours() {
    watched(|| {
        let options = ConnectOptions { max_request_payload_bytes: 1 << 20, ..ConnectOptions::default() };
        // It takes the minimum, which is what we have proposed.
        let place = Place::new();
        let listener = RawListener::at(&place.endpoint);
        thread::scope(|scope| {
            let server = scope.spawn(|| {
                let server = listener.accept();
                let hello = Hello::decode(&server.receive()[32..]).unwrap();
                let ack = HelloAck {
                    agreed_packet_size: hello.packet_size.min(212_992),
                    agreed_max_request_payload_bytes: 1 << 20,
                    ..ack()
                };
                server.send(&ack_packet(Status::Ok, &ack));
                (server.receive(), hello.packet_size)
            });
            let mut session = place.connect_with(&options).unwrap();
            let payload = counting(session.agreed().packet_size as usize - 32);
            session.send(3, 1, &payload, soon()).unwrap();
            let (received, packet_size) = server.join().unwrap();
            assert_eq!(received.len(), packet_size as usize);
        });
    });
}

#[test]
fn what_lies_in_the_padding_of_an_ack_does_not_matter() {
    watched(|| {
        let mut packet = ack_packet(Status::Ok, &ack());
        packet[32 + 36..32 + 40].fill(0xaa);
        let (_server, session, _place) = client_of(&packet, &ConnectOptions::default());
        session.unwrap();
    });
}

#[test]
fn a_server_that_ignores_the_hint_is_held_to_our_ceiling() {
    watched(|| {
        let ack = HelloAck { agreed_max_response_payload_bytes: u32::MAX, ..ack() };
        let options = ConnectOptions { max_response_payload_bytes: 2_000, ..ConnectOptions::default() };
        let (server, session, _place) = client_of(&ack_packet(Status::Ok, &ack), &options);
        let mut session = session.unwrap();
        session.send(3, 1, &[], soon()).unwrap();
        let response = |len: usize| {
            let header = MessageHeader::request(3, 1, u32::try_from(len).unwrap());
            packet(&header.response(Status::Ok, header.payload_len), &vec![7; len])
        };
        server.send(&response(2_000));
        assert_eq!(session.receive(soon()).unwrap().payload.len(), 2_000);
        session.send(3, 1, &[], soon()).unwrap();
        server.send(&response(2_001));
        assert!(matches!(session.receive(soon()), Err(ReceiveError::Overflow { .. })));
    });
}

#[test]
fn clients_that_propose_many_items_and_never_batch_are_served() {
    watched(|| {
        for items in [16, 1_000, u32::MAX] {
            let proposed =
                Hello { max_request_batch_items: items, max_response_batch_items: items, ..hello() };
            let Server { client, agreed, mut session, .. } = server_of(&proposed);
            assert_eq!(agreed.agreed_max_request_batch_items, items);
            client.send(&packet(&MessageHeader::request(3, 1, 1), b"a"));
            let header = session.receive(soon()).unwrap().header;
            session.respond(header, b"b", soon()).unwrap();
            assert_eq!(client.receive_message().1, b"b");
        }
    });
}

#[test]
fn a_proposal_of_1024_for_requests_and_65536_for_responses_is_accepted() {
    watched(|| {
        let typed = Hello {
            max_request_payload_bytes: 1_024,
            max_response_payload_bytes: 65_536,
            packet_size: 212_992,
            ..hello()
        };
        let Server { agreed, .. } = server_of(&typed);
        assert_eq!(agreed.agreed_max_request_payload_bytes, 1_024);
        assert_eq!(agreed.agreed_max_response_payload_bytes, 65_536);
    });
}

#[test]
fn a_batch_of_one_is_answered_in_kind() {
    watched(|| {
        let Server { client, mut session, .. } = server_of(&hello());
        let payload = [&0u32.to_ne_bytes()[..], &3u32.to_ne_bytes(), b"one"].concat();
        client.send(&packet(&MessageHeader::request(3, 1, 11).with_batch(1), &payload));
        let request = session.receive(soon()).unwrap();
        let header = request.header;
        let items: Vec<_> = request.items().unwrap().iter().map(<[u8]>::to_vec).collect();
        assert_eq!(items, [b"one"]);
        let mut answer = BatchBuilder::new();
        answer.start(1, 1_000).unwrap();
        answer.push(b"two").unwrap();
        session.respond_batch(header, &answer.finish().unwrap(), soon()).unwrap();
        let (response, payload) = client.receive_message();
        assert_eq!((response.is_batch(), response.item_count), (true, 1));
        assert_eq!(&payload[8..11], b"two");
    });
}

#[test]
fn a_client_that_vanishes_in_a_tenth_of_a_second_is_no_error() {
    watched(|| {
        let Server { client, mut session, _listener: mut listener, _place: place, .. } = server_of(&hello());
        client.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        drop(client);
        let header = session.receive(soon()).unwrap().header;
        let answered = session.respond(header, b"late", soon());
        assert!(matches!(answered, Err(SendError::Disconnected)), "{answered:?}");
        drop(session);
        let next = Raw::connect(&place.endpoint);
        next.send(&hello_packet(&hello()));
        accept(&mut listener);
    });
}

#[test]
fn error_replies_to_a_batch_are_accepted_with_and_without_flag_and_count() {
    watched(|| {
        let single = MessageHeader::request(3, 1, 0).response(Status::BadEnvelope, 0);
        for reply in [single, single.with_batch(2)] {
            let options = ConnectOptions { max_request_batch_items: 2, ..ConnectOptions::default() };
            let ack = HelloAck { agreed_max_request_batch_items: 2, ..ack() };
            let (server, session, _place) = client_of(&ack_packet(Status::Ok, &ack), &options);
            let mut session = session.unwrap();
            let mut batch = BatchBuilder::new();
            batch.start(2, 1_000).unwrap();
            batch.push(b"a").unwrap();
            batch.push(b"b").unwrap();
            session.send_batch(3, 1, &batch.finish().unwrap(), soon()).unwrap();
            server.send(&packet(&reply, &[]));
            let response = session.receive(soon()).unwrap();
            assert_eq!(response.header.transport_status, Status::BadEnvelope);
            assert!(response.items().is_none());
        }
    });
}

#[test]
fn a_server_that_goes_on_after_an_error_reply_is_asked_again() {
    watched(|| {
        for status in [Status::BadEnvelope, Status::InternalError] {
            let (server, mut session, _place) = client();
            session.send(3, 1, b"odd", soon()).unwrap();
            server.send(&packet(&MessageHeader::request(3, 1, 0).response(status, 0), &[]));
            assert_eq!(session.receive(soon()).unwrap().header.transport_status, status);
            session.send(3, 2, b"even", soon()).unwrap();
            server.send(&packet(&MessageHeader::request(3, 2, 0).response(Status::Ok, 2), b"ok"));
            assert_eq!(session.receive(soon()).unwrap().payload, b"ok");
        }
    });
}

#[test]
fn a_server_that_closes_after_an_error_reply_has_said_why() {
    watched(|| {
        for status in [Status::BadEnvelope, Status::InternalError, Status::LimitExceeded] {
            let (server, mut session, _place) = client();
            session.send(3, 1, b"odd", soon()).unwrap();
            server.receive();
            server.send(&packet(&MessageHeader::request(3, 1, 0).response(status, 0), &[]));
            drop(server);
            assert_eq!(session.receive(soon()).unwrap().header.transport_status, status);
            assert!(matches!(session.receive(soon()), Err(ReceiveError::Closed)));
        }
    });
}

#[test]
fn a_server_that_closes_without_a_word_is_a_failure_of_the_transport() {
    watched(|| {
        // It has read the request, or has not.
        for reads in [true, false] {
            let (server, mut session, _place) = client();
            session.send(3, 1, b"too large for it", soon()).unwrap();
            if reads {
                server.receive();
            }
            drop(server);
            let found = session.receive(soon()).map(drop);
            assert!(matches!(found, Err(ReceiveError::Closed | ReceiveError::Broken { .. })), "{found:?}");
            assert_eq!(session.in_flight_ids().collect::<Vec<_>>(), [1]);
        }
    });
}

#[test]
fn a_server_at_capacity_that_says_ok_and_hangs_up_ends_the_session() {
    watched(|| {
        let (server, mut session, _place) = client();
        drop(server);
        // What goes out to nobody is an error now or at the receive, and no wait.
        let _ = session.send(3, 1, b"anybody?", soon());
        let found = session.receive(soon()).map(drop);
        assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        assert!(session.is_ended());
    });
}

#[test]
fn a_client_that_checks_no_limit_is_answered_before_it_has_sent_all() {
    watched(|| {
        let proposed = Hello { max_request_payload_bytes: 100, packet_size: 72, ..hello() };
        let Server { client, mut session, .. } = server_of(&proposed);
        let header = MessageHeader::request(3, 1, 101);
        client.send(&packet(&header, &[0; 40]));
        let error = session.receive(soon()).unwrap_err();
        assert!(matches!(error, ReceiveError::Overflow { .. }));
        thread::scope(|scope| {
            scope.spawn(|| session.refuse(header, Status::LimitExceeded, soon()).unwrap());
            let rest = ChunkHeader {
                message_id: 1,
                total_message_len: 133,
                chunk_index: 1,
                chunk_count: 3,
                chunk_payload_len: 40,
            };
            client.send(&chunk(&rest, &[0; 40]));
            assert_eq!(client.receive_message().0, header.response(Status::LimitExceeded, 0));
            assert_eq!(client.receive(), []);
            drop(client);
        });
    });
}

#[test]
fn a_hello_of_ours_has_zeros_where_nothing_is_said() {
    watched(|| {
        let place = Place::new();
        let listener = RawListener::at(&place.endpoint);
        thread::scope(|scope| {
            let server = scope.spawn(|| {
                let server = listener.accept();
                let hello = server.receive();
                server.send(&ack_packet(Status::Ok, &ack()));
                hello
            });
            place.connect_with(&ConnectOptions::default()).unwrap();
            let hello = server.join().unwrap();
            // flags and message_id of the header; flags and padding of the payload.
            assert_eq!((&hello[10..12], &hello[24..32]), (&[0; 2][..], &[0; 8][..]));
            assert_eq!((&hello[34..36], &hello[60..64]), (&[0; 2][..], &[0; 4][..]));
            assert_eq!(Hello::decode(&hello[32..]).unwrap().supported_profiles, Profiles::BASELINE);
        });
    });
}

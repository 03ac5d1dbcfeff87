//! Peers that break the contract, or just break off, over real sockets. `docs/contract/transport.md`, "Failure".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::thread;

use netipc_tests::support::raw::{self, Raw, RawListener, ack, chunk, chunked_request, hello, packet};
use netipc_tests::support::{Place, RawPair, counting, raw_pair, soon, watched};
use netipc_transport::envelope::{ChunkHeader, Hello};
use netipc_transport::{
    ClientSession, ConnectOptions, Limit, Listener, MessageHeader, ReceiveError, SendError, ServerSession,
    Status, Violation,
};

/// A raw client with a real server's session; packets have room for 40 bytes of payload, requests for 100.
struct Server {
    client: Raw,
    session: ServerSession,
    _listener: Listener,
    _place: Place,
}

fn server() -> Server {
    let hello =
        Hello { packet_size: 72, max_request_payload_bytes: 100, max_request_batch_items: 4, ..hello() };
    let RawPair { place, listener, client, server } = raw_pair(&hello);
    client.receive_ack();
    Server { client, session: server, _listener: listener, _place: place }
}

impl Server {
    fn receive(&mut self) -> Result<Vec<u8>, ReceiveError> {
        self.session.receive(soon()).map(|message| message.payload.to_vec())
    }

    fn violation(&mut self) -> Violation {
        match self.receive() {
            Err(ReceiveError::Violation { violation, .. }) => violation,
            other => panic!("{other:?}"),
        }
    }
}

/// A raw server with a real client's session.
struct Client {
    server: Raw,
    session: ClientSession,
    _place: Place,
}

fn client() -> Client {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            let server = listener.accept();
            server.receive();
            server.send(&raw::ack_packet(Status::Ok, &ack()));
            server
        });
        let session = place.connect_with(&ConnectOptions::default()).unwrap();
        Client { server: server.join().unwrap(), session, _place: place }
    })
}

#[test]
fn a_short_first_packet_is_accepted() {
    watched(|| {
        for first in [0, 1, 39] {
            let mut server = server();
            let payload = counting(100);
            server.client.send(&packet(&MessageHeader::request(3, 9, 100), &payload[..first]));
            let parts: Vec<_> = payload[first..].chunks(40).collect();
            for (index, part) in (1..).zip(&parts) {
                let header = ChunkHeader {
                    message_id: 9,
                    total_message_len: 132,
                    chunk_index: index,
                    chunk_count: 1 + u32::try_from(parts.len()).unwrap(),
                    chunk_payload_len: u32::try_from(part.len()).unwrap(),
                };
                server.client.send(&chunk(&header, part));
            }
            assert_eq!(server.receive().unwrap(), payload, "{first} bytes first");
        }
    });
}

#[test]
fn every_corrupt_field_of_a_chunk_ends_the_session() {
    watched(|| {
        let (first, [good, _]) = chunked_request();
        let corrupt = [
            ChunkHeader { message_id: 8, ..good },
            ChunkHeader { total_message_len: 131, ..good },
            ChunkHeader { total_message_len: 0, ..good },
            ChunkHeader { chunk_index: 0, ..good },
            ChunkHeader { chunk_index: 2, ..good },
            ChunkHeader { chunk_count: 2, ..good },
            ChunkHeader { chunk_count: u32::MAX, ..good },
            ChunkHeader { chunk_payload_len: 39, ..good },
            ChunkHeader { chunk_payload_len: 0, ..good },
        ];
        for header in corrupt {
            let mut server = server();
            server.client.send(&packet(&first, &[0; 40]));
            server.client.send(&chunk(&header, &[0; 40]));
            assert!(matches!(server.violation(), Violation::Chunk { .. }), "{header}");
            assert!(server.session.is_ended());
            assert!(server.client.is_closed_by_peer());
        }
    });
}

#[test]
fn every_corrupt_constant_of_a_chunk_ends_the_session() {
    watched(|| {
        let (first, [good, _]) = chunked_request();
        for at in [0, 4, 6] {
            let mut server = server();
            server.client.send(&packet(&first, &[0; 40]));
            let mut bytes = chunk(&good, &[0; 40]);
            bytes[at] = 9;
            server.client.send(&bytes);
            assert!(matches!(server.violation(), Violation::Envelope(_)), "byte {at}");
        }
    });
}

#[test]
fn packets_of_another_length_than_agreed_end_the_session() {
    watched(|| {
        let (first, [good, last]) = chunked_request();
        let sequences = [
            vec![packet(&MessageHeader::request(3, 9, 41), &[0; 41])],
            vec![packet(&first, &[0; 40]), chunk(&ChunkHeader { chunk_payload_len: 41, ..good }, &[0; 41])],
            vec![packet(&first, &[0; 40]), chunk(&good, &[0; 40]), chunk(&last, &[0; 21])],
            vec![packet(&first, &[0; 40]), chunk(&good, &[0; 40]), chunk(&last, &[0; 19])],
            vec![packet(&first, &[0; 40]), vec![0; 5]],
            vec![packet(&MessageHeader::request(3, 9, 10), &[0; 11])],
            vec![vec![0; 31]],
        ];
        for packets in sequences {
            let mut server = server();
            for packet in &packets {
                server.client.send(packet);
            }
            server.violation();
            assert!(server.client.is_closed_by_peer());
        }
    });
}

#[test]
fn messages_that_travel_the_wrong_way_end_the_session() {
    watched(|| {
        let request = MessageHeader::request(3, 9, 0);
        let mut server = server();
        server.client.send(&packet(&request.response(Status::Ok, 0), &[]));
        assert!(matches!(server.violation(), Violation::Direction { .. }));

        let mut client = client();
        client.session.send(3, 9, &[], soon()).unwrap();
        client.server.send(&packet(&request, &[]));
        let found = client.session.receive(soon()).unwrap_err();
        let wrong_way =
            matches!(found, ReceiveError::Violation { violation: Violation::Direction { .. }, .. });
        assert!(wrong_way, "{found:?}");
    });
}

#[test]
fn a_response_to_nothing_in_flight_ends_the_session_and_names_what_was() {
    watched(|| {
        let mut client = client();
        for id in [1, 2, 3] {
            client.session.send(3, id, &[], soon()).unwrap();
        }
        client.server.send(&packet(&MessageHeader::request(3, 2, 0).response(Status::Ok, 0), &[]));
        assert_eq!(client.session.receive(soon()).unwrap().header.message_id, 2);
        client.server.send(&packet(&MessageHeader::request(3, 2, 0).response(Status::Ok, 0), &[]));
        let found = client.session.receive(soon()).unwrap_err();
        let unknown = Violation::UnknownMessageId(2);
        assert!(matches!(found, ReceiveError::Violation { violation, .. } if violation == unknown));
        let mut failed: Vec<_> = client.session.in_flight_ids().collect();
        failed.sort_unstable();
        assert_eq!(failed, [1, 3]);
        assert!(matches!(client.session.send(3, 4, &[], soon()), Err(SendError::SessionEnded)));
        assert_eq!(client.session.in_flight(), 2);
    });
}

#[test]
fn a_malformed_batch_directory_ends_the_session_unless_it_is_answered() {
    watched(|| {
        // Does not fit; misaligned; out of bounds.
        for (count, payload) in [(2, [0; 8]), (1, [4, 0, 0, 0, 0, 0, 0, 0]), (1, [0, 0, 0, 0, 1, 0, 0, 0])] {
            let mut server = server();
            let header = MessageHeader::request(3, 9, 8).with_batch(count);
            server.client.send(&packet(&header, &payload));
            let error = server.receive().unwrap_err();
            assert_eq!(error.header(), Some(header));
            assert!(matches!(error, ReceiveError::Violation { violation: Violation::Batch(_), .. }));
            let Server { client, session, .. } = server;
            thread::scope(|scope| {
                scope.spawn(|| session.refuse(header, Status::BadEnvelope, soon()).unwrap());
                assert_eq!(client.receive_message().0, header.response(Status::BadEnvelope, 0));
                assert!(client.is_closed_by_peer());
                drop(client);
            });
        }
    });
}

#[test]
fn a_malformed_batch_from_a_server_ends_the_session() {
    watched(|| {
        let mut client = client();
        client.session.send(3, 9, &[], soon()).unwrap();
        let header = MessageHeader::request(3, 9, 0).response(Status::Ok, 4).with_batch(1);
        client.server.send(&packet(&header, &[0; 4]));
        let found = client.session.receive(soon()).unwrap_err();
        assert!(matches!(found, ReceiveError::Violation { violation: Violation::Batch(_), .. }));
        assert!(client.session.is_ended());
    });
}

#[test]
fn an_error_response_that_kept_flag_and_count_is_accepted() {
    watched(|| {
        let mut client = client();
        client.session.send(3, 9, &[], soon()).unwrap();
        let header = MessageHeader::request(3, 9, 0).response(Status::BadEnvelope, 0).with_batch(16);
        client.server.send(&packet(&header, &[]));
        let response = client.session.receive(soon()).unwrap();
        assert_eq!(response.header, header);
        assert!(response.items().is_none());
    });
}

#[test]
fn a_client_that_checks_no_limit_is_answered_limit_exceeded() {
    watched(|| {
        // Far more than fits in the socket's buffers, so that the client is still sending when it is refused.
        let Server { client, mut session, .. } = server();
        let header = MessageHeader::request(3, 9, u32::MAX - 32);
        thread::scope(|scope| {
            scope.spawn(|| {
                let error = session.receive(soon()).unwrap_err();
                let limit = Limit::Payload { bytes: (u32::MAX - 32).into(), limit: 100 };
                assert!(matches!(error, ReceiveError::Overflow { limit: found, .. } if found == limit));
                session.refuse(error.header().unwrap(), Status::LimitExceeded, soon()).unwrap();
            });
            client.send(&packet(&header, &[0; 40]));
            for _ in 0..10_000 {
                client.send(&[0; 72]);
            }
            assert_eq!(client.receive_message().0, header.response(Status::LimitExceeded, 0));
            assert_eq!(client.receive(), []);
            drop(client);
        });
    });
}

#[test]
fn too_many_items_are_answered_limit_exceeded() {
    watched(|| {
        let Server { client, mut session, .. } = server();
        let header = MessageHeader::request(3, 9, 0).with_batch(5);
        client.send(&packet(&header, &[]));
        let error = session.receive(soon()).unwrap_err();
        let limit = Limit::Items { count: 5, limit: 4 };
        assert!(matches!(error, ReceiveError::Overflow { limit: found, .. } if found == limit));
        thread::scope(|scope| {
            scope.spawn(|| session.refuse(header, Status::LimitExceeded, soon()).unwrap());
            assert_eq!(client.receive_message().0, header.response(Status::LimitExceeded, 0));
            drop(client);
        });
    });
}

#[test]
fn a_peer_that_breaks_off_in_mid_message_is_told_from_one_that_closes() {
    watched(|| {
        let server = server();
        server.client.send(&packet(&MessageHeader::request(3, 9, 100), &[0; 40]));
        let Server { client, mut session, .. } = server;
        drop(client);
        assert!(matches!(session.receive(soon()), Err(ReceiveError::Broken { mid_message: true })));
        assert!(session.is_ended());

        let Server { client, mut session, .. } = self::server();
        drop(client);
        assert!(matches!(session.receive(soon()), Err(ReceiveError::Closed)));
    });
}

/// Whether that is how a peer's end looks that has left packets unread. Pipes do not tell.
fn is_end_after_unread_packets(error: &ReceiveError) -> bool {
    match error {
        ReceiveError::Closed => cfg!(windows),
        ReceiveError::Broken { mid_message: false } => cfg!(unix),
        _ => false,
    }
}

#[test]
fn a_peer_that_leaves_packets_unread_has_not_closed_in_order() {
    watched(|| {
        let mut server = server();
        server.client.send(&packet(&MessageHeader::request(3, 9, 0), &[]));
        let header = server.session.receive(soon()).unwrap().header;
        server.session.respond(header, b"unread", soon()).unwrap();
        let Server { client, mut session, .. } = server;
        drop(client);
        assert!(is_end_after_unread_packets(&session.receive(soon()).unwrap_err()));
    });
}

#[test]
fn what_a_peer_sent_before_it_reset_is_still_received() {
    watched(|| {
        let mut server = server();
        server.client.send(&packet(&MessageHeader::request(3, 1, 0), &[]));
        let header = server.session.receive(soon()).unwrap().header;
        server.session.respond(header, b"unread", soon()).unwrap();
        server.client.send(&packet(&MessageHeader::request(3, 2, 4), b"last"));
        let Server { client, mut session, .. } = server;
        drop(client);
        assert_eq!(session.receive(soon()).unwrap().payload, b"last");
        assert!(is_end_after_unread_packets(&session.receive(soon()).unwrap_err()));
    });
}

#[test]
fn a_client_reads_the_answer_of_a_server_that_has_gone_before_it_reports_that() {
    watched(|| {
        let Client { server, mut session, .. } = client();
        session.send(3, 1, b"unread", soon()).unwrap();
        server.send(&packet(&MessageHeader::request(3, 1, 0).response(Status::LimitExceeded, 0), &[]));
        drop(server);
        // The server has reset the connection: neither send nor receive may report it before the answer.
        session.send(3, 2, b"too late", soon()).unwrap();
        assert!(matches!(session.send(3, 3, b"later", soon()), Err(SendError::Disconnected)));
        let response = session.receive(soon()).unwrap();
        assert_eq!(response.header.transport_status, Status::LimitExceeded);
        assert!(is_end_after_unread_packets(&session.receive(soon()).unwrap_err()));
        assert_eq!(session.in_flight_ids().collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_server_that_has_gone_quietly_fails_the_requests_in_flight() {
    watched(|| {
        let Client { server, mut session, .. } = client();
        session.send(3, 1, &[], soon()).unwrap();
        server.receive();
        drop(server);
        assert!(matches!(session.receive(soon()), Err(ReceiveError::Closed)));
        assert_eq!(session.in_flight_ids().collect::<Vec<_>>(), [1]);
        assert!(matches!(session.send(3, 2, &[], soon()), Err(SendError::SessionEnded)));
    });
}

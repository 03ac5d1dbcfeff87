//! The handshake over real sockets: `docs/contract/envelope.md`, "Negotiation".
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::thread;
use std::time::Duration;

use netipc_tests::support::raw::{self, Raw, RawListener, ack, hello, hello_packet, packet};
use netipc_tests::support::{PATIENCE, Place, accept, soon, watched};
use netipc_transport::envelope::{self, Hello, HelloAck, MessageHeader};
use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectError, ConnectOptions, Deadline, Incompatibility,
    ListenOptions, Listener, Profiles, ServerSession, Status,
};

/// The packet size of a side that has configured none.
#[cfg(unix)]
fn default_packet_size(session: impl std::os::fd::AsFd) -> u32 {
    let buffer = rustix::net::sockopt::socket_send_buffer_size(session).unwrap();
    u32::try_from(buffer - 32).unwrap()
}

#[cfg(windows)]
fn default_packet_size<T>(_session: &T) -> u32 {
    65_536
}

const TOKEN: u64 = 0xdead_beef_cafe_babe;

fn options() -> ListenOptions {
    ListenOptions {
        auth_token: TOKEN,
        max_request_payload_bytes: 8_192,
        packet_size: 6_000,
        ..ListenOptions::default()
    }
}

fn good() -> Hello {
    Hello { auth_token: TOKEN, ..hello() }
}

/// Lets the listener work on what has come, until nothing more happens; it makes no session of it.
fn settle(listener: &mut Listener) {
    let found = listener.accept(Deadline::after(Duration::from_millis(20)), &Abort::new());
    assert!(matches!(found, Err(AcceptError::TimedOut)), "{found:?}");
}

/// What a real listener makes of a client's first packet.
struct Outcome {
    client: Raw,
    listener: Listener,
    _place: Place,
}

fn offer(first: &[u8], options: &ListenOptions) -> Outcome {
    let place = Place::new();
    let mut listener = place.listen_with(options);
    let client = Raw::connect(&place.endpoint);
    client.send(first);
    settle(&mut listener);
    Outcome { client, listener, _place: place }
}

impl Outcome {
    /// The status of the rejection, which is followed by the end.
    fn rejection(&self) -> Status {
        let (status, ack) = self.client.receive_ack();
        assert_eq!(ack, HelloAck::default());
        assert!(self.client.is_closed_by_peer());
        assert_eq!(self.listener.live_sessions(), 0);
        status
    }
}

fn rejection(hello: &Hello) -> Status {
    offer(&hello_packet(hello), &options()).rejection()
}

/// A good HELLO with these bytes at these places.
fn patched(patches: &[(usize, u8)]) -> Vec<u8> {
    let mut packet = hello_packet(&good());
    for (at, byte) in patches {
        packet[*at] = *byte;
    }
    packet
}

fn accepted(hello: &Hello, options: &ListenOptions) -> (HelloAck, ServerSession) {
    let place = Place::new();
    let mut listener = place.listen_with(options);
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(hello));
    let session = accept(&mut listener);
    let (status, ack) = client.receive_ack();
    assert_eq!(status, Status::Ok);
    (ack, session)
}

#[test]
fn a_good_proposal_is_acknowledged() {
    watched(|| {
        let (ack, session) = accepted(&good(), &options());
        let expected = HelloAck {
            server_supported_profiles: Profiles::BASELINE,
            intersection_profiles: Profiles::BASELINE,
            selected_profile: Profiles::BASELINE,
            agreed_max_request_payload_bytes: 4_096,
            agreed_max_request_batch_items: 16,
            agreed_max_response_payload_bytes: 65_536,
            agreed_max_response_batch_items: 16,
            agreed_packet_size: 4_096,
            session_id: 1,
        };
        assert_eq!(ack, expected);
        assert_eq!(session.agreed().packet_size, 4_096);
        assert_eq!(session.session_id(), 1);
    });
}

#[test]
fn profiles_that_this_build_cannot_carry_are_not_agreed() {
    watched(|| {
        let all = Profiles::from_bits(u32::MAX);
        let options = ListenOptions { supported_profiles: all, preferred_profiles: all, ..options() };
        let (ack, _) =
            accepted(&Hello { supported_profiles: all, preferred_profiles: all, ..good() }, &options);
        assert_eq!(ack.server_supported_profiles, Profiles::CARRIED);
        assert_eq!(ack.intersection_profiles, Profiles::CARRIED);
        assert_eq!(ack.selected_profile, Profiles::CARRIED.highest());
    });
}

#[test]
fn the_packet_size_of_a_server_that_configured_none_is_its_send_buffer_less_32() {
    watched(|| {
        let options = ListenOptions { packet_size: 0, ..options() };
        let (ack, session) = accepted(&Hello { packet_size: u32::MAX, ..good() }, &options);
        assert_eq!(ack.agreed_packet_size, default_packet_size(&session));
    });
}

#[test]
fn each_rejection_arrives_and_is_followed_by_the_end() {
    watched(|| {
        let header_version = offer(&patched(&[(4, 2)]), &options());
        assert_eq!(header_version.rejection(), Status::Incompatible);
        let layout_version = offer(&patched(&[(32, 2)]), &options());
        assert_eq!(layout_version.rejection(), Status::Incompatible);
        assert_eq!(offer(&patched(&[(34, 1)]), &options()).rejection(), Status::BadEnvelope);
        assert_eq!(offer(&patched(&[(60, 1)]), &options()).rejection(), Status::BadEnvelope);
        assert_eq!(rejection(&Hello { auth_token: 1, ..good() }), Status::AuthFailed);
        let none = Hello { supported_profiles: Profiles::SHM_HYBRID, ..good() };
        assert_eq!(rejection(&none), Status::Unsupported);
        assert_eq!(rejection(&Hello { max_request_payload_bytes: 8_193, ..good() }), Status::LimitExceeded);
        assert_eq!(rejection(&Hello { packet_size: 32, ..good() }), Status::Incompatible);
    });
}

#[test]
fn of_two_faults_the_one_that_is_checked_first_is_answered() {
    watched(|| {
        let (no_profile, too_large) = (Profiles::NONE, u32::MAX);
        let all = Hello {
            auth_token: 1,
            supported_profiles: no_profile,
            max_request_payload_bytes: too_large,
            packet_size: 0,
            ..good()
        };
        assert_eq!(rejection(&all), Status::AuthFailed);
        assert_eq!(rejection(&Hello { auth_token: TOKEN, ..all }), Status::Unsupported);
        let two = Hello { auth_token: TOKEN, supported_profiles: Profiles::BASELINE, ..all };
        assert_eq!(rejection(&two), Status::LimitExceeded);
        assert_eq!(rejection(&Hello { max_request_payload_bytes: 1, ..two }), Status::Incompatible);

        let mut packet = hello_packet(&all);
        packet[34] = 1;
        assert_eq!(offer(&packet, &options()).rejection(), Status::BadEnvelope);
        packet[32] = 2;
        assert_eq!(offer(&packet, &options()).rejection(), Status::Incompatible);
    });
}

#[test]
fn what_is_no_hello_is_closed_without_a_word() {
    watched(|| {
        let request = MessageHeader::request(1, 1, 44);
        let response = request.response(Status::Ok, 44);
        let ack = MessageHeader::control(envelope::HELLO_ACK, Status::Ok, 44);
        let firsts = [
            vec![0x43],
            patched(&[])[..75].to_vec(),
            patched(&[(0, 0)]),
            patched(&[(6, 31)]),
            patched(&[(0, 0), (4, 2)]),
            packet(&request, &good().encode()),
            packet(&response, &good().encode()),
            packet(&ack, &good().encode()),
            vec![0xff; 4_096],
        ];
        for first in firsts {
            let outcome = offer(&first, &options());
            assert!(outcome.client.is_closed_by_peer(), "{} bytes", first.len());
        }
    });
}

#[test]
fn a_hello_that_is_longer_than_ours_is_accepted() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&options());
        let client = Raw::connect(&place.endpoint);
        client.send(&[&hello_packet(&good())[..], &[0xff; 64]].concat());
        accept(&mut listener);
        assert_eq!(client.receive_ack().0, Status::Ok);
    });
}

#[test]
fn a_rejection_arrives_although_the_client_has_sent_more() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&ListenOptions { handshake_timeout: PATIENCE, ..options() });
        let client = Raw::connect(&place.endpoint);
        client.send(&hello_packet(&Hello { auth_token: 1, ..good() }));
        for _ in 0..50 {
            client.send(&packet(&MessageHeader::request(1, 1, 100), &[0; 100]));
        }
        for _ in 0..2 {
            settle(&mut listener);
            // And sends on, until it has read the answer; a pipe is closed by then, and the answer is still there.
            let sent = client.try_send(&[0]);
            assert!(sent.is_ok() || cfg!(windows), "{sent:?}");
        }
        // A socket that is closed over unread packets would be reset, and the ack could be lost.
        assert_eq!(client.receive_ack().0, Status::AuthFailed);
        assert_eq!(client.receive(), []);
    });
}

#[test]
fn a_client_that_says_nothing_is_dropped_when_its_time_is_up() {
    watched(|| {
        let place = Place::new();
        let options = ListenOptions { handshake_timeout: Duration::from_millis(50), ..options() };
        let mut listener = place.listen_with(&options);
        let client = Raw::connect(&place.endpoint);
        let stop = Abort::new();
        let stopped = stop.clone();
        let accepting = thread::spawn(move || listener.accept(soon(), &stopped).unwrap_err());
        assert!(client.is_closed_by_peer());
        stop.abort();
        assert!(matches!(accepting.join().unwrap(), AcceptError::Aborted));
    });
}

#[test]
fn a_rejected_client_that_never_closes_is_dropped_when_its_time_is_up() {
    watched(|| {
        let place = Place::new();
        let options = ListenOptions { handshake_timeout: Duration::from_millis(50), ..options() };
        let mut listener = place.listen_with(&options);
        let client = Raw::connect(&place.endpoint);
        client.send(&hello_packet(&Hello { auth_token: 1, ..good() }));
        settle(&mut listener);
        assert_eq!(client.receive_ack().0, Status::AuthFailed);
        assert_eq!(client.receive(), []);
        let found = listener.accept(Deadline::after(Duration::from_millis(200)), &Abort::new());
        assert!(matches!(found, Err(AcceptError::TimedOut)));
        assert_eq!(client.try_send(&[0]).unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    });
}

#[test]
fn session_ids_count_connections_also_those_that_fail() {
    watched(|| {
        let place = Place::new();
        let mut listener = place.listen_with(&options());
        let session_id = |listener: &mut Listener| {
            let client = Raw::connect(&place.endpoint);
            client.send(&hello_packet(&good()));
            let session = accept(listener);
            assert_eq!(client.receive_ack().1.session_id, session.session_id());
            session.session_id()
        };
        assert_eq!(session_id(&mut listener), 1);
        assert_eq!(session_id(&mut listener), 2);
        drop(Raw::connect(&place.endpoint));
        let refused = Raw::connect(&place.endpoint);
        refused.send(&hello_packet(&Hello { auth_token: 1, ..good() }));
        settle(&mut listener);
        assert_eq!(session_id(&mut listener), 5);
    });
}

/// What a client makes of a server that answers its HELLO with these packets and closes.
fn connect_to(answers: Vec<Vec<u8>>) -> Result<ClientSession, ConnectError> {
    connect_with(&ConnectOptions::default(), answers).0
}

/// The same with options, and the HELLO as the server got it.
fn connect_with(
    options: &ConnectOptions,
    answers: Vec<Vec<u8>>,
) -> (Result<ClientSession, ConnectError>, Vec<u8>) {
    let place = Place::new();
    let listener = RawListener::at(&place.endpoint);
    let server = thread::spawn(move || {
        let client = listener.accept();
        let hello = client.receive();
        for answer in answers {
            client.send(&answer);
        }
        hello
    });
    let session = place.connect_with(options);
    (session, server.join().unwrap())
}

#[test]
fn a_client_proposes_what_it_is_told_to() {
    watched(|| {
        let options = ConnectOptions {
            auth_token: TOKEN,
            supported_profiles: Profiles::BASELINE | Profiles::SHM_HYBRID,
            preferred_profiles: Profiles::SHM_HYBRID,
            max_request_payload_bytes: 2_000,
            max_request_batch_items: 3,
            max_response_payload_bytes: 4_000,
            max_response_batch_items: 5,
            packet_size: 6_000,
            ..ConnectOptions::default()
        };
        let (session, packet) = connect_with(&options, vec![raw::ack_packet(Status::Ok, &ack())]);
        assert!(session.is_ok());
        assert_eq!(packet.len(), 76);
        assert_eq!(
            MessageHeader::decode(&packet),
            Ok(MessageHeader::control(envelope::HELLO, Status::Ok, 44))
        );
        let hello = Hello::decode(&packet[32..]).unwrap();
        let expected = Hello {
            supported_profiles: (Profiles::BASELINE | Profiles::SHM_HYBRID) & Profiles::CARRIED,
            preferred_profiles: Profiles::SHM_HYBRID & Profiles::CARRIED,
            max_request_payload_bytes: 2_000,
            max_request_batch_items: 3,
            max_response_payload_bytes: 4_000,
            max_response_batch_items: 5,
            auth_token: TOKEN,
            packet_size: 6_000,
        };
        assert_eq!(hello, expected);
    });
}

#[test]
fn a_client_that_is_told_nothing_proposes_the_named_defaults() {
    watched(|| {
        let (session, packet) =
            connect_with(&ConnectOptions::default(), vec![raw::ack_packet(Status::Ok, &ack())]);
        let hello = Hello::decode(&packet[32..]).unwrap();
        let session = session.unwrap();
        let expected = Hello {
            supported_profiles: Profiles::BASELINE,
            preferred_profiles: Profiles::NONE,
            max_request_payload_bytes: 1_024,
            max_request_batch_items: 1,
            max_response_payload_bytes: 65_536,
            max_response_batch_items: 1,
            auth_token: 0,
            packet_size: default_packet_size(&session),
        };
        assert_eq!(hello, expected);
    });
}

#[test]
fn a_client_holds_itself_to_the_ack() {
    watched(|| {
        let ack = HelloAck { agreed_max_response_payload_bytes: 70_000, session_id: 99, ..ack() };
        let session = connect_to(vec![raw::ack_packet(Status::Ok, &ack)]).unwrap();
        let agreed = session.agreed();
        assert_eq!(agreed.profile, Profiles::BASELINE);
        assert_eq!(agreed.session_id, 99);
        assert_eq!(agreed.packet_size, 4_096);
        assert_eq!(agreed.max_request_payload_bytes, 1_024);
        assert_eq!(agreed.max_response_payload_bytes, 65_536);
    });
}

#[test]
fn each_rejection_has_its_own_error() {
    watched(|| {
        let reject = |status| {
            let error = connect_to(vec![raw::ack_packet(status, &HelloAck::default())]).unwrap_err();
            assert!(error.to_string().contains("web"), "{error}");
            error
        };
        assert!(matches!(reject(Status::AuthFailed), ConnectError::AuthFailed { .. }));
        assert!(matches!(reject(Status::LimitExceeded), ConnectError::LimitExceeded { .. }));
        assert!(matches!(
            reject(Status::Incompatible),
            ConnectError::Incompatible { reason: Incompatibility::Refused, .. }
        ));
        assert!(matches!(
            reject(Status::Unsupported),
            ConnectError::Incompatible { reason: Incompatibility::NoCommonProfile, .. }
        ));
        for status in [Status::BadEnvelope, Status::InternalError, Status::Other(77)] {
            let error = reject(status);
            assert!(matches!(error, ConnectError::Rejected { status: found, .. } if found == status));
        }
    });
}

#[test]
fn an_ack_that_breaks_the_contract_is_no_session() {
    watched(|| {
        let good = raw::ack_packet(Status::Ok, &ack());
        let patched = |at: usize, byte| {
            let mut packet = good.clone();
            packet[at] = byte;
            connect_to(vec![packet]).unwrap_err()
        };
        for at in [0, 6, 8, 12, 34] {
            let error = patched(at, 9);
            assert!(matches!(error, ConnectError::Handshake { .. }), "byte {at}: {error:?}");
        }
        for at in [4, 32] {
            let error = patched(at, 9);
            assert!(matches!(error, ConnectError::Incompatible { .. }), "byte {at}: {error:?}");
        }
        for short in [&good[..1], &good[..32], &good[..79]] {
            assert!(matches!(connect_to(vec![short.to_vec()]), Err(ConnectError::Handshake { .. })));
        }
        let long = [&good[..], &[0; 4_096]].concat();
        assert!(matches!(connect_to(vec![long]), Err(ConnectError::Handshake { .. })));
        for wrong in [
            HelloAck { selected_profile: Profiles::SHM_HYBRID, ..ack() },
            HelloAck { agreed_max_request_payload_bytes: 1_025, ..ack() },
            HelloAck { agreed_max_request_batch_items: 2, ..ack() },
        ] {
            let error = connect_to(vec![raw::ack_packet(Status::Ok, &wrong)]).unwrap_err();
            assert!(matches!(error, ConnectError::Handshake { .. }), "{error:?}");
        }
        for agreed_packet_size in [32, u32::MAX] {
            let wrong = HelloAck { agreed_packet_size, ..ack() };
            let error = connect_to(vec![raw::ack_packet(Status::Ok, &wrong)]).unwrap_err();
            assert!(matches!(error, ConnectError::Incompatible { .. }), "{error:?}");
        }
    });
}

#[test]
fn a_server_that_closes_without_an_answer_is_told_apart() {
    watched(|| {
        assert!(matches!(connect_to(Vec::new()), Err(ConnectError::Closed { .. })));
    });
}

#[test]
fn nobody_there_and_nobody_listening_are_not_found() {
    watched(|| {
        let place = Place::new();
        let options = ConnectOptions::default();
        assert!(matches!(place.connect_with(&options), Err(ConnectError::NotFound { .. })));
        drop(RawListener::at(&place.endpoint));
        #[cfg(unix)]
        assert!(place.socket_exists());
        assert!(matches!(place.connect_with(&options), Err(ConnectError::NotFound { .. })));
    });
}

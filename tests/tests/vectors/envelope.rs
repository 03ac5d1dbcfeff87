//! Headers and the handshake: `docs/contract/envelope.md`.

use netipc_transport::envelope::{ChunkHeader, EnvelopeError, Hello, HelloAck};
use netipc_transport::{Kind, MessageHeader, Profiles, Status};
use serde_json::{Value, json};

use crate::file::{golden, number, odd};

fn rejected<T>(kind: &str, decode: impl Fn(&[u8]) -> Result<T, EnvelopeError>) {
    odd(kind, |_, bytes| decode(bytes).map(drop).map_err(|error| error.class()));
}

#[test]
fn message_headers() {
    golden("outer_header", |vector| {
        let fields = vector.fields();
        let header = MessageHeader {
            kind: Kind::from_wire(number(fields, "kind")).expect("one of the three kinds"),
            flags: number(fields, "flags"),
            code: number(fields, "code"),
            transport_status: Status::from_wire(number(fields, "transport_status")),
            payload_len: number(fields, "payload_len"),
            item_count: number(fields, "item_count"),
            message_id: number(fields, "message_id"),
        };
        assert_eq!(header.encode()[..], vector.bytes());
        let decoded = MessageHeader::decode(&vector.bytes()).expect("golden vectors decode");
        assert_eq!(shown_header(&decoded), *fields);
    });
}

fn shown_header(header: &MessageHeader) -> Value {
    json!({
        "magic": 0x4e49_5043,
        "version": 1,
        "header_len": 32,
        "kind": header.kind.to_wire(),
        "flags": header.flags,
        "code": header.code,
        "transport_status": header.transport_status.to_wire(),
        "payload_len": header.payload_len,
        "item_count": header.item_count,
        "message_id": header.message_id,
    })
}

#[test]
fn odd_message_headers() {
    rejected("outer_header", MessageHeader::decode);
}

#[test]
fn chunk_headers() {
    golden("chunk_header", |vector| {
        let fields = vector.fields();
        let header = ChunkHeader {
            message_id: number(fields, "message_id"),
            total_message_len: number(fields, "total_message_len"),
            chunk_index: number(fields, "chunk_index"),
            chunk_count: number(fields, "chunk_count"),
            chunk_payload_len: number(fields, "chunk_payload_len"),
        };
        assert_eq!(header.encode()[..], vector.bytes());
        let decoded = ChunkHeader::decode(&vector.bytes()).expect("golden vectors decode");
        let shown = json!({
            "magic": 0x4e43_484b,
            "version": 1,
            "flags": 0,
            "message_id": decoded.message_id,
            "total_message_len": decoded.total_message_len,
            "chunk_index": decoded.chunk_index,
            "chunk_count": decoded.chunk_count,
            "chunk_payload_len": decoded.chunk_payload_len,
        });
        assert_eq!(shown, *fields);
    });
}

#[test]
fn odd_chunk_headers() {
    rejected("chunk_header", ChunkHeader::decode);
}

fn profiles(fields: &Value, name: &str) -> Profiles {
    Profiles::from_bits(number(fields, name))
}

#[test]
fn hellos() {
    golden("hello", |vector| {
        let fields = vector.fields();
        let hello = Hello {
            supported_profiles: profiles(fields, "supported_profiles"),
            preferred_profiles: profiles(fields, "preferred_profiles"),
            max_request_payload_bytes: number(fields, "max_request_payload_bytes"),
            max_request_batch_items: number(fields, "max_request_batch_items"),
            max_response_payload_bytes: number(fields, "max_response_payload_bytes"),
            max_response_batch_items: number(fields, "max_response_batch_items"),
            auth_token: number(fields, "auth_token"),
            packet_size: number(fields, "packet_size"),
        };
        assert_eq!(hello.encode()[..], vector.bytes());
        let decoded = Hello::decode(&vector.bytes()).expect("golden vectors decode");
        let shown = json!({
            "layout_version": 1,
            "flags": 0,
            "supported_profiles": decoded.supported_profiles.bits(),
            "preferred_profiles": decoded.preferred_profiles.bits(),
            "max_request_payload_bytes": decoded.max_request_payload_bytes,
            "max_request_batch_items": decoded.max_request_batch_items,
            "max_response_payload_bytes": decoded.max_response_payload_bytes,
            "max_response_batch_items": decoded.max_response_batch_items,
            "auth_token": decoded.auth_token,
            "packet_size": decoded.packet_size,
        });
        assert_eq!(shown, *fields);
    });
}

#[test]
fn odd_hellos() {
    rejected("hello", Hello::decode);
}

#[test]
fn hello_acks() {
    golden("hello_ack", |vector| {
        let fields = vector.fields();
        let ack = HelloAck {
            server_supported_profiles: profiles(fields, "server_supported_profiles"),
            intersection_profiles: profiles(fields, "intersection_profiles"),
            selected_profile: profiles(fields, "selected_profile"),
            agreed_max_request_payload_bytes: number(fields, "agreed_max_request_payload_bytes"),
            agreed_max_request_batch_items: number(fields, "agreed_max_request_batch_items"),
            agreed_max_response_payload_bytes: number(fields, "agreed_max_response_payload_bytes"),
            agreed_max_response_batch_items: number(fields, "agreed_max_response_batch_items"),
            agreed_packet_size: number(fields, "agreed_packet_size"),
            session_id: number(fields, "session_id"),
        };
        assert_eq!(ack.encode()[..], vector.bytes());
        let decoded = HelloAck::decode(&vector.bytes()).expect("golden vectors decode");
        let shown = json!({
            "layout_version": 1,
            "flags": 0,
            "server_supported_profiles": decoded.server_supported_profiles.bits(),
            "intersection_profiles": decoded.intersection_profiles.bits(),
            "selected_profile": decoded.selected_profile.bits(),
            "agreed_max_request_payload_bytes": decoded.agreed_max_request_payload_bytes,
            "agreed_max_request_batch_items": decoded.agreed_max_request_batch_items,
            "agreed_max_response_payload_bytes": decoded.agreed_max_response_payload_bytes,
            "agreed_max_response_batch_items": decoded.agreed_max_response_batch_items,
            "agreed_packet_size": decoded.agreed_packet_size,
            "session_id": decoded.session_id,
        });
        assert_eq!(shown, *fields);
    });
}

#[test]
fn odd_hello_acks() {
    rejected("hello_ack", HelloAck::decode);
}

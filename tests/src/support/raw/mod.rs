//! Peers that speak packets and obey nothing.

#[cfg(unix)]
mod posix;
#[cfg(windows)]
mod windows;

use std::io;

use netipc_transport::envelope::{self, ChunkHeader, Hello, HelloAck, MessageHeader};
use netipc_transport::{Profiles, Status};
#[cfg(unix)]
pub use posix::{CLOSED_BY_EXEC, Raw, RawListener, bound, socket};
#[cfg(windows)]
pub use windows::{Raw, RawListener, first_instances_are_exclusive, is_signalled};

/// What does not depend on how packets move.
impl Raw {
    pub fn send(&self, packet: &[u8]) {
        assert_eq!(self.try_send(packet).unwrap(), packet.len());
    }

    /// The next packet; an empty one is the end.
    pub fn receive(&self) -> Vec<u8> {
        self.try_receive().unwrap()
    }

    /// Whether the peer closes without another packet.
    pub fn is_closed_by_peer(&self) -> bool {
        match self.try_receive() {
            Ok(packet) => packet.is_empty(),
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }

    /// The handshake of a client with the default limits; gives the ack.
    pub fn shake_hands(&self, hello: &Hello) -> HelloAck {
        self.send(&hello_packet(hello));
        let (status, ack) = self.receive_ack();
        assert_eq!(status, Status::Ok);
        ack
    }

    pub fn receive_ack(&self) -> (Status, HelloAck) {
        let packet = self.receive();
        assert_eq!(packet.len(), 80, "an ack");
        let header = MessageHeader::decode(&packet).unwrap();
        assert_eq!((header.code, header.message_id), (envelope::HELLO_ACK, 0));
        (header.transport_status, HelloAck::decode(&packet[32..]).unwrap())
    }

    pub fn receive_message(&self) -> (MessageHeader, Vec<u8>) {
        let packet = self.receive();
        (MessageHeader::decode(&packet).unwrap(), packet[32..].to_vec())
    }
}

/// A proposal that a listener with default options accepts.
pub fn hello() -> Hello {
    Hello {
        supported_profiles: Profiles::BASELINE,
        preferred_profiles: Profiles::NONE,
        max_request_payload_bytes: 4_096,
        max_request_batch_items: 16,
        max_response_payload_bytes: 65_536,
        max_response_batch_items: 16,
        auth_token: 0,
        packet_size: 4_096,
    }
}

pub fn hello_packet(hello: &Hello) -> Vec<u8> {
    packet(&MessageHeader::control(envelope::HELLO, Status::Ok, 44), &hello.encode())
}

/// An ack that a client with default options accepts.
pub fn ack() -> HelloAck {
    HelloAck {
        server_supported_profiles: Profiles::BASELINE,
        intersection_profiles: Profiles::BASELINE,
        selected_profile: Profiles::BASELINE,
        agreed_max_request_payload_bytes: 1_024,
        agreed_max_request_batch_items: 1,
        agreed_max_response_payload_bytes: 65_536,
        agreed_max_response_batch_items: 1,
        agreed_packet_size: 4_096,
        session_id: 1,
    }
}

pub fn ack_packet(status: Status, ack: &HelloAck) -> Vec<u8> {
    packet(&MessageHeader::control(envelope::HELLO_ACK, status, 48), &ack.encode())
}

pub fn packet(header: &MessageHeader, payload: &[u8]) -> Vec<u8> {
    [&header.encode()[..], payload].concat()
}

pub fn chunk(header: &ChunkHeader, payload: &[u8]) -> Vec<u8> {
    [&header.encode()[..], payload].concat()
}

/// A request of 100 bytes whose first packet carries 40, in packets of 40: two continuations follow.
pub fn chunked_request() -> (MessageHeader, [ChunkHeader; 2]) {
    let continuation = |chunk_index, chunk_payload_len| ChunkHeader {
        message_id: 9,
        total_message_len: 132,
        chunk_index,
        chunk_count: 3,
        chunk_payload_len,
    };
    (MessageHeader::request(3, 9, 100), [continuation(1, 40), continuation(2, 20)])
}

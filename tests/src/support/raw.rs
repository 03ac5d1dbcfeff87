//! Peers on POSIX that speak packets and obey nothing.

use std::os::fd::OwnedFd;
use std::path::Path;

use netipc_transport::envelope::{self, ChunkHeader, Hello, HelloAck, MessageHeader};
use netipc_transport::{Endpoint, Profiles, Status};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrUnix, SocketFlags, SocketType, accept_with,
    bind, connect, listen, recv, send, shutdown, socket_with, sockopt,
};

use super::PATIENCE;

/// Sockets are closed by exec: a child that has them would hide their end. macOS has no such flag, nor sockets of this
/// kind; there this is only compiled.
#[cfg(not(target_vendor = "apple"))]
pub const CLOSED_BY_EXEC: SocketFlags = SocketFlags::CLOEXEC;
#[cfg(target_vendor = "apple")]
pub const CLOSED_BY_EXEC: SocketFlags = SocketFlags::empty();

/// One end of a connection.
#[derive(Debug)]
pub struct Raw {
    pub fd: OwnedFd,
}

impl Raw {
    pub fn connect(endpoint: &Endpoint) -> Self {
        let fd = socket(SocketType::SEQPACKET);
        connect(&fd, &SocketAddrUnix::new(endpoint.socket_path()).unwrap()).unwrap();
        Self::new(fd)
    }

    fn new(fd: OwnedFd) -> Self {
        sockopt::set_socket_timeout(&fd, sockopt::Timeout::Recv, Some(PATIENCE)).unwrap();
        sockopt::set_socket_timeout(&fd, sockopt::Timeout::Send, Some(PATIENCE)).unwrap();
        Self { fd }
    }

    pub fn send(&self, packet: &[u8]) {
        assert_eq!(self.try_send(packet), Ok(packet.len()));
    }

    pub fn try_send(&self, packet: &[u8]) -> Result<usize, Errno> {
        // Rust's programs ignore SIGPIPE.
        send(&self.fd, packet, SendFlags::empty())
    }

    /// The next packet; an empty one is the end.
    pub fn receive(&self) -> Vec<u8> {
        self.try_receive().unwrap()
    }

    pub fn try_receive(&self) -> Result<Vec<u8>, Errno> {
        let mut buffer = vec![0; 1 << 20];
        let (len, _) = recv(&self.fd, &mut buffer, RecvFlags::empty())?;
        buffer.truncate(len);
        Ok(buffer)
    }

    /// Whether the peer closes without another packet.
    pub fn is_closed_by_peer(&self) -> bool {
        match self.try_receive() {
            Ok(packet) => packet.is_empty(),
            Err(error) => error == Errno::CONNRESET,
        }
    }

    pub fn shut_down_write(&self) {
        shutdown(&self.fd, Shutdown::Write).unwrap();
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

/// A server's socket that does as it is told.
pub struct RawListener {
    pub fd: OwnedFd,
}

impl RawListener {
    pub fn bind(path: &Path, kind: SocketType, backlog: i32) -> Self {
        let fd = bound(path, kind);
        if kind != SocketType::DGRAM {
            listen(&fd, backlog).unwrap();
        }
        Self { fd }
    }

    pub fn at(endpoint: &Endpoint) -> Self {
        Self::bind(endpoint.socket_path(), SocketType::SEQPACKET, 16)
    }

    pub fn accept(&self) -> Raw {
        Raw::new(accept_with(&self.fd, CLOSED_BY_EXEC).unwrap())
    }
}

/// A socket with a name that does not listen.
pub fn bound(path: &Path, kind: SocketType) -> OwnedFd {
    let fd = socket(kind);
    bind(&fd, &SocketAddrUnix::new(path).unwrap()).unwrap();
    fd
}

pub fn socket(kind: SocketType) -> OwnedFd {
    socket_with(AddressFamily::UNIX, kind, CLOSED_BY_EXEC, None).unwrap()
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

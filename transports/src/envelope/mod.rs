//! The bytes that every message begins with: message and chunk headers, the handshake's payloads, the batch directory.
//!
//! Everything here turns bytes into values and back, does no I/O and knows no session. Integers are in host byte order.
//!
//! Contract: `docs/contract/envelope.md`.

mod batch;
mod chunk_header;
mod error;
mod hello;
mod hello_ack;
mod kind;
mod message_header;
mod status;

pub use batch::Batch;
pub use chunk_header::ChunkHeader;
pub use error::EnvelopeError;
pub use hello::Hello;
pub use hello_ack::HelloAck;
pub use kind::Kind;
pub use message_header::MessageHeader;
pub use status::Status;

/// Flag bit of a message header: the payload is a batch.
pub const BATCH: u16 = 0x0001;

/// Code of the control message that carries a [`Hello`].
pub const HELLO: u16 = 1;

/// Code of the control message that carries a [`HelloAck`].
pub const HELLO_ACK: u16 = 2;

/// Version of the message header, the chunk header, and the layouts of HELLO and `HELLO_ACK`.
pub const VERSION: u16 = 1;

/// The largest payload that a message can announce: with its header, it is counted in a u32.
pub const MAX_PAYLOAD_LEN: u32 = u32::MAX - message_header::HEADER_LEN as u32;

/// The `payload_len` of this payload; one that it cannot express is over every limit.
pub(crate) fn payload_len(payload: &[u8]) -> u32 {
    u32::try_from(payload.len()).unwrap_or(u32::MAX)
}

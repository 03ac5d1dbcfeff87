//! The header of every packet of a message but the first.
//!
//! ```text
//! at  size  field
//!  0     4  magic "NCHK"
//!  4     2  version
//!  6     2  flags = 0
//!  8     8  message_id
//! 16     4  total_message_len
//! 20     4  chunk_index
//! 24     4  chunk_count
//! 28     4  chunk_payload_len
//! ```

use std::fmt;
use std::mem::offset_of;

use netipc_wire::Class;
use zerocopy::native_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{EnvelopeError, VERSION};

const MAGIC: u32 = 0x4e43_484b;
const NAME: &str = "chunk header";

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    magic: U32,
    version: U16,
    flags: U16,
    message_id: U64,
    total_message_len: U32,
    chunk_index: U32,
    chunk_count: U32,
    chunk_payload_len: U32,
}

const _: () = {
    assert!(offset_of!(Wire, magic) == 0);
    assert!(offset_of!(Wire, version) == 4);
    assert!(offset_of!(Wire, flags) == 6);
    assert!(offset_of!(Wire, message_id) == 8);
    assert!(offset_of!(Wire, total_message_len) == 16);
    assert!(offset_of!(Wire, chunk_index) == 20);
    assert!(offset_of!(Wire, chunk_count) == 24);
    assert!(offset_of!(Wire, chunk_payload_len) == 28);
    assert!(size_of::<Wire>() == ChunkHeader::LEN);
};

/// What a packet begins with that continues a message. Magic, version and flags are always right.
///
/// Contract: `docs/contract/envelope.md`, "Chunk header".
///
/// ```
/// use netipc_transport::envelope::ChunkHeader;
/// let header = ChunkHeader {
///     message_id: 1,
///     total_message_len: 33,
///     chunk_index: 1,
///     chunk_count: 2,
///     chunk_payload_len: 1,
/// };
/// assert_eq!(ChunkHeader::decode(&header.encode()), Ok(header));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkHeader {
    /// As in the message header.
    pub message_id: u64,
    /// The message's header and payload, in bytes.
    pub total_message_len: u32,
    /// Which packet of the message; the first one, without a chunk header, is 0.
    pub chunk_index: u32,
    /// All packets of the message, the first included.
    pub chunk_count: u32,
    /// Payload bytes in this packet.
    pub chunk_payload_len: u32,
}

impl ChunkHeader {
    /// Bytes of the header.
    pub const LEN: usize = 32;

    /// Reads the header at the start of `bytes`. Whether it fits the message that it continues is not looked at.
    ///
    /// # Errors
    /// Too few bytes, a wrong magic or version, or flags that are not 0, in this order.
    pub fn decode(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let (wire, _) =
            Wire::ref_from_prefix(bytes).map_err(|_| EnvelopeError::truncated(NAME, bytes.len()))?;
        if wire.magic != MAGIC {
            return Err(EnvelopeError::new(Class::BadMagic, NAME, "magic", wire.magic.get().into()));
        }
        if wire.version != VERSION {
            return Err(EnvelopeError::new(Class::BadVersion, NAME, "version", wire.version.get().into()));
        }
        if wire.flags != 0 {
            return Err(EnvelopeError::new(Class::BadLayout, NAME, "flags", wire.flags.get().into()));
        }
        Ok(Self {
            message_id: wire.message_id.get(),
            total_message_len: wire.total_message_len.get(),
            chunk_index: wire.chunk_index.get(),
            chunk_count: wire.chunk_count.get(),
            chunk_payload_len: wire.chunk_payload_len.get(),
        })
    }

    /// The bytes of the header.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(Wire {
            magic: MAGIC.into(),
            version: VERSION.into(),
            flags: U16::ZERO,
            message_id: self.message_id.into(),
            total_message_len: self.total_message_len.into(),
            chunk_index: self.chunk_index.into(),
            chunk_count: self.chunk_count.into(),
            chunk_payload_len: self.chunk_payload_len.into(),
        })
    }
}

impl fmt::Display for ChunkHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message_id, total_message_len, chunk_index, chunk_count, chunk_payload_len } = self;
        write!(
            f,
            "chunk {chunk_index} of {chunk_count} of message {message_id}: {chunk_payload_len} bytes of {total_message_len}"
        )
    }
}

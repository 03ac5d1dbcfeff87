//! The message header and the chunk header.

use netipc::transport::envelope::{ChunkHeader, EnvelopeError, VERSION};
use netipc::transport::{Kind, MessageHeader, Status};
use netipc_wire::zerocopy::IntoBytes;
use serde::{Deserialize, Serialize};

use super::super::via::object;
use super::{Fixed, Structure};

const MAGIC: u32 = 0x4e49_5043;
const HEADER_LEN: u16 = 32;
const CHUNK_MAGIC: u32 = 0x4e43_484b;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct OuterHeaderJson {
    magic: u32,
    version: u16,
    header_len: u16,
    kind: u16,
    flags: u16,
    code: u16,
    transport_status: u16,
    payload_len: u32,
    item_count: u32,
    message_id: u64,
}

object!(OuterHeaderJson as OuterHeaderJson);

impl Structure for OuterHeaderJson {
    const LEN: usize = MessageHeader::LEN;
    const FIXED: &'static [Fixed] = &[
        Fixed::new("magic", 0, MAGIC as u64),
        Fixed::new("version", 4, VERSION as u64),
        Fixed::new("header_len", 6, HEADER_LEN as u64),
        Fixed { field: "kind", at: 8, value: None },
    ];

    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let header = MessageHeader::decode(bytes)?;
        Ok(Self {
            magic: MAGIC,
            version: VERSION,
            header_len: HEADER_LEN,
            kind: header.kind.to_wire(),
            flags: header.flags,
            code: header.code,
            transport_status: header.transport_status.to_wire(),
            payload_len: header.payload_len,
            item_count: header.item_count,
            message_id: header.message_id,
        })
    }

    fn write(&self) -> Vec<u8> {
        let header = MessageHeader {
            // The right one is among the fixed fields: only a decoder knows whether there is such a kind.
            kind: Kind::Control,
            flags: self.flags,
            code: self.code,
            transport_status: Status::from_wire(self.transport_status),
            payload_len: self.payload_len,
            item_count: self.item_count,
            message_id: self.message_id,
        };
        header.encode().into()
    }

    fn fixed(&self) -> Vec<&[u8]> {
        vec![self.magic.as_bytes(), self.version.as_bytes(), self.header_len.as_bytes(), self.kind.as_bytes()]
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ChunkHeaderJson {
    magic: u32,
    version: u16,
    flags: u16,
    message_id: u64,
    total_message_len: u32,
    chunk_index: u32,
    chunk_count: u32,
    chunk_payload_len: u32,
}

object!(ChunkHeaderJson as ChunkHeaderJson);

impl Structure for ChunkHeaderJson {
    const LEN: usize = ChunkHeader::LEN;
    const FIXED: &'static [Fixed] = &[
        Fixed::new("magic", 0, CHUNK_MAGIC as u64),
        Fixed::new("version", 4, VERSION as u64),
        Fixed::new("flags", 6, 0),
    ];

    fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let header = ChunkHeader::decode(bytes)?;
        Ok(Self {
            magic: CHUNK_MAGIC,
            version: VERSION,
            flags: 0,
            message_id: header.message_id,
            total_message_len: header.total_message_len,
            chunk_index: header.chunk_index,
            chunk_count: header.chunk_count,
            chunk_payload_len: header.chunk_payload_len,
        })
    }

    fn write(&self) -> Vec<u8> {
        let header = ChunkHeader {
            message_id: self.message_id,
            total_message_len: self.total_message_len,
            chunk_index: self.chunk_index,
            chunk_count: self.chunk_count,
            chunk_payload_len: self.chunk_payload_len,
        };
        header.encode().into()
    }

    fn fixed(&self) -> Vec<&[u8]> {
        vec![self.magic.as_bytes(), self.version.as_bytes(), self.flags.as_bytes()]
    }
}

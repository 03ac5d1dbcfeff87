//! Cutting messages into packets, and what a receiver expects of the packets of one message. Here bytes and numbers only;
//! [`Chunked`] moves them.
//!
//! Contract: `docs/contract/envelope.md`, "Chunk header".

mod chunked;
mod unsent;

pub(crate) use chunked::Chunked;

use crate::envelope::{ChunkHeader, MessageHeader};
use crate::packets::HEADER_LEN;
use crate::session::Violation;

/// Payload bytes that fit in a packet of this size.
fn room(packet_size: u32) -> usize {
    (packet_size as usize).saturating_sub(HEADER_LEN)
}

/// Packets of a message whose first one carries `first` of its payload bytes.
fn chunk_count(payload_len: u32, first: usize, room: usize) -> Option<u32> {
    let rest = (payload_len as usize).checked_sub(first)?;
    if rest == 0 {
        return Some(1);
    }
    if room == 0 {
        return None;
    }
    u32::try_from(rest.div_ceil(room)).ok()?.checked_add(1)
}

/// A message's continuations, in order: each one's header and its part of the payload. Empty for a message that fits
/// in one packet of so much room, and where the message cannot be counted.
fn continuations<'a>(
    header: &MessageHeader,
    payload: &'a [u8],
    room: usize,
) -> impl Iterator<Item = (ChunkHeader, &'a [u8])> + use<'a> {
    let message_id = header.message_id;
    let total = total_message_len(header.payload_len);
    let first = payload.len().min(room);
    let chunk_count = chunk_count(header.payload_len, first, room);
    let parts = payload[first..].chunks(room.max(1));
    (1..).zip(parts).filter_map(move |(chunk_index, part)| {
        let chunk = ChunkHeader {
            message_id,
            total_message_len: total?,
            chunk_index,
            chunk_count: chunk_count?,
            chunk_payload_len: u32::try_from(part.len()).ok()?,
        };
        Some((chunk, part))
    })
}

fn total_message_len(payload_len: u32) -> Option<u32> {
    payload_len.checked_add(u32::try_from(HEADER_LEN).ok()?)
}

/// A message of which some packets have come.
#[derive(Clone, Copy, Debug)]
struct Assembly {
    header: MessageHeader,
    total_message_len: u32,
    received: usize,
    next_index: u32,
    chunk_count: u32,
}

impl Assembly {
    /// Begins with the first packet, which brought `first` payload bytes where `room` were possible.
    fn begin(header: MessageHeader, first: usize, room: usize) -> Result<Self, Violation> {
        let mismatch = Violation::PayloadLength { announced: header.payload_len, received: first };
        let chunk_count = chunk_count(header.payload_len, first, room).ok_or(mismatch)?;
        let total_message_len = total_message_len(header.payload_len).ok_or(mismatch)?;
        Ok(Self { header, total_message_len, received: first, next_index: 1, chunk_count })
    }

    /// The message's header.
    fn header(&self) -> &MessageHeader {
        &self.header
    }

    /// Payload bytes that have come.
    fn received(&self) -> usize {
        self.received
    }

    /// Whether all of the payload has come.
    fn is_complete(&self) -> bool {
        self.received == self.header.payload_len as usize
    }

    /// Takes a continuation that brought so many payload bytes.
    fn accept(&mut self, chunk: &ChunkHeader, payload_len: usize) -> Result<(), Violation> {
        let rest = self.header.payload_len as usize - self.received;
        let checks = [
            ("message_id", self.header.message_id, chunk.message_id),
            ("total_message_len", self.total_message_len.into(), chunk.total_message_len.into()),
            ("chunk_index", self.next_index.into(), chunk.chunk_index.into()),
            ("chunk_count", self.chunk_count.into(), chunk.chunk_count.into()),
            ("chunk_payload_len", payload_len as u64, chunk.chunk_payload_len.into()),
            // A positive length, within the payload.
            ("chunk_payload_len", payload_len.clamp(1, rest.max(1)) as u64, payload_len as u64),
        ];
        for (field, expected, found) in checks {
            if expected != found {
                return Err(Violation::Chunk { field, expected, found });
            }
        }
        self.received += payload_len;
        self.next_index += 1;
        if self.next_index == self.chunk_count && !self.is_complete() {
            let announced = self.header.payload_len;
            return Err(Violation::PayloadLength { announced, received: self.received });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(payload_len: u32) -> MessageHeader {
        MessageHeader::request(1, 9, payload_len)
    }

    /// A message of 100 bytes of which 40 came with the first packet; packets hold 40.
    fn begun() -> (Assembly, ChunkHeader) {
        let assembly = Assembly::begin(header(100), 40, 40).unwrap();
        let chunk = ChunkHeader {
            message_id: 9,
            total_message_len: 132,
            chunk_index: 1,
            chunk_count: 3,
            chunk_payload_len: 40,
        };
        (assembly, chunk)
    }

    #[test]
    fn a_message_that_fits_has_no_continuation() {
        for len in [0, 1, 39, 40] {
            let payload = vec![0; len];
            assert_eq!(continuations(&header(len as u32), &payload, 40).count(), 0, "{len}");
            assert!(Assembly::begin(header(len as u32), len, 40).unwrap().is_complete());
        }
    }

    #[test]
    fn every_packet_but_the_last_is_full() {
        let payload = vec![0; 100];
        let lens: Vec<_> = continuations(&header(100), &payload, 40).map(|(_, part)| part.len()).collect();
        assert_eq!(lens, [40, 20]);
    }

    #[test]
    fn a_first_packet_longer_than_the_payload_is_a_violation() {
        let found = Assembly::begin(header(10), 11, 40).unwrap_err();
        assert_eq!(found, Violation::PayloadLength { announced: 10, received: 11 });
    }

    #[test]
    fn a_message_whose_length_does_not_count_in_32_bits_is_a_violation() {
        assert!(Assembly::begin(header(u32::MAX), 40, 40).is_err());
    }

    #[test]
    fn a_packet_size_without_room_carries_no_payload() {
        assert_eq!(room(31), 0);
        assert!(Assembly::begin(header(1), 0, 0).is_err());
    }

    #[test]
    fn each_wrong_field_of_a_chunk_is_a_violation_that_names_it() {
        type Change = fn(&mut ChunkHeader);
        let changes: [(&str, Change); 8] = [
            ("message_id", |c| c.message_id = 8),
            ("total_message_len", |c| c.total_message_len = 100),
            ("chunk_index", |c| c.chunk_index = 0),
            ("chunk_index", |c| c.chunk_index = 2),
            ("chunk_count", |c| c.chunk_count = 2),
            ("chunk_count", |c| c.chunk_count = 4),
            ("chunk_payload_len", |c| c.chunk_payload_len = 39),
            ("chunk_payload_len", |c| c.chunk_payload_len = 41),
        ];
        for (name, change) in changes {
            let (mut assembly, mut chunk) = begun();
            change(&mut chunk);
            let error = assembly.accept(&chunk, 40).unwrap_err();
            assert!(matches!(error, Violation::Chunk { field, .. } if field == name), "{error:?}");
        }
    }

    #[test]
    fn a_chunk_without_payload_is_a_violation() {
        let (mut assembly, mut chunk) = begun();
        chunk.chunk_payload_len = 0;
        assert_eq!(
            assembly.accept(&chunk, 0),
            Err(Violation::Chunk { field: "chunk_payload_len", expected: 1, found: 0 })
        );
    }

    #[test]
    fn a_chunk_that_passes_the_payload_is_a_violation() {
        let (mut assembly, mut chunk) = begun();
        assembly.accept(&chunk, 40).unwrap();
        chunk.chunk_index = 2;
        chunk.chunk_payload_len = 21;
        assert_eq!(
            assembly.accept(&chunk, 21),
            Err(Violation::Chunk { field: "chunk_payload_len", expected: 20, found: 21 })
        );
    }

    #[test]
    fn a_last_chunk_that_leaves_the_payload_short_is_a_violation() {
        let (mut assembly, mut chunk) = begun();
        assembly.accept(&chunk, 40).unwrap();
        chunk.chunk_index = 2;
        chunk.chunk_payload_len = 19;
        assert_eq!(
            assembly.accept(&chunk, 19),
            Err(Violation::PayloadLength { announced: 100, received: 99 })
        );
    }

    #[test]
    fn a_short_first_packet_changes_the_count() {
        let mut assembly = Assembly::begin(header(80), 0, 40).unwrap();
        let chunk = |chunk_index| ChunkHeader {
            message_id: 9,
            total_message_len: 112,
            chunk_index,
            chunk_count: 3,
            chunk_payload_len: 40,
        };
        assembly.accept(&chunk(1), 40).unwrap();
        assembly.accept(&chunk(2), 40).unwrap();
        assert!(assembly.is_complete());
    }

    proptest! {
        #[test]
        fn what_a_sender_cuts_a_receiver_puts_together(len in 0usize..2_000, room in 1usize..300) {
            let payload: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let header = header(len as u32);
            let first = len.min(room);
            let mut received = payload[..first].to_vec();
            let mut assembly = Assembly::begin(header, first, room).unwrap();
            for (chunk, part) in continuations(&header, &payload, room) {
                prop_assert!(part.len() <= room);
                assembly.accept(&chunk, part.len()).unwrap();
                received.extend_from_slice(part);
            }
            prop_assert!(assembly.is_complete());
            prop_assert_eq!(received, payload);
        }

        #[test]
        fn no_sequence_of_chunks_passes_the_payload(
            payload_len: u32, first in 0usize..300, room in 0usize..300,
            chunks in prop::collection::vec((any::<u32>(), any::<u32>(), 0usize..300), 0..20),
        ) {
            if let Ok(mut assembly) = Assembly::begin(header(payload_len), first, room) {
                for (chunk_index, chunk_count, len) in chunks {
                    let chunk = ChunkHeader {
                        message_id: 9,
                        total_message_len: payload_len.wrapping_add(32),
                        chunk_index,
                        chunk_count,
                        chunk_payload_len: len as u32,
                    };
                    let _ = assembly.accept(&chunk, len);
                    prop_assert!(assembly.received() <= payload_len as usize);
                }
            }
        }
    }
}

//! Batches: a directory alone, and a whole payload.

use netipc::transport::{Batch, BatchBuilder, envelope::MAX_PAYLOAD_LEN};
use netipc_wire::zerocopy::{FromBytes, IntoBytes};
use netipc_wire::{DirectoryError, DirectoryFault, ITEM_ALIGN, SPAN_LEN, Span};
use serde::{Deserialize, Serialize};

use super::rejection::Rejection;
use super::via::{self, object};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct DirectoryJson {
    #[serde(with = "via")]
    entries: Vec<EntryJson>,
}

object!(DirectoryJson as DirectoryJson);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct EntryJson {
    offset: u32,
    length: u32,
}

object!(EntryJson as EntryJson);

impl DirectoryJson {
    /// The directory of `item_count` items that lie in `area` bytes, which are not there.
    pub(super) fn decode(bytes: &[u8], item_count: u32, area: u32) -> Result<Self, Rejection> {
        let needed = u64::from(item_count) * SPAN_LEN as u64;
        let entries = usize::try_from(item_count)
            .ok()
            .and_then(|count| <[Span]>::ref_from_prefix_with_elems(bytes, count).ok())
            .map(|(entries, _)| entries)
            .ok_or_else(|| Rejection::short_directory(needed, bytes.len()))?;
        check(entries, area)?;
        let entry = |span: &Span| EntryJson { offset: span.offset(), length: span.length() };
        Ok(Self { entries: entries.iter().map(entry).collect() })
    }

    /// The bytes, if a decoder accepts them that knows as much. The area is as large as one can be if nothing is said.
    pub(super) fn encode(&self, item_count: Option<u32>, area: Option<u32>) -> Result<Vec<u8>, Rejection> {
        agree(item_count, self.entries.len())?;
        let entries: Vec<_> =
            self.entries.iter().map(|entry| Span::new(entry.offset, entry.length)).collect();
        check(&entries, area.unwrap_or(u32::MAX))?;
        Ok(entries.as_bytes().to_vec())
    }
}

/// The rules of the envelope's directory. The library's own check wants the area itself, not its length.
fn check(entries: &[Span], area: u32) -> Result<(), DirectoryError> {
    let area = usize::try_from(area).unwrap_or(usize::MAX);
    for (index, entry) in (0u32..).zip(entries) {
        let fault = if !(entry.offset() as usize).is_multiple_of(ITEM_ALIGN) {
            DirectoryFault::Misaligned
        } else if entry.range(area, 0).is_none() {
            DirectoryFault::OutOfBounds
        } else {
            continue;
        };
        return Err(DirectoryError { fault, index, at: index as usize * SPAN_LEN });
    }
    Ok(())
}

fn agree(announced: Option<u32>, found: usize) -> Result<(), Rejection> {
    match announced {
        Some(announced) if usize::try_from(announced) != Ok(found) => {
            Err(Rejection::item_count(announced, found))
        }
        _ => Ok(()),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct PayloadJson {
    items_hex: Vec<Hex>,
}

object!(PayloadJson as PayloadJson);

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Hex(#[serde(with = "hex::serde")] Vec<u8>);

impl PayloadJson {
    pub(super) fn decode(bytes: &[u8], item_count: u32) -> Result<Self, Rejection> {
        let batch = Batch::decode(bytes, item_count)?;
        Ok(Self { items_hex: batch.iter().map(|item| Hex(item.to_vec())).collect() })
    }

    pub(super) fn encode(&self, item_count: Option<u32>) -> Result<Vec<u8>, Rejection> {
        let found = self.items_hex.len();
        agree(item_count, found)?;
        let mut builder = BatchBuilder::new();
        // More than u32 can count do not fit in any payload either.
        builder.start(u32::try_from(found).unwrap_or(u32::MAX), MAX_PAYLOAD_LEN)?;
        for Hex(item) in &self.items_hex {
            builder.push(item)?;
        }
        Ok(builder.finish()?.payload().to_vec())
    }
}

//! One response made of the items of several.

use std::ops::Range;

use netipc_codec::LookupResponse;
use netipc_wire::{SPAN_LEN, Span, padding};
use zerocopy::{FromBytes, IntoBytes};

use super::LookupError;

/// The payload of a response with an item for every key of a call, as far as they have come. Items that come late stand
/// behind those of later keys; a view finds them by the directory.
#[derive(Debug, Default)]
pub(super) struct Stitched {
    /// Of which `end` bytes belong to the payload.
    bytes: Vec<u8>,
    end: usize,
    header_len: usize,
    /// Where the packed area begins; 0 before the beginning.
    area: usize,
    has_header: bool,
}

impl Stitched {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        (self.end, self.area, self.has_header) = (0, 0, false);
    }

    /// Whether anything is stitched.
    pub(super) const fn has_begun(&self) -> bool {
        self.area > 0
    }

    /// The payload.
    pub(super) fn payload(&self) -> &[u8] {
        self.bytes.get(..self.end).unwrap_or_default()
    }

    /// Makes room for the directory of so many items, if that has not been done.
    pub(super) fn begin<Resp: LookupResponse>(
        &mut self,
        items: usize,
        ceiling: usize,
    ) -> Result<(), LookupError> {
        if self.has_begun() {
            return Ok(());
        }
        self.header_len = Resp::LAYOUT.header_len;
        let area = self.header_len + items * SPAN_LEN;
        self.grow(area, ceiling)?;
        (self.area, self.end) = (area, area);
        self.bytes.get_mut(..area).unwrap_or_default().fill(0);
        // The number of items stands in the header, wherever the rest of it comes from.
        let count = u32::try_from(items).unwrap_or(u32::MAX).to_ne_bytes();
        let place = Resp::LAYOUT.count_at().and_then(|at| self.bytes.get_mut(at..)?.first_chunk_mut());
        if let Some(place) = place {
            *place = count;
        }
        Ok(())
    }

    /// Takes the header of the first response, and holds those of the others against it: all but the number of items
    /// tells the provider's state, and has to be the same.
    pub(super) fn keep_header<Resp: LookupResponse>(&mut self, response: &[u8]) -> Result<(), LookupError> {
        let count_at = Resp::LAYOUT.count_at();
        for field in Resp::LAYOUT.fields.iter().filter(|field| Some(field.at) != count_at) {
            let range = field.at..field.at + field.size;
            let (kept, found) = (self.bytes.get_mut(range.clone()), response.get(range));
            match (kept, found) {
                (Some(kept), Some(found)) if self.has_header && kept != found => {
                    return Err(LookupError::GenerationChanged { field: field.name });
                }
                (Some(kept), Some(found)) => kept.copy_from_slice(found),
                _ => {}
            }
        }
        self.has_header = true;
        Ok(())
    }

    /// Whether there is an item at this place.
    pub(super) fn has(&self, index: usize) -> bool {
        self.bytes
            .get(self.entry(index))
            .and_then(|entry| Span::read_from_bytes(entry).ok())
            .is_some_and(|entry| entry.length() > 0)
    }

    /// Adds the item for this place, if there is none.
    pub(super) fn put(&mut self, index: usize, item: &[u8], ceiling: usize) -> Result<(), LookupError> {
        if self.has(index) { Ok(()) } else { self.replace(index, item, ceiling) }
    }

    /// Adds the item for this place, whatever was there.
    pub(super) fn replace(&mut self, index: usize, item: &[u8], ceiling: usize) -> Result<(), LookupError> {
        let packed = self.end - self.area;
        let start = self.end + padding(packed);
        let end = start + item.len();
        self.grow(end, ceiling)?;
        self.bytes.get_mut(self.end..start).unwrap_or_default().fill(0);
        if let Some(place) = self.bytes.get_mut(start..end) {
            place.copy_from_slice(item);
        }
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let entry = Span::new(narrow(start - self.area), narrow(item.len()));
        let range = self.entry(index);
        if let Some(place) = self.bytes.get_mut(range) {
            place.copy_from_slice(entry.as_bytes());
        }
        self.end = end;
        Ok(())
    }

    fn entry(&self, index: usize) -> Range<usize> {
        let start = self.header_len + index * SPAN_LEN;
        start..start + SPAN_LEN
    }

    /// Makes the buffer so long at least; offsets are u32 whatever the ceiling.
    fn grow(&mut self, end: usize, ceiling: usize) -> Result<(), LookupError> {
        let limit = ceiling.min(usize::try_from(u32::MAX).unwrap_or(usize::MAX));
        if end > limit {
            return Err(LookupError::TooLarge { bytes: end, limit });
        }
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        Ok(())
    }
}

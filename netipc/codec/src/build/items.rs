//! A fixed header, then a directory and its items.

use core::fmt;
use core::marker::PhantomData;

use netipc_wire::{ITEM_ALIGN, SPAN_LEN, padding};
use zerocopy::IntoBytes;

use super::{addressable, overflow, span_of, write_header};
use crate::{Encode, EncodeError, WireMessage};

/// Adds the items of a list in place: what the builder of a message gives out for its list.
///
/// The directory stands in front of the items and its length is known only at the end. Entries for as many items as
/// [`expect`](Self::expect) announced go to their final place, further ones to the end of the buffer for the time
/// being; [`MessageBuilder::finish`](crate::MessageBuilder::finish) puts them where they belong and moves the items
/// once, or not at all where the announced number was right.
///
/// An item that does not fit leaves what was added before intact and is remembered: the message as a whole is then an
/// overflow, never a shorter list.
pub struct ItemsBuilder<'a, T> {
    buffer: &'a mut [u8],
    header_len: usize,
    // Entries that have room in front of the items.
    room: usize,
    count: usize,
    // Where the last item ends, counted from the start of the packed area.
    end: usize,
    overflow: Option<EncodeError>,
    item: PhantomData<fn() -> T>,
}

impl<'a, T: WireMessage> ItemsBuilder<'a, T> {
    #[doc(hidden)]
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        let (room, count, end, overflow, item) = (0, 0, 0, None, PhantomData);
        Self { buffer: addressable(buffer), header_len, room, count, end, overflow, item }
    }

    /// How many items there are so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Announces how many items will come. A right guess saves the one move of the items, a wrong one costs nothing;
    /// after the first item it is too late and does nothing.
    pub fn expect(&mut self, count: usize) -> &mut Self {
        let directory = count.checked_mul(SPAN_LEN).and_then(|len| len.checked_add(self.header_len));
        if self.count == 0 && directory.is_some_and(|end| end <= self.buffer.len()) {
            self.room = count;
        }
        self
    }

    /// Adds one item.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`] if it does not fit, or if one before it did not: then the message as a whole fails,
    /// and there is no point in adding more.
    #[inline]
    pub fn push(&mut self, item: impl Encode<Message = T>) -> Result<(), EncodeError> {
        if let Some(error) = self.overflow {
            return Err(error);
        }
        self.try_push(item).inspect_err(|error| self.overflow = Some(*error))
    }

    /// Adds all of `items`; where none were added before, their number is announced first.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn extend<I>(&mut self, items: I) -> Result<(), EncodeError>
    where
        I: IntoIterator<IntoIter: ExactSizeIterator, Item: Encode<Message = T>>,
    {
        let items = items.into_iter();
        self.expect(items.len());
        items.into_iter().try_for_each(|item| self.push(item))
    }

    #[inline]
    fn try_push(&mut self, item: impl Encode<Message = T>) -> Result<(), EncodeError> {
        let len = item.encoded_len();
        let start = self.end + padding(self.end);
        let needed = (self.header_len + (self.count + 1) * SPAN_LEN + start).saturating_add(len);
        if needed > self.buffer.len() {
            return Err(overflow(needed, self.buffer.len()));
        }
        let parked = (self.count + 1).saturating_sub(self.room);
        if self.area() + start + len + parked * SPAN_LEN > self.buffer.len() {
            // More was announced than came, and the room of those is needed now.
            self.close_up();
        }
        let area = self.area();
        let place = self.buffer.get_mut(area + self.end..area + start + len).unwrap_or_default();
        let (gap, place) = place.split_at_mut_checked(start - self.end).unwrap_or_default();
        gap.fill(0);
        let len = item.encode(place)?;
        let at = if self.count < self.room {
            self.header_len + self.count * SPAN_LEN
        } else {
            self.buffer.len() - (self.count + 1 - self.room) * SPAN_LEN
        };
        if let Some(entry) = self.buffer.get_mut(at..at + SPAN_LEN) {
            entry.copy_from_slice(span_of(start, len).as_bytes());
        }
        self.count += 1;
        self.end = start + len;
        Ok(())
    }

    /// Where the packed area begins at present.
    fn area(&self) -> usize {
        self.header_len + self.room * SPAN_LEN
    }

    /// Gives up the room in front of the items that no entry has used.
    fn close_up(&mut self) {
        let area = self.area();
        self.room = self.room.min(self.count);
        self.buffer.copy_within(area..area + self.end, self.area());
    }

    /// Brings the entries that wait at the end of the buffer to the front, before the items.
    fn bring_in_parked(&mut self) {
        let parked = (self.count - self.room) * SPAN_LEN;
        let (area, items_end) = (self.area(), self.area() + self.end);
        // Behind the items first, which is free in every case; they were parked last to first.
        self.buffer.copy_within(self.buffer.len() - parked.., items_end);
        if let Some(list) = self.buffer.get_mut(area..items_end + parked) {
            if let Some(entries) = list.get_mut(self.end..) {
                entries.as_chunks_mut::<SPAN_LEN>().0.reverse();
            }
            list.rotate_right(parked);
        }
        self.room = self.count;
    }

    /// How many items the header has to announce.
    ///
    /// # Errors
    /// The first overflow.
    #[doc(hidden)]
    #[inline]
    pub fn close(&mut self) -> Result<u32, EncodeError> {
        if let Some(error) = self.overflow {
            return Err(error);
        }
        if self.room > self.count {
            self.close_up();
        } else if self.room < self.count {
            self.bring_in_parked();
        }
        // The buffer holds less than u32::MAX bytes, so it holds fewer entries.
        Ok(u32::try_from(self.count).unwrap_or(u32::MAX))
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// The first overflow.
    #[doc(hidden)]
    #[inline]
    pub fn finish(self, header: &[u8]) -> Result<usize, EncodeError> {
        debug_assert_eq!(header.len(), self.header_len);
        if let Some(error) = self.overflow {
            return Err(error);
        }
        write_header(self.buffer, header)?;
        Ok(self.area() + self.end)
    }

    /// The bytes of a list of items of these lengths: directory and packed area.
    #[doc(hidden)]
    pub fn encoded_len(lengths: impl Iterator<Item = usize>) -> usize {
        let (count, end) = lengths.fold((0usize, 0usize), |(count, end), len| {
            (count + 1, end.next_multiple_of(ITEM_ALIGN).saturating_add(len))
        });
        (count * SPAN_LEN).saturating_add(end)
    }
}

impl<T> fmt::Debug for ItemsBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsBuilder")
            .field("count", &self.count)
            .field("end", &self.end)
            .field("overflow", &self.overflow)
            .finish_non_exhaustive()
    }
}

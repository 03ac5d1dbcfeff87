//! A fixed header, then a directory and its items.

use core::fmt;
use core::marker::PhantomData;

use netipc_wire::{ITEM_ALIGN, SPAN_LEN, Span, padding};
use zerocopy::FromBytes;

use super::{addressable, overflow, span_of, write_header};
use crate::fault::{Broken, EncodeFault};
use crate::{Encode, EncodeError, Layout, WireMessage};

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
    // Where the packed area begins.
    area: usize,
    count: usize,
    // Where the last item ends, counted from the start of the packed area.
    end: usize,
    error: Option<EncodeError>,
    item: PhantomData<fn() -> T>,
}

impl<'a, T: WireMessage> ItemsBuilder<'a, T> {
    #[doc(hidden)]
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        let (room, count, end, error, item) = (0, 0, 0, None, PhantomData);
        Self { buffer: addressable(buffer), header_len, room, area: header_len, count, end, error, item }
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
            self.reserve(count);
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
        if self.has_failed() {
            return self.result();
        }
        let len = item.encoded_len();
        match self.try_push(len, |place| item.encode_exact::<Broken>(place)) {
            Ok(()) => Ok(()),
            Err(Broken) => self.give_up(&item, len),
        }
    }

    /// Remembers why an item was not added.
    #[cold]
    pub(crate) fn give_up(&mut self, item: &impl Encode<Message = T>, len: usize) -> Result<(), EncodeError> {
        match self.try_push(len, |place| item.encode_exact::<EncodeError>(place)) {
            Ok(()) => Ok(()),
            Err(error) => self.fail(error),
        }
    }

    /// Whether an error was remembered.
    #[inline]
    pub(crate) const fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// The error that was remembered, if any.
    #[cold]
    pub(crate) fn result(&self) -> Result<(), EncodeError> {
        self.error.map_or(Ok(()), Err)
    }

    /// Remembers an error.
    #[cold]
    pub(crate) fn fail(&mut self, error: EncodeError) -> Result<(), EncodeError> {
        Err(*self.error.get_or_insert(error))
    }

    /// Where an item of `len` bytes would end, counted from the start of the packed area.
    #[inline]
    pub(crate) fn end_with(&self, len: usize) -> usize {
        (self.end + padding(self.end)).saturating_add(len)
    }

    /// Remembers that no payload with `count` items fits whose packed area has `end` bytes.
    #[cold]
    pub(crate) fn refuse(&mut self, count: usize, end: usize) {
        let error = overflow(self.bytes_with(count, end), self.buffer.len());
        self.error.get_or_insert(error);
    }

    /// Bytes of a payload with `count` items whose packed area has `end` bytes.
    #[inline]
    fn bytes_with(&self, count: usize, end: usize) -> usize {
        (self.header_len + count * SPAN_LEN).saturating_add(end)
    }

    /// Whether such a payload fits.
    #[inline]
    pub(crate) fn has_room_for(&self, count: usize, end: usize) -> bool {
        self.bytes_with(count, end) <= self.buffer.len()
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
        for item in items {
            self.push(item)?;
        }
        Ok(())
    }

    /// Adds one item of `len` bytes, which `encode` writes, or leaves everything as it was.
    #[inline]
    pub(crate) fn try_push<E: EncodeFault>(
        &mut self,
        len: usize,
        encode: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        let start = self.end + padding(self.end);
        let entry = if self.count < self.room && self.area + start + len <= self.buffer.len() {
            self.header_len + self.count * SPAN_LEN
        } else {
            self.make_room(start, len)?
        };
        let free = self.buffer.get_mut(self.area + self.end..).unwrap_or_default();
        match free.first_chunk_mut() {
            // One store; what of it is not padding will be the item.
            Some(word) => *word = [0; ITEM_ALIGN],
            None => free.iter_mut().take(start - self.end).for_each(|byte| *byte = 0),
        }
        let Some(place) = free.get_mut(start - self.end..).and_then(|free| free.get_mut(..len)) else {
            return Err(EncodeError::Overflow { needed: len, available: 0 }.into());
        };
        let len = encode(place)?;
        if let Some(Ok((entry, _))) = self.buffer.get_mut(entry..).map(Span::mut_from_prefix) {
            *entry = span_of(start, len);
        }
        self.count += 1;
        self.end = start + len;
        Ok(())
    }

    /// Room for an item at `start` of the packed area and for its entry, where more came than was announced, or where
    /// more was announced than fits; gives where the entry goes.
    #[cold]
    fn make_room(&mut self, start: usize, len: usize) -> Result<usize, EncodeError> {
        let needed = self.bytes_with(self.count + 1, start.saturating_add(len));
        if needed > self.buffer.len() {
            return Err(overflow(needed, self.buffer.len()));
        }
        if self.count < self.room {
            // The room of those that did not come is needed now.
            self.close_up();
        }
        let parked = (self.count + 1 - self.room) * SPAN_LEN;
        if self.area + start + len + parked > self.buffer.len() {
            return Err(overflow(needed, self.buffer.len()));
        }
        Ok(self.buffer.len() - parked)
    }

    /// Gives up the room in front of the items that no entry has used.
    fn close_up(&mut self) {
        let area = self.area;
        self.reserve(self.room.min(self.count));
        self.buffer.copy_within(area..area + self.end, self.area);
    }

    /// Brings the entries that wait at the end of the buffer to the front, before the items.
    fn bring_in_parked(&mut self) {
        let parked = (self.count - self.room) * SPAN_LEN;
        let (area, items_end) = (self.area, self.area + self.end);
        // Behind the items first, which is free in every case; they were parked last to first.
        self.buffer.copy_within(self.buffer.len() - parked.., items_end);
        if let Some(list) = self.buffer.get_mut(area..items_end + parked) {
            if let Some(entries) = list.get_mut(self.end..) {
                entries.as_chunks_mut::<SPAN_LEN>().0.reverse();
            }
            list.rotate_right(parked);
        }
        self.reserve(self.count);
    }

    /// Entries up to this one stand in front of the items.
    fn reserve(&mut self, room: usize) {
        self.room = room;
        self.area = self.header_len + room * SPAN_LEN;
    }

    /// How many items the header has to announce.
    ///
    /// # Errors
    /// The first overflow.
    #[doc(hidden)]
    #[inline]
    pub fn close(&mut self) -> Result<u32, EncodeError> {
        if let Some(error) = self.error {
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
    pub fn finish(&mut self, header: &[u8]) -> Result<usize, EncodeError> {
        debug_assert_eq!(header.len(), self.header_len);
        if let Some(error) = self.error {
            return Err(error);
        }
        write_header(self.buffer, header)?;
        Ok(self.area + self.end)
    }
}

impl<T: WireMessage> ItemsBuilder<'_, T> {
    /// Gives the length of a payload whose header is in place already, but for the number of items.
    pub(crate) fn finish_behind(&mut self, header: &Layout) -> Result<usize, EncodeError> {
        let count = self.close()?.to_ne_bytes();
        let place = header.count_at().and_then(|at| self.buffer.get_mut(at..)?.first_chunk_mut());
        if let Some(place) = place {
            *place = count;
        }
        Ok(self.area + self.end)
    }
}

impl<T> fmt::Debug for ItemsBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsBuilder")
            .field("count", &self.count)
            .field("end", &self.end)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The bytes of a list of these items: directory and packed area.
#[inline]
pub fn items_len(items: &[impl Encode]) -> usize {
    let end = items.iter().fold(0usize, |end, item| {
        end.checked_next_multiple_of(ITEM_ALIGN).unwrap_or(usize::MAX).saturating_add(item.encoded_len())
    });
    (items.len() * SPAN_LEN).saturating_add(end)
}

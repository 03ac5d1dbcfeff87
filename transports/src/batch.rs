//! Putting a batch together.

use netipc_wire::{SPAN_LEN, padding, write_directory};
use thiserror::Error;
use zerocopy::FromZeros;

use crate::envelope::Batch;

/// Puts the payload of a batch together from opaque items, in a buffer of its own that is reused from batch to batch.
///
/// The number of items is known from the start (a response has as many as its request), so that items are written
/// once, where they stay. Contract: `docs/contract/envelope.md`, "Batch directory".
///
/// ```
/// use netipc_transport::BatchBuilder;
/// let mut builder = BatchBuilder::new();
/// builder.start(2, 1_024)?;
/// builder.push(b"one")?;
/// builder.push_with(100, |room| {
///     room[..3].copy_from_slice(b"two");
///     Ok::<_, netipc_transport::BatchError>(3)
/// })?;
/// let batch = builder.finish()?;
/// assert_eq!(batch.payload().len(), 2 * 8 + 2 * 8);
/// assert_eq!(batch.get(1), Some(&b"two"[..]));
/// # Ok::<(), netipc_transport::BatchError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct BatchBuilder {
    // Only the first `len` bytes belong to the batch; behind them lies what earlier batches left.
    buffer: Vec<u8>,
    len: usize,
    max_payload_bytes: usize,
    item_count: u32,
    lengths: Vec<usize>,
}

/// Why a batch cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The directory, the items and their padding are larger than the limit.
    #[error("a batch of {needed} bytes is larger than the limit of {limit}")]
    TooLarge {
        /// Bytes of the payload with this item.
        needed: usize,
        /// Bytes that are allowed.
        limit: usize,
    },
    /// There is no memory for a batch of that size.
    #[error("there is no memory for a batch of {bytes} bytes")]
    OutOfMemory {
        /// Bytes that were asked for.
        bytes: usize,
    },
    /// Another number of items than [`BatchBuilder::start`] announced.
    #[error("a batch of {announced} items cannot have {found}")]
    WrongItemCount {
        /// As announced.
        announced: u32,
        /// As there are, or would be.
        found: usize,
    },
}

impl BatchBuilder {
    /// A builder without a batch: [`BatchBuilder::start`] comes next. Allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of the payload of a batch whose items have these lengths: the directory, and each item padded.
    ///
    /// ```
    /// assert_eq!(netipc_transport::BatchBuilder::payload_len([3, 8]), 2 * 8 + 8 + 8);
    /// ```
    #[must_use]
    pub fn payload_len(items: impl IntoIterator<Item = usize>) -> usize {
        items.into_iter().fold(0, |len: usize, item| {
            len.saturating_add(SPAN_LEN).saturating_add(padded(item).unwrap_or(usize::MAX))
        })
    }

    /// Begins a batch of exactly `item_count` items with a payload of at most `max_payload_bytes`, directory and
    /// padding included. Whatever was in the builder is forgotten.
    ///
    /// # Errors
    /// [`BatchError::TooLarge`] if the directory alone does not fit, [`BatchError::OutOfMemory`]; the builder is then empty.
    pub fn start(&mut self, item_count: u32, max_payload_bytes: u32) -> Result<(), BatchError> {
        (self.len, self.item_count) = (0, 0);
        self.max_payload_bytes = max_payload_bytes as usize;
        self.lengths.clear();
        let directory = (item_count as usize).checked_mul(SPAN_LEN);
        self.len = self.reserve(0, directory)?;
        self.item_count = item_count;
        Ok(())
    }

    /// Appends an item.
    ///
    /// # Errors
    /// [`BatchError::TooLarge`] if it does not fit, [`BatchError::WrongItemCount`] if all announced items are there,
    /// [`BatchError::OutOfMemory`]. The batch is as it was.
    pub fn push(&mut self, item: &[u8]) -> Result<(), BatchError> {
        self.expect_another()?;
        let end = self.reserve(self.len, padded(item.len()))?;
        self.buffer[self.len..self.len + item.len()].copy_from_slice(item);
        self.commit(item.len(), end);
        Ok(())
    }

    /// Appends an item that `build` writes in place: it gets up to `room` bytes (less, where the limit is nearer; what
    /// is in them is arbitrary) and gives the length of the item.
    ///
    /// # Errors
    /// Those of `build`, and those of [`BatchBuilder::push`]; a length beyond the bytes that `build` got is one that
    /// does not fit. The batch is as it was.
    pub fn push_with<E: From<BatchError>>(
        &mut self,
        room: usize,
        build: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        self.expect_another()?;
        let room = room.min(self.remaining());
        self.reserve(self.len, Some(room))?;
        let len = build(&mut self.buffer[self.len..self.len + room])?;
        if len > room {
            let needed = self.len.saturating_add(len);
            return Err(BatchError::TooLarge { needed, limit: self.len + room }.into());
        }
        let end = self.reserve(self.len, padded(len))?;
        self.commit(len, end);
        Ok(())
    }

    /// Bytes that are left for further items and their padding.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.max_payload_bytes - self.len
    }

    /// Writes the directory and gives the batch, which lives until the builder is used again.
    ///
    /// # Errors
    /// [`BatchError::WrongItemCount`] if announced items are missing; they can still be appended.
    pub fn finish(&mut self) -> Result<Batch<'_>, BatchError> {
        let found = self.lengths.len();
        let wrong_count = BatchError::WrongItemCount { announced: self.item_count, found };
        if found != self.item_count as usize {
            return Err(wrong_count);
        }
        let payload = &mut self.buffer[..self.len];
        // Neither can fail: start has made room for the directory, and all offsets are below a limit that is a u32.
        write_directory(payload, self.lengths.iter().copied()).ok_or(wrong_count)?;
        Batch::checked(payload, self.item_count).ok_or(wrong_count)
    }

    fn expect_another(&self) -> Result<(), BatchError> {
        let found = self.lengths.len() + 1;
        if found > self.item_count as usize {
            return Err(BatchError::WrongItemCount { announced: self.item_count, found });
        }
        Ok(())
    }

    /// Makes sure that the buffer has `more` bytes behind `from`, and gives their end.
    fn reserve(&mut self, from: usize, more: Option<usize>) -> Result<usize, BatchError> {
        let limit = self.max_payload_bytes;
        let end = more.and_then(|more| from.checked_add(more)).unwrap_or(usize::MAX);
        if end > limit {
            return Err(BatchError::TooLarge { needed: end, limit });
        }
        if end > self.buffer.len() {
            // Zeroed memory from the OS, which provides what is touched of it: room costs nothing until it is used.
            let bytes = end.max(limit.min(2 * self.buffer.len()));
            let mut larger = u8::new_vec_zeroed(bytes).map_err(|_| BatchError::OutOfMemory { bytes })?;
            // All of it: the last item may have been built and not counted yet.
            larger[..self.buffer.len()].copy_from_slice(&self.buffer);
            self.buffer = larger;
        }
        Ok(end)
    }

    fn commit(&mut self, len: usize, end: usize) {
        self.buffer[self.len + len..end].fill(0);
        self.lengths.push(len);
        self.len = end;
    }
}

fn padded(len: usize) -> Option<usize> {
    len.checked_add(padding(len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push_with(builder: &mut BatchBuilder, room: usize, item: &[u8]) -> Result<(), BatchError> {
        builder.push_with(room, |place| {
            place.fill(0xee);
            place[..item.len()].copy_from_slice(item);
            Ok(item.len())
        })
    }

    #[test]
    fn padding_is_zero_whatever_the_buffer_held() {
        let mut builder = BatchBuilder::new();
        builder.start(1, 100).unwrap();
        push_with(&mut builder, 84, &[0xff; 80]).unwrap();
        for in_place in [false, true] {
            builder.start(2, 100).unwrap();
            for item in [b"abc", b"def"] {
                if in_place {
                    push_with(&mut builder, 50, item).unwrap();
                } else {
                    builder.push(item).unwrap();
                }
            }
            assert_eq!(builder.finish().unwrap().payload()[16..], *b"abc\0\0\0\0\0def\0\0\0\0\0");
        }
    }

    #[test]
    fn a_batch_has_as_many_items_as_announced() {
        let mut builder = BatchBuilder::new();
        builder.start(2, 100).unwrap();
        builder.push(b"a").unwrap();
        let missing = BatchError::WrongItemCount { announced: 2, found: 1 };
        assert_eq!(builder.finish().unwrap_err(), missing);
        builder.push(b"b").unwrap();
        let one_more = BatchError::WrongItemCount { announced: 2, found: 3 };
        assert_eq!(builder.push(b"c"), Err(one_more));
        assert_eq!(push_with(&mut builder, 10, b"c"), Err(one_more));
        assert_eq!(builder.finish().unwrap().item_count(), 2);
    }

    #[test]
    fn what_does_not_fit_leaves_the_batch_as_it_was() {
        let mut builder = BatchBuilder::new();
        builder.start(1, 32).unwrap();
        assert_eq!(builder.remaining(), 24);
        assert_eq!(builder.push(&[1; 25]), Err(BatchError::TooLarge { needed: 40, limit: 32 }));
        let too_long = builder.push_with(10, |place| Ok(place.len() + 1));
        assert_eq!(too_long, Err(BatchError::TooLarge { needed: 19, limit: 18 }));
        let failed: Result<(), Box<dyn std::error::Error>> = builder.push_with(10, |_| Err("no".into()));
        assert_eq!(failed.unwrap_err().to_string(), "no");
        builder.push(&[2; 24]).unwrap();
        assert_eq!(builder.remaining(), 0);
        assert_eq!(builder.finish().unwrap().get(0), Some(&[2; 24][..]));
    }

    #[test]
    fn a_batch_without_memory_for_it_is_an_error_and_leaves_it_as_it_was() {
        let mut builder = BatchBuilder::new();
        builder.start(1, 100).unwrap();
        // More than there can be anywhere.
        builder.max_payload_bytes = usize::MAX;
        let bytes = isize::MAX as usize;
        let pushed: Result<(), BatchError> = builder.push_with(bytes - 8, |_| panic!("there is no room"));
        assert_eq!(pushed, Err(BatchError::OutOfMemory { bytes }));
        builder.push(b"one").unwrap();
        assert_eq!(builder.finish().unwrap().get(0), Some(&b"one"[..]));
    }

    #[test]
    fn an_item_that_needs_more_than_its_room_for_padding_is_kept() {
        let mut builder = BatchBuilder::new();
        builder.start(3, 1_000).unwrap();
        for item in [&b"abc"[..], b"defghijkl", b"m"] {
            push_with(&mut builder, item.len(), item).unwrap();
        }
        let batch = builder.finish().unwrap();
        assert_eq!(batch.iter().collect::<Vec<_>>(), [&b"abc"[..], b"defghijkl", b"m"]);
    }

    #[test]
    fn room_in_place_ends_at_the_limit() {
        let mut builder = BatchBuilder::new();
        builder.start(1, 30).unwrap();
        let mut room = 0;
        let pushed: Result<(), BatchError> = builder.push_with(usize::MAX, |place| {
            room = place.len();
            Ok(0)
        });
        pushed.unwrap();
        assert_eq!(room, 22);
    }

    #[test]
    fn a_directory_that_does_not_fit_is_refused_and_leaves_nothing() {
        let mut builder = BatchBuilder::new();
        assert_eq!(builder.start(5, 39), Err(BatchError::TooLarge { needed: 40, limit: 39 }));
        assert!(builder.start(u32::MAX, u32::MAX).is_err());
        assert_eq!(builder.finish().unwrap().item_count(), 0);
    }
}

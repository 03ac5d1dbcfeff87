//! A fixed header, then strings.

use netipc_wire::Span;

use super::{addressable, overflow, span_of, write_header};
use crate::EncodeError;

/// Places the `N` strings of a message behind its header, in field order and without gaps, whatever order they are set
/// in: what generated builders of messages with strings, or with nothing behind the header, are made of.
#[derive(Debug)]
pub struct StringsBuilder<'a, const N: usize> {
    buffer: &'a mut [u8],
    header_len: usize,
    spans: [Span; N],
    // Strings up to here are in the buffer. Those that were set in field order, the usual case, were only appended.
    placed: usize,
    end: usize,
    overflow: Option<EncodeError>,
}

impl<'a, const N: usize> StringsBuilder<'a, N> {
    /// Of a message whose fixed header has `header_len` bytes.
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        let spans = [Span::default(); N];
        Self { buffer: addressable(buffer), header_len, spans, placed: 0, end: header_len, overflow: None }
    }

    /// String `index` becomes these bytes.
    #[inline]
    pub fn set(&mut self, index: usize, value: &[u8]) {
        self.set_with(index, value.len(), |place| place.copy_from_slice(value));
    }

    /// String `index` becomes `len` bytes that `fill` writes in place; before that they are undetermined.
    #[inline]
    pub fn set_with(&mut self, index: usize, len: usize, fill: impl FnOnce(&mut [u8])) {
        if self.overflow.is_none()
            && let Err(error) = self.try_set(index, len, fill)
        {
            self.overflow = Some(error);
        }
    }

    #[inline]
    fn try_set(&mut self, index: usize, len: usize, fill: impl FnOnce(&mut [u8])) -> Result<(), EncodeError> {
        while self.placed < index.min(N) {
            self.append(0)?;
        }
        let place = if index < self.placed { self.resize(index, len)? } else { self.append(len)? };
        fill(place);
        Ok(())
    }

    /// Room for the next string in field order, its NUL already behind it.
    #[inline]
    fn append(&mut self, len: usize) -> Result<&mut [u8], EncodeError> {
        let start = self.end;
        let end = start.saturating_add(len).saturating_add(1);
        let available = self.buffer.len();
        match (self.buffer.get_mut(start..end), self.spans.get_mut(self.placed)) {
            (Some([place @ .., nul]), Some(span)) => {
                *nul = 0;
                *span = span_of(start, len);
                self.placed += 1;
                self.end = end;
                Ok(place)
            }
            _ => Err(overflow(end, available)),
        }
    }

    /// Room for another content of a string that is in the buffer already: what follows moves.
    fn resize(&mut self, index: usize, len: usize) -> Result<&mut [u8], EncodeError> {
        let old = self.spans.get(index).copied().unwrap_or_default();
        let (start, old_len) = (old.offset() as usize, old.length() as usize);
        let end = (self.end - old_len).saturating_add(len);
        if end > self.buffer.len() {
            return Err(overflow(end, self.buffer.len()));
        }
        // From the NUL on.
        self.buffer.copy_within(start + old_len..self.end, start + len);
        for span in self.spans.iter_mut().take(self.placed).skip(index + 1) {
            *span = span_of(span.offset() as usize - old_len + len, span.length() as usize);
        }
        if let Some(span) = self.spans.get_mut(index) {
            *span = span_of(start, len);
        }
        self.end = end;
        Ok(self.buffer.get_mut(start..start + len).unwrap_or_default())
    }

    /// Places what was not set as empty strings and tells where each one lies.
    ///
    /// # Errors
    /// The first overflow.
    #[inline]
    pub fn close(&mut self) -> Result<[Span; N], EncodeError> {
        if let Some(error) = self.overflow {
            return Err(error);
        }
        while self.placed < N {
            self.append(0)?;
        }
        Ok(self.spans)
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// The first overflow.
    #[inline]
    pub fn finish(self, header: &[u8]) -> Result<usize, EncodeError> {
        debug_assert_eq!(header.len(), self.header_len);
        if let Some(error) = self.overflow {
            return Err(error);
        }
        write_header(self.buffer, header)?;
        Ok(self.end)
    }
}

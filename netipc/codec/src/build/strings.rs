//! A fixed header, then strings, then perhaps a table.

use netipc_wire::Span;

use super::rows::Table;
use super::{addressable, overflow, span_of, write_header};
use crate::text::has_nul;
use crate::{DecodeError, EncodeError, Rule};

/// Places the `N` strings of a message behind its header, in field order and without gaps, whatever order they are set
/// in: what generated builders of messages with strings, or with nothing behind the header, are made of. A table, if
/// there is one, follows the strings.
#[derive(Debug)]
pub struct StringsBuilder<'a, const N: usize> {
    pub(super) buffer: &'a mut [u8],
    header_len: usize,
    spans: [Span; N],
    // Strings up to here are in the buffer. Those that were set in field order, the usual case, were only appended.
    placed: usize,
    pub(super) strings_end: usize,
    // Once it is there, all strings are placed.
    pub(super) table: Option<Table>,
    pub(super) error: Option<EncodeError>,
}

impl<'a, const N: usize> StringsBuilder<'a, N> {
    /// Of a message whose fixed header has `header_len` bytes.
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        let (placed, table, error) = (0, None, None);
        let (buffer, spans) = (addressable(buffer), [Span::default(); N]);
        Self { buffer, header_len, spans, placed, strings_end: header_len, table, error }
    }

    /// String `index` becomes these bytes.
    #[inline]
    pub fn set(&mut self, index: usize, value: &[u8]) {
        if value.is_empty() && index >= self.placed {
            // It will be empty if nobody sets it.
            return;
        }
        self.set_with(index, value.len(), |place| place.copy_from_slice(value));
    }

    /// String `index` becomes `len` bytes that `fill` writes in place; before that they are undetermined.
    #[inline]
    pub fn set_with(&mut self, index: usize, len: usize, fill: impl FnOnce(&mut [u8])) {
        if self.error.is_none()
            && let Err(error) = self.try_set(index, len, fill)
        {
            self.error = Some(error);
        }
    }

    #[inline]
    fn try_set(&mut self, index: usize, len: usize, fill: impl FnOnce(&mut [u8])) -> Result<(), EncodeError> {
        self.place_until(index.min(N))?;
        let place = if index < self.placed { self.resize(index, len)? } else { self.append(len)? };
        fill(place);
        Ok(())
    }

    /// Places what was not set before string `index` as empty strings.
    #[inline]
    pub(super) fn place_until(&mut self, index: usize) -> Result<(), EncodeError> {
        while self.placed < index {
            self.append(0)?;
        }
        Ok(())
    }

    /// Room for the next string in field order, its NUL already behind it.
    #[inline]
    fn append(&mut self, len: usize) -> Result<&mut [u8], EncodeError> {
        let start = self.strings_end;
        let end = start.saturating_add(len).saturating_add(1);
        let available = self.buffer.len();
        match (self.buffer.get_mut(start..end), self.spans.get_mut(self.placed)) {
            (Some([place @ .., nul]), Some(span)) => {
                *nul = 0;
                *span = span_of(start, len);
                self.placed += 1;
                self.strings_end = end;
                Ok(place)
            }
            _ => Err(overflow(end, available)),
        }
    }

    /// Room for another content of a string that is in the buffer already: what follows moves.
    #[cold]
    fn resize(&mut self, index: usize, len: usize) -> Result<&mut [u8], EncodeError> {
        let old = self.spans.get(index).copied().unwrap_or_default();
        let (start, old_len) = (old.offset() as usize, old.length() as usize);
        let (old_end, end) = (self.strings_end, (self.strings_end - old_len).saturating_add(len));
        if end > self.buffer.len() {
            return Err(overflow(end, self.buffer.len()));
        }
        // A table that has to make way does so before the strings grow, and follows after they have shrunk.
        if len > old_len {
            self.move_table(end)?;
        }
        // From the NUL on.
        self.buffer.copy_within(start + old_len..old_end, start + len);
        self.strings_end = end;
        if len < old_len {
            self.move_table(end)?;
        }
        for span in self.spans.iter_mut().take(self.placed).skip(index + 1) {
            *span = span_of(span.offset() as usize - old_len + len, span.length() as usize);
        }
        if let Some(span) = self.spans.get_mut(index) {
            *span = span_of(start, len);
        }
        Ok(self.buffer.get_mut(start..start + len).unwrap_or_default())
    }

    /// Places what was not set as empty strings and tells where each one lies.
    ///
    /// # Errors
    /// The first one that was remembered.
    #[inline]
    pub fn close(&mut self) -> Result<[Span; N], EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.place_until(N)?;
        Ok(self.spans)
    }

    /// Whether no string has a NUL inside; `names` are those of the message and of the fields, with their positions.
    ///
    /// # Errors
    /// [`EncodeError::Rule`].
    #[inline]
    pub fn without_nul(
        &self,
        message: &'static str,
        names: [(&'static str, usize); N],
    ) -> Result<(), EncodeError> {
        for (span, (field, at)) in self.spans.iter().zip(names) {
            if has_nul(
                span.range(self.buffer.len(), 0).and_then(|range| self.buffer.get(range)).unwrap_or_default(),
            ) {
                return Err(DecodeError::new(Rule::StringInnerNul, message, field, at).into());
            }
        }
        Ok(())
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// The first one that was remembered.
    #[inline]
    pub fn finish(&mut self, header: &[u8]) -> Result<usize, EncodeError> {
        debug_assert_eq!(header.len(), self.header_len);
        if let Some(error) = self.error {
            return Err(error);
        }
        write_header(self.buffer, header)?;
        Ok(self.table.map_or(self.strings_end, |table| table.end))
    }
}

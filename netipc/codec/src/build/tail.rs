//! What follows a fixed header, written once and in order: how values are encoded.

use netipc_wire::{SPAN_LEN, Span, align_up};
use zerocopy::IntoBytes;

use super::{overflow, span_of, write_header};
use crate::check::has_nul;
use crate::{DecodeError, EncodeError, EncodeRow, Rule, WireRow};

/// Appends the strings of a message behind its header, in field order, and then its table. Unlike a
/// [`StringsBuilder`](super::StringsBuilder) it never goes back, which leaves straight-line code.
#[derive(Debug)]
pub struct Tail<'a> {
    buffer: &'a mut [u8],
    end: usize,
}

impl<'a> Tail<'a> {
    /// Behind a header of `header_len` bytes, in a buffer that u32 can address.
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Self {
        Self { buffer, end: header_len }
    }

    /// The next string; gives where it lies.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`].
    #[inline]
    pub fn string(&mut self, value: &[u8]) -> Result<Span, EncodeError> {
        let start = self.end;
        let end = start.saturating_add(value.len()).saturating_add(1);
        let available = self.buffer.len();
        match self.buffer.get_mut(start..end) {
            Some([place @ .., nul]) => {
                place.copy_from_slice(value);
                *nul = 0;
                self.end = end;
                Ok(span_of(start, value.len()))
            }
            _ => Err(overflow(end, available)),
        }
    }

    /// The next string, which may have no NUL inside.
    ///
    /// # Errors
    /// [`EncodeError::Rule`], [`EncodeError::Overflow`].
    #[inline]
    pub fn c_string(
        &mut self,
        (message, field, at): (&'static str, &'static str, usize),
        value: &[u8],
    ) -> Result<Span, EncodeError> {
        if has_nul(value) {
            return Err(DecodeError::new(Rule::StringInnerNul, message, field, at).into());
        }
        self.string(value)
    }

    /// The table, at the next multiple of `align`; gives the number of its rows, which `max` limits.
    ///
    /// # Errors
    /// [`EncodeError::TooManyRows`], [`EncodeError::Rule`], [`EncodeError::Overflow`].
    #[inline]
    pub fn rows<R: EncodeRow>(
        &mut self,
        field: &'static str,
        align: usize,
        max: usize,
        rows: &[R],
    ) -> Result<usize, EncodeError> {
        if !rows.is_empty() {
            self.end = write_rows(self.buffer, self.end, (field, align, max), rows)?.end;
        }
        Ok(rows.len())
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`].
    #[inline]
    pub fn finish(self, header: &[u8]) -> Result<usize, EncodeError> {
        write_header(self.buffer, header)?;
        Ok(self.end)
    }
}

/// A table in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Strings of all rows.
    pub(super) spans: usize,
    pub(super) align: usize,
}

/// Writes a table of at least one row behind strings that end at `strings_end`.
#[inline]
pub(super) fn write_rows<R: EncodeRow>(
    buffer: &mut [u8],
    strings_end: usize,
    (field, align, max): (&'static str, usize, usize),
    rows: &[R],
) -> Result<Table, EncodeError> {
    if rows.len() > max {
        return Err(EncodeError::TooManyRows { field, found: rows.len(), max });
    }
    let strings = R::Row::STRINGS;
    let available = buffer.len();
    let start = align_up(strings_end, align).unwrap_or(usize::MAX);
    // Neither product overflows: the rows are in memory and each of their strings takes more there.
    let texts_start = start.saturating_add(rows.len() * strings.len() * SPAN_LEN);
    if let Some(gap) = buffer.get_mut(strings_end..start) {
        gap.fill(0);
    }
    let Some((table, texts)) =
        buffer.get_mut(start..).and_then(|rest| rest.split_at_mut_checked(texts_start - start))
    else {
        return Err(overflow(texts_start, available));
    };
    let (mut entries, mut cursor) = (table.as_chunks_mut::<SPAN_LEN>().0.iter_mut(), 0usize);
    for (place, row) in (start..).step_by(strings.len() * SPAN_LEN).zip(rows) {
        for (index, (name, min, max)) in strings.iter().enumerate() {
            let text = row.string(index);
            let failed = |rule| DecodeError::new(rule, R::Row::NAME, name, place + index * SPAN_LEN);
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            if length < *min || length > *max {
                return Err(failed(Rule::StringLength { min: *min, max: *max, found: length }).into());
            }
            if has_nul(text) {
                return Err(failed(Rule::StringInnerNul).into());
            }
            let end = cursor.saturating_add(text.len()).saturating_add(1);
            let Some([content @ .., nul]) = texts.get_mut(cursor..end) else {
                return Err(overflow(texts_start.saturating_add(end), available));
            };
            content.copy_from_slice(text);
            *nul = 0;
            if let Some(entry) = entries.next() {
                entry.copy_from_slice(span_of(texts_start + cursor, text.len()).as_bytes());
            }
            cursor = end;
        }
    }
    Ok(Table { start, end: texts_start + cursor, spans: rows.len() * strings.len(), align })
}

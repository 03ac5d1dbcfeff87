//! What follows a fixed header, written once and in order: how values are encoded.
#![allow(clippy::inline_always, reason = "of most strings there is less to do than a call takes")]

use core::marker::PhantomData;
use core::mem::take;

use netipc_wire::{ITEM_ALIGN, SPAN_LEN, Span};
use zerocopy::FromBytes;

use super::span_of;
use crate::check::Place;
use crate::fault::EncodeFault;
use crate::text::copy_without_nul;
use crate::{DecodeError, EncodeError, EncodeRow, Rule, WireRow};

/// Appends the strings of a message behind its header, in field order, and then its table. Unlike a
/// [`StringsBuilder`](super::StringsBuilder) it never goes back, which leaves straight-line code. It fails as the
/// caller asks.
#[derive(Debug)]
pub struct Tail<'a, E> {
    header: &'a mut [u8],
    rest: Rest<'a>,
    fault: PhantomData<E>,
}

impl<'a, E: EncodeFault> Tail<'a, E> {
    /// Behind a header of `header_len` bytes, in a buffer that u32 can address.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`].
    #[inline]
    pub fn new(buffer: &'a mut [u8], header_len: usize) -> Result<Self, E> {
        let available = buffer.len();
        match buffer.split_at_mut_checked(header_len) {
            Some((header, bytes)) => {
                Ok(Self { header, rest: Rest { bytes, at: header_len }, fault: PhantomData })
            }
            None => Err(EncodeError::Overflow { needed: header_len, available }.into()),
        }
    }

    /// The next string; gives where it lies.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`].
    #[inline(always)]
    pub fn string(&mut self, value: &[u8]) -> Result<Span, E> {
        let start = self.rest.at;
        self.rest.append::<E>(value.len())?.copy_from_slice(value);
        Ok(span_of(start, value.len()))
    }

    /// The next string, which may have no NUL inside.
    ///
    /// # Errors
    /// [`EncodeError::Rule`], [`EncodeError::Overflow`].
    #[inline(always)]
    pub fn c_string(&mut self, (message, field, at): Place, value: &[u8]) -> Result<Span, E> {
        let start = self.rest.at;
        if copy_without_nul(self.rest.append::<E>(value.len())?, value) {
            Ok(span_of(start, value.len()))
        } else {
            Err(E::because(|| DecodeError::new(Rule::StringInnerNul, message, field, at)))
        }
    }

    /// The table, at the next multiple of `align`; gives the number of its rows, which `max` limits.
    ///
    /// # Errors
    /// [`EncodeError::TooManyRows`], [`EncodeError::Rule`], [`EncodeError::Overflow`].
    #[inline(always)]
    pub fn rows<R: EncodeRow>(
        &mut self,
        field: &'static str,
        align: usize,
        max: usize,
        rows: &[R],
    ) -> Result<usize, E> {
        if !rows.is_empty() {
            let bytes = take(&mut self.rest.bytes);
            self.rest.at = write_rows::<R, E>(bytes, self.rest.at, (field, align, max), rows)?;
        }
        Ok(rows.len())
    }

    /// Puts the header in front and gives the length of the payload.
    ///
    /// # Errors
    /// [`EncodeError::Overflow`], if it is not as long as was said.
    #[inline]
    pub fn finish(self, header: &[u8]) -> Result<usize, E> {
        if self.header.len() != header.len() {
            return Err(EncodeError::Overflow { needed: header.len(), available: self.header.len() }.into());
        }
        self.header.copy_from_slice(header);
        Ok(self.rest.at)
    }
}

/// What is not written yet.
#[derive(Debug)]
struct Rest<'a> {
    bytes: &'a mut [u8],
    // Where they begin.
    at: usize,
}

impl<'a> Rest<'a> {
    /// Room for a string of `len` bytes, its NUL already behind it.
    #[inline(always)]
    fn append<E: EncodeFault>(&mut self, len: usize) -> Result<&'a mut [u8], E> {
        let available = self.at + self.bytes.len();
        match take(&mut self.bytes).split_at_mut_checked(len) {
            Some((place, [nul, behind @ ..])) => {
                *nul = 0;
                self.bytes = behind;
                self.at += len + 1;
                Ok(place)
            }
            _ => Err(EncodeError::Overflow { needed: self.at.saturating_add(len + 1), available }.into()),
        }
    }
}

/// Writes a table of at least one row to the front of `rest`, which begins at `at`, where the strings before it end;
/// gives where it ends.
#[inline]
pub(super) fn write_rows<R: EncodeRow, E: EncodeFault>(
    rest: &mut [u8],
    at: usize,
    (field, align, max): (&'static str, usize, usize),
    rows: &[R],
) -> Result<usize, E> {
    if rows.len() > max {
        return Err(EncodeError::TooManyRows { field, found: rows.len(), max }.into());
    }
    let strings = R::Row::STRINGS;
    let (available, gap) = (at + rest.len(), at.wrapping_neg() & (align - 1));
    match rest.first_chunk_mut() {
        // One store; what of it is no gap will be the table.
        Some(word) if gap <= ITEM_ALIGN => *word = [0; ITEM_ALIGN],
        _ => rest.iter_mut().take(gap).for_each(|byte| *byte = 0),
    }
    // The product does not overflow: the rows are in memory and each of their strings takes more there.
    let table_len = rows.len() * strings.len() * SPAN_LEN;
    let Some((table, texts)) =
        rest.split_at_mut_checked(gap).and_then(|(_, rest)| rest.split_at_mut_checked(table_len))
    else {
        let needed = at.saturating_add(gap).saturating_add(table_len);
        return Err(EncodeError::Overflow { needed, available }.into());
    };
    let mut entries = <[Span]>::mut_from_bytes(table).unwrap_or_default().iter_mut();
    let start = at + gap;
    let mut texts = Rest { bytes: texts, at: start + table_len };
    for (row_index, row) in rows.iter().enumerate() {
        for (index, (name, min, max)) in strings.iter().enumerate() {
            let text = row.string(index);
            let failed = |rule| {
                let place = start + (row_index * strings.len() + index) * SPAN_LEN;
                E::because(|| DecodeError::new(rule, R::Row::NAME, name, place))
            };
            let found = u32::try_from(text.len()).unwrap_or(u32::MAX);
            if !(*min..=*max).contains(&found) {
                return Err(failed(Rule::StringLength { min: *min, max: *max, found }));
            }
            if let Some(entry) = entries.next() {
                *entry = span_of(texts.at, text.len());
            }
            if !copy_without_nul(texts.append::<E>(text.len())?, text) {
                return Err(failed(Rule::StringInnerNul));
            }
        }
    }
    Ok(texts.at)
}

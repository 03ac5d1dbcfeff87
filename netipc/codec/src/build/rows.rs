//! A table behind the strings.

use netipc_wire::{SPAN_LEN, Span, align_up};
use zerocopy::FromBytes;

use super::tail::write_rows;
use super::{StringsBuilder, overflow, span_of};
use crate::{EncodeError, EncodeRow, WireRow};

/// A table in the buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    start: usize,
    pub(super) end: usize,
    /// Strings of all rows.
    spans: usize,
    align: usize,
}

impl<const N: usize> StringsBuilder<'_, N> {
    /// The table becomes these rows, at the next multiple of `align`; gives their number, which the header announces.
    /// `max` is what it can announce.
    #[inline]
    pub fn rows<R: EncodeRow>(&mut self, field: &'static str, align: usize, max: usize, rows: &[R]) -> usize {
        if rows.is_empty() && self.table.is_none() {
            return 0;
        }
        if self.error.is_none()
            && let Err(error) = self.try_rows(field, align, max, rows)
        {
            self.error = Some(error);
        }
        rows.len().min(max)
    }

    fn try_rows<R: EncodeRow>(
        &mut self,
        field: &'static str,
        align: usize,
        max: usize,
        rows: &[R],
    ) -> Result<(), EncodeError> {
        self.table = None;
        self.place_until(N)?;
        if !rows.is_empty() {
            let at = self.strings_end;
            let rest = self.buffer.get_mut(at..).unwrap_or_default();
            let end = write_rows::<R, EncodeError>(rest, at, (field, align, max), rows)?;
            let start = align_up(at, align).unwrap_or(usize::MAX);
            self.table = Some(Table { start, end, spans: rows.len() * R::Row::STRINGS.len(), align });
        }
        Ok(())
    }

    /// Moves the table, if there is one, to where it belongs behind strings that end at `strings_end`.
    pub(super) fn move_table(&mut self, strings_end: usize) -> Result<(), EncodeError> {
        let Some(table) = self.table else { return Ok(()) };
        let start = align_up(strings_end, table.align).unwrap_or(usize::MAX);
        let end = start.saturating_add(table.end - table.start);
        if end > self.buffer.len() {
            return Err(overflow(end, self.buffer.len()));
        }
        self.buffer.copy_within(table.start..table.end, start);
        if let Some(gap) = self.buffer.get_mut(strings_end..start) {
            gap.fill(0);
        }
        let entries = self.buffer.get_mut(start..end).unwrap_or_default();
        if let Ok((entries, _)) = <[Span]>::mut_from_prefix_with_elems(entries, table.spans) {
            for entry in entries {
                let offset = entry.offset() as usize - table.start + start;
                *entry = span_of(offset, entry.length() as usize);
            }
        }
        self.table = Some(Table { start, end, ..table });
        Ok(())
    }
}

/// The bytes of a table of these rows behind strings that end at `strings_end`: padding, entries, strings.
#[inline]
pub fn rows_len<R: EncodeRow>(strings_end: usize, align: usize, rows: &[R]) -> usize {
    if rows.is_empty() {
        return 0;
    }
    let strings = R::Row::STRINGS.len();
    let start = align_up(strings_end, align).unwrap_or(usize::MAX);
    let entries = rows.len().saturating_mul(strings * SPAN_LEN);
    let texts = rows.iter().flat_map(|row| (0..strings).map(move |index| row.string(index).len() + 1));
    texts.fold(entries.saturating_add(start - strings_end), usize::saturating_add)
}

//! Tables: entries of a fixed size, whose strings follow the table in the order of the entries.
//!
//! Contract: `docs/contract/messages.md`, "Labels".

use core::fmt;
use core::marker::PhantomData;

use crate::check::broken_string;
use crate::fault::Fault;
use crate::text::has_nul;
use crate::{DecodeError, Layout, Rule};
use netipc_wire::{SPAN_LEN, Span, align_up};
use zerocopy::FromBytes;

/// A row of a table: nothing but strings. `#[derive(WireMessage)]` with `#[wire(row)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row",
    label = "no `row` in its `#[wire(…)]`",
    note = "the rows of a table are structs with `#[derive(WireMessage)]` and `#[wire(row)]`"
)]
pub trait WireRow: 'static {
    /// What a view gives.
    type View<'a>: Copy + fmt::Debug;
    /// Input that is borrowed.
    type Ref<'a>: EncodeRow<Row = Self> + Copy + fmt::Debug;

    /// The struct's name.
    const NAME: &'static str;
    /// The strings: name, shortest length, longest length.
    const STRINGS: &'static [(&'static str, u32, u32)];

    /// Its bytes in the table.
    const LAYOUT: &'static Layout;

    /// The row of a table whose strings are these, in the order of the fields.
    fn view<'a>(item: &'a [u8], spans: &'a [Span]) -> Self::View<'a>;
}

/// Something that encodes to a row: the struct or its `…Ref`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not encode to a row",
    label = "not a row, nor a `…Ref` of one",
    note = "the rows of a table are structs with `#[derive(WireMessage)]` and `#[wire(row)]`"
)]
pub trait EncodeRow {
    /// The row.
    type Row: WireRow;

    /// Its string number `index`; empty if there is none.
    fn string(&self, index: usize) -> &[u8];
}

impl<T: EncodeRow + ?Sized> EncodeRow for &T {
    type Row = T::Row;

    fn string(&self, index: usize) -> &[u8] {
        (**self).string(index)
    }
}

/// The rows of a decoded table. Borrowed from the payload that was decoded.
pub struct Rows<'a, T> {
    item: &'a [u8],
    spans: &'a [Span],
    row: PhantomData<fn() -> T>,
}

impl<'a, T: WireRow> Rows<'a, T> {
    /// The table of an item that was checked before. `end` is where its other strings end.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub fn of(item: &'a [u8], end: usize, align: usize, count: impl Into<u64>) -> Self {
        let count = count.into();
        if count == 0 {
            return Self { item, spans: &[], row: PhantomData };
        }
        let table = align_up(end, align).and_then(|start| item.get(start..)).unwrap_or_default();
        Self { item, spans: entries::<T>(table, count).unwrap_or_default(), row: PhantomData }
    }

    /// How many rows there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.spans.len() / T::STRINGS.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Row `index`.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<T::View<'a>> {
        let start = index.checked_mul(T::STRINGS.len())?;
        let spans = self.spans.get(start..start.checked_add(T::STRINGS.len())?)?;
        Some(T::view(self.item, spans))
    }

    /// All rows, in order.
    #[must_use]
    #[inline]
    pub fn iter(&self) -> RowsIter<'a, T> {
        RowsIter { rows: self.spans.chunks_exact(T::STRINGS.len()), item: self.item, row: PhantomData }
    }
}

impl<'a, T: WireRow> IntoIterator for Rows<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = RowsIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: WireRow> IntoIterator for &Rows<'a, T> {
    type Item = T::View<'a>;
    type IntoIter = RowsIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterates over [`Rows`].
#[derive(Clone, Debug)]
pub struct RowsIter<'a, T> {
    rows: core::slice::ChunksExact<'a, Span>,
    item: &'a [u8],
    row: PhantomData<fn() -> T>,
}

impl<'a, T: WireRow> Iterator for RowsIter<'a, T> {
    type Item = T::View<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next().map(|spans| T::view(self.item, spans))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl<T: WireRow> ExactSizeIterator for RowsIter<'_, T> {}

impl<T> Clone for Rows<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rows<'_, T> {}

impl<T: WireRow> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A table that must be canonical: at the first multiple of `align` behind `end`, zeros before it, each string exactly
/// where the encoder puts it, and the last NUL the end of the item. Without rows the item ends at `end`.
///
/// # Errors
/// The first rule that the table breaks.
#[inline]
pub fn check<T: WireRow, E: Fault>(
    place: (&'static str, usize),
    item: &[u8],
    end: usize,
    align: usize,
    count: impl Into<u64>,
) -> Result<(), E> {
    let count = count.into();
    if count == 0 && item.len() == end { Ok(()) } else { check_rows::<T, E>(place, item, end, align, count) }
}

/// The entries of `count` rows at the start of `table`, where that has so many.
#[inline]
fn entries<T: WireRow>(table: &[u8], count: u64) -> Option<&[Span]> {
    let count = usize::try_from(count).ok()?.checked_mul(T::STRINGS.len())?;
    <[Span]>::ref_from_prefix_with_elems(table, count).ok().map(|(entries, _)| entries)
}

fn check_rows<T: WireRow, E: Fault>(
    (field, at): (&'static str, usize),
    item: &[u8],
    end: usize,
    align: usize,
    count: u64,
) -> Result<(), E> {
    let failed = |rule, at| Err(E::because(|| DecodeError::new(rule, T::NAME, field, at)));
    if count == 0 {
        return failed(Rule::ItemEnd { expected: end }, end);
    }
    let Some(start) = align_up(end, align) else { return failed(Rule::TableBounds, at) };
    let Some(entries) = item.get(start..).and_then(|table| entries::<T>(table, count)) else {
        return failed(Rule::TableBounds, at);
    };
    if !zeros(item, end, start) {
        let first = item.iter().skip(end).take_while(|byte| **byte == 0).count();
        return failed(Rule::TablePadding, end + first);
    }
    let mut cursor = start + size_of_val(entries);
    let mut rest = item.get(cursor..).unwrap_or_default();
    for (index, row) in entries.chunks_exact(T::STRINGS.len()).enumerate() {
        for (position, (span, (name, min, max))) in row.iter().zip(T::STRINGS).enumerate() {
            let length = span.length() as usize;
            rest = match rest.split_at_checked(length) {
                Some((text, [0, behind @ ..]))
                    if span.offset() as usize == cursor
                        && (*min..=*max).contains(&span.length())
                        && !has_nul(text) =>
                {
                    behind
                }
                _ => {
                    return Err(E::because(|| {
                        let place = start + (index * T::STRINGS.len() + position) * SPAN_LEN;
                        DecodeError::new(broken(item, *span, cursor, (*min, *max)), T::NAME, name, place)
                    }));
                }
            };
            cursor += length + 1;
        }
    }
    if rest.is_empty() { Ok(()) } else { failed(Rule::ItemEnd { expected: cursor }, cursor) }
}

/// Whether the bytes from `end` up to `start` are 0.
#[inline]
fn zeros(item: &[u8], end: usize, start: usize) -> bool {
    let Some(word) = item.get(..start).and_then(|before| before.last_chunk()) else {
        return item.get(end..start).unwrap_or_default().iter().all(|byte| *byte == 0);
    };
    match start - end {
        0 => true,
        // The last bytes of the word in front of `start`.
        gap @ 1..=8 => u64::from_le_bytes(*word) >> (64 - 8 * gap) == 0,
        _ => item.get(end..start).unwrap_or_default().iter().all(|byte| *byte == 0),
    }
}

/// Which rule a string of a table breaks that should begin at `cursor`.
#[cold]
fn broken(item: &[u8], span: Span, cursor: usize, (min, max): (u32, u32)) -> Rule {
    let (offset, length) = (span.offset(), span.length());
    if !(min..=max).contains(&length) {
        return Rule::StringLength { min, max, found: length };
    }
    if offset as usize != cursor {
        return Rule::StringPlace { expected: u32::try_from(cursor).unwrap_or(u32::MAX), found: offset };
    }
    // The header is out of the way: the table lies behind it, and the cursor behind the table.
    broken_string(item, 0, span)
}

//! Directories: the list of spans in front of a packed area of items. The envelope's batch directory and the
//! directories inside payloads have the same bytes and differ in a few [`DirectoryRules`].

use core::fmt;

use zerocopy::{FromBytes, IntoBytes};

use crate::{Class, ITEM_ALIGN, SPAN_LEN, Span};

/// Whether the order of a directory's entries is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Any order; entries may share bytes.
    Free,
    /// Ascending and not overlapping; gaps are allowed.
    Ascending,
}

/// What a directory's entries must obey besides alignment and bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryRules {
    /// Order of the entries.
    pub order: Order,
    /// Shortest item, in bytes.
    pub min_len: u32,
    /// Longest item, in bytes.
    pub max_len: u32,
}

impl DirectoryRules {
    /// The rules of the envelope's batch directory: items of any length in any order.
    pub const BATCH: Self = Self { order: Order::Free, min_len: 0, max_len: u32::MAX };
}

/// What is wrong with a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirectoryFault {
    /// The announced entries are longer than the bytes there are.
    Truncated,
    /// An offset that is not a multiple of [`ITEM_ALIGN`].
    Misaligned,
    /// An item shorter than the rules allow.
    TooShort,
    /// An item longer than the rules allow.
    TooLong,
    /// An item that does not lie in the packed area.
    OutOfBounds,
    /// An item that begins before the end of the one before it, where order is checked.
    OutOfOrder,
}

/// A directory was rejected: what is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryError {
    /// What is wrong.
    pub fault: DirectoryFault,
    /// The index of the entry; 0 where the directory itself is truncated.
    pub index: u32,
    /// The byte where that entry begins, counted from the start of the directory.
    pub at: usize,
}

impl DirectoryError {
    /// The contract's class of the fault. An item of a wrong length is [`Class::BadLayout`]; a message that calls
    /// it something else says so itself.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self.fault {
            DirectoryFault::Truncated => Class::Truncated,
            DirectoryFault::Misaligned => Class::Misaligned,
            DirectoryFault::OutOfBounds => Class::OutOfBounds,
            DirectoryFault::TooShort | DirectoryFault::TooLong | DirectoryFault::OutOfOrder => {
                Class::BadLayout
            }
        }
    }
}

impl fmt::Display for DirectoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, at, .. } = self;
        match self.fault {
            DirectoryFault::Truncated => f.write_str("the directory is longer than the bytes that hold it"),
            DirectoryFault::Misaligned => {
                write!(f, "entry {index} at byte {at}: its offset is not a multiple of 8")
            }
            DirectoryFault::TooShort => write!(f, "entry {index} at byte {at}: its item is too short"),
            DirectoryFault::TooLong => write!(f, "entry {index} at byte {at}: its item is too long"),
            DirectoryFault::OutOfBounds => {
                write!(f, "entry {index} at byte {at}: its item ends outside of the area")
            }
            DirectoryFault::OutOfOrder => {
                write!(f, "entry {index} at byte {at}: its item begins before the end of the one before it")
            }
        }
    }
}

impl core::error::Error for DirectoryError {}

/// A checked directory and its packed area: every entry lies in the area and obeys the rules.
///
/// Borrowed from the bytes that were validated, for as long as those live.
#[derive(Clone, Copy, Debug)]
pub struct Directory<'a> {
    entries: &'a [Span],
    area: &'a [u8],
}

impl<'a> Directory<'a> {
    /// No items.
    pub const EMPTY: Self = Self { entries: &[], area: &[] };

    /// Checks `count` entries at the start of `bytes` against the packed area that follows them. The time is linear
    /// in `count`, and a count larger than the bytes is rejected before anything is read.
    ///
    /// # Errors
    /// The first [`DirectoryError`], entry by entry; of one entry: alignment, length, bounds, order.
    ///
    /// ```
    /// use netipc_wire::{Directory, DirectoryFault, DirectoryRules};
    /// let bytes = [0, 0, 0, 0, 3, 0, 0, 0, b'a', b'b', b'c'];
    /// let directory = Directory::validate(&bytes, 1, DirectoryRules::BATCH)?;
    /// assert_eq!(directory.get(0), Some(&b"abc"[..]));
    /// let error = Directory::validate(&bytes, 2, DirectoryRules::BATCH).unwrap_err();
    /// assert_eq!(error.fault, DirectoryFault::Truncated);
    /// # Ok::<(), netipc_wire::DirectoryError>(())
    /// ```
    #[inline]
    pub fn validate(bytes: &'a [u8], count: u32, rules: DirectoryRules) -> Result<Self, DirectoryError> {
        let directory = Self::split(bytes, count).ok_or(DirectoryError {
            fault: DirectoryFault::Truncated,
            index: 0,
            at: 0,
        })?;
        let mut previous_end = 0;
        for (index, entry) in (0u32..).zip(directory.entries) {
            match check(*entry, directory.area.len(), previous_end, rules) {
                Ok(end) => previous_end = end,
                Err(fault) => {
                    return Err(DirectoryError { fault, index, at: index as usize * SPAN_LEN });
                }
            }
        }
        Ok(directory)
    }

    /// Whether [`Directory::validate`] would accept the same, and `holds` is true of each item. Entry and item are
    /// looked at together, which is less work than one after the other and leaves open what is wrong where it is not.
    ///
    /// ```
    /// use netipc_wire::{Directory, DirectoryRules};
    /// let bytes = [0, 0, 0, 0, 3, 0, 0, 0, b'a', b'b', b'c'];
    /// assert!(Directory::all(&bytes, 1, DirectoryRules::BATCH, |item| item == b"abc"));
    /// assert!(!Directory::all(&bytes, 1, DirectoryRules::BATCH, |item| item.is_empty()));
    /// assert!(!Directory::all(&bytes, 2, DirectoryRules::BATCH, |_| true));
    /// ```
    #[inline]
    pub fn all(
        bytes: &'a [u8],
        count: u32,
        rules: DirectoryRules,
        mut holds: impl FnMut(&'a [u8]) -> bool,
    ) -> bool {
        let Some(directory) = Self::split(bytes, count) else { return false };
        let mut previous_end = 0;
        directory.entries.iter().all(|entry| {
            let Ok(end) = check(*entry, directory.area.len(), previous_end, rules) else { return false };
            previous_end = end;
            directory.area.get(entry.offset() as usize..end).is_some_and(&mut holds)
        })
    }

    /// Entries and area without looking at the entries; `None` if the entries do not fit in `bytes`. For bytes that
    /// [`Directory::validate`] has accepted before: an item of an unchecked entry reads as absent, never out of
    /// bounds.
    #[must_use]
    #[inline]
    pub fn split(bytes: &'a [u8], count: u32) -> Option<Self> {
        let (entries, area) =
            <[Span]>::ref_from_prefix_with_elems(bytes, usize::try_from(count).ok()?).ok()?;
        Some(Self { entries, area })
    }

    /// How many items there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of item `index`.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        Some(item(self.area, *self.entries.get(index)?))
    }

    /// The bytes of all items, in the directory's order.
    #[must_use]
    #[inline]
    pub fn iter(&self) -> DirectoryIter<'a> {
        DirectoryIter { entries: self.entries.iter(), area: self.area }
    }

    /// Where item `index` begins, counted from the start of the directory.
    #[must_use]
    pub fn position(&self, index: usize) -> Option<usize> {
        let offset = usize::try_from(self.entries.get(index)?.offset()).ok()?;
        (self.entries.len() * SPAN_LEN).checked_add(offset)
    }
}

impl<'a> IntoIterator for &Directory<'a> {
    type Item = &'a [u8];
    type IntoIter = DirectoryIter<'a>;

    fn into_iter(self) -> DirectoryIter<'a> {
        self.iter()
    }
}

/// Iterates over the items of a [`Directory`].
#[derive(Clone, Debug)]
pub struct DirectoryIter<'a> {
    entries: core::slice::Iter<'a, Span>,
    area: &'a [u8],
}

impl<'a> Iterator for DirectoryIter<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        self.entries.next().map(|entry| item(self.area, *entry))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for DirectoryIter<'_> {}

/// The bytes of an item. Of an entry that was never checked and lies outside of the area, none.
#[inline]
fn item(area: &[u8], entry: Span) -> &[u8] {
    let start = entry.offset() as usize;
    area.get(start..start.saturating_add(entry.length() as usize)).unwrap_or_default()
}

/// One entry against the rules; gives the end of its item.
#[inline]
fn check(
    entry: Span,
    area: usize,
    previous_end: usize,
    rules: DirectoryRules,
) -> Result<usize, DirectoryFault> {
    if !(entry.offset() as usize).is_multiple_of(ITEM_ALIGN) {
        return Err(DirectoryFault::Misaligned);
    }
    if entry.length() < rules.min_len {
        return Err(DirectoryFault::TooShort);
    }
    if entry.length() > rules.max_len {
        return Err(DirectoryFault::TooLong);
    }
    let item = entry.range(area, 0).ok_or(DirectoryFault::OutOfBounds)?;
    if rules.order == Order::Ascending && item.start < previous_end {
        return Err(DirectoryFault::OutOfOrder);
    }
    Ok(item.end)
}

/// Writes the entries of items of these lengths, packed one after another at multiples of [`ITEM_ALIGN`], and gives
/// where the last item ends, counted from the start of the packed area and without padding. `None` if `into` is too
/// short or an offset passes u32.
///
/// ```
/// let mut bytes = [0; 16];
/// assert_eq!(netipc_wire::write_directory(&mut bytes, [5, 7]), Some(15));
/// assert_eq!(bytes, [0, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0]);
/// ```
#[must_use]
pub fn write_directory(into: &mut [u8], lengths: impl IntoIterator<Item = usize>) -> Option<usize> {
    let mut entries = into.chunks_exact_mut(SPAN_LEN);
    let mut end = 0usize;
    for length in lengths {
        let offset = crate::align_up(end, ITEM_ALIGN)?;
        end = offset.checked_add(length)?;
        u32::try_from(end).ok()?;
        let entry = Span::new(u32::try_from(offset).ok()?, u32::try_from(length).ok()?);
        entries.next()?.copy_from_slice(entry.as_bytes());
    }
    Some(end)
}

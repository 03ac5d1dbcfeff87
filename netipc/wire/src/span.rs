//! The pair by which the contract describes everything that varies.

use zerocopy::native_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Bytes of a [`Span`] on the wire.
pub const SPAN_LEN: usize = size_of::<Span>();

/// A (u32 offset, u32 length) pair: a directory entry, or where a string lies.
///
/// ```text
/// at  size  field
///  0     4  offset
///  4     4  length
/// ```
///
/// Plain bytes as they came: nothing is checked until [`Span::range`] meets the length of what it points into.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned,
)]
#[repr(C)]
pub struct Span {
    offset: U32,
    length: U32,
}

const _: () = assert!(SPAN_LEN == 8);

impl Span {
    /// A pair of these two numbers.
    #[must_use]
    #[inline]
    pub const fn new(offset: u32, length: u32) -> Self {
        Self { offset: U32::new(offset), length: U32::new(length) }
    }

    /// Where it begins.
    #[must_use]
    #[inline]
    pub const fn offset(self) -> u32 {
        self.offset.get()
    }

    /// How many bytes it has.
    #[must_use]
    #[inline]
    pub const fn length(self) -> u32 {
        self.length.get()
    }

    /// First byte and end of `length + extra` bytes, where these lie within `within` bytes. `extra` is 1 for what
    /// carries a terminator.
    ///
    /// ```
    /// use netipc_wire::Span;
    /// assert_eq!(Span::new(8, 4).range(12, 0), Some(8..12));
    /// assert_eq!(Span::new(8, 4).range(12, 1), None);
    /// assert_eq!(Span::new(u32::MAX, u32::MAX).range(12, 1), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn range(self, within: usize, extra: u32) -> Option<core::ops::Range<usize>> {
        // In u64 the sum is exact; one that passes u32 is rejected even where usize could hold it, since peers count in
        // u32.
        let end = u64::from(self.offset()) + u64::from(self.length()) + u64::from(extra);
        let most = u32::try_from(within).unwrap_or(u32::MAX);
        if end > u64::from(most) {
            return None;
        }
        Some(self.offset() as usize..usize::try_from(end).ok()?)
    }
}

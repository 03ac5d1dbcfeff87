//! Alignment of items within a packed area.

/// Items of directories begin on multiples of this, counted from the start of the packed area.
pub const ITEM_ALIGN: usize = 8;

/// `len` rounded up to the next multiple of `align`, which must be a power of two; `None` where that overflows.
///
/// ```
/// assert_eq!(netipc_wire::align_up(9, 8), Some(16));
/// assert_eq!(netipc_wire::align_up(16, 8), Some(16));
/// assert_eq!(netipc_wire::align_up(usize::MAX, 8), None);
/// ```
#[must_use]
#[inline]
pub const fn align_up(len: usize, align: usize) -> Option<usize> {
    match len.checked_add(align - 1) {
        Some(sum) => Some(sum & !(align - 1)),
        None => None,
    }
}

/// The zero bytes that follow `len` bytes up to the next multiple of [`ITEM_ALIGN`].
///
/// ```
/// assert_eq!(netipc_wire::padding(9), 7);
/// assert_eq!(netipc_wire::padding(16), 0);
/// ```
#[must_use]
#[inline]
pub const fn padding(len: usize) -> usize {
    len.wrapping_neg() & (ITEM_ALIGN - 1)
}

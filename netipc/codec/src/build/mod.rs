//! What generated builders are made of: a fixed header with strings behind it, or with a list behind it.

mod items;
mod rows;
mod strings;
mod tail;

pub use items::{ItemsBuilder, items_len};
pub use rows::rows_len;
pub use strings::StringsBuilder;
pub use tail::Tail;

use netipc_wire::Span;

use crate::EncodeError;

/// Offsets are u32: what lies beyond in a larger buffer cannot be addressed.
#[inline]
fn addressable(buffer: &mut [u8]) -> &mut [u8] {
    let len = usize::try_from(u32::MAX).map_or(buffer.len(), |most| most.min(buffer.len()));
    buffer.get_mut(..len).unwrap_or_default()
}

/// A buffer that is too short, as an error.
#[cold]
fn overflow(needed: usize, available: usize) -> EncodeError {
    EncodeError::Overflow { needed, available }
}

/// Puts the finished header in front.
#[inline]
fn write_header(buffer: &mut [u8], header: &[u8]) -> Result<(), EncodeError> {
    match buffer.get_mut(..header.len()) {
        Some(front) => {
            front.copy_from_slice(header);
            Ok(())
        }
        None => Err(overflow(header.len(), buffer.len())),
    }
}

/// A place in an addressable buffer: both numbers fit in u32.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the buffer ends before u32 does")]
fn span_of(offset: usize, length: usize) -> Span {
    debug_assert!(u32::try_from(offset).is_ok() && u32::try_from(length).is_ok());
    Span::new(offset as u32, length as u32)
}

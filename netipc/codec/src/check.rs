//! The checks that generated decoders are made of. Each names field and position when it fails, and none trusts what
//! the one before it has seen: they are total functions of the bytes.
#![allow(clippy::missing_errors_doc, reason = "generated code alone calls them; each says what it rejects")]

use bstr::BStr;
use netipc_wire::{Directory, DirectoryRules, Span};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::{DecodeError, EncodeError, Items, Rule, WireMessage};

/// The fixed header of `bytes`, or the error of a payload that is shorter.
#[inline]
pub fn header<'a, H: Header>(message: &'static str, bytes: &'a [u8]) -> Result<&'a H, DecodeError> {
    match H::ref_from_prefix(bytes) {
        Ok((header, _)) => Ok(header),
        Err(_) => Err(truncated(message, size_of::<H>(), bytes.len())),
    }
}

#[cold]
fn truncated(message: &'static str, needed: usize, found: usize) -> DecodeError {
    DecodeError::new(Rule::HeaderLength { needed, found }, message, "", 0)
}

/// The fixed header of bytes that were checked before; of bytes that are too short, that of an empty message.
#[inline]
#[must_use]
pub fn head<'a, H: Header>(bytes: &'a [u8], empty: &'static H) -> &'a H {
    H::ref_from_prefix(bytes).map_or(empty, |(header, _)| header)
}

/// A struct of a fixed header: plain bytes at any alignment.
pub trait Header: FromBytes + KnownLayout + Immutable + Unaligned {}

impl<H: FromBytes + KnownLayout + Immutable + Unaligned> Header for H {}

/// A field whose value the layout fixes.
#[inline]
pub fn constant(
    (message, field, at): (&'static str, &'static str, usize),
    found: impl Into<u64>,
    expected: u64,
) -> Result<(), DecodeError> {
    let found = found.into();
    if found == expected {
        Ok(())
    } else {
        Err(DecodeError::new(Rule::Constant { expected, found }, message, field, at))
    }
}

/// Bytes that must be 0.
#[inline]
pub fn reserved((message, at): (&'static str, usize), bytes: &[u8]) -> Result<(), DecodeError> {
    match bytes.iter().position(|byte| *byte != 0) {
        None => Ok(()),
        Some(first) => Err(DecodeError::new(Rule::Reserved, message, "reserved", at + first)),
    }
}

/// A string that the layout puts at a fixed offset.
#[inline]
pub fn place(
    (message, field, at): (&'static str, &'static str, usize),
    span: Span,
    expected: u32,
) -> Result<(), DecodeError> {
    let found = span.offset();
    if found == expected {
        Ok(())
    } else {
        Err(DecodeError::new(Rule::StringPlace { expected, found }, message, field, at))
    }
}

/// A string: behind the fixed header of `header_len` bytes, within `bytes`, with its NUL.
#[inline]
pub fn string(
    (message, field, at): (&'static str, &'static str, usize),
    bytes: &[u8],
    header_len: u32,
    span: Span,
) -> Result<(), DecodeError> {
    string_rule(bytes, header_len, span).map_err(|rule| DecodeError::new(rule, message, field, at))
}

#[inline]
fn string_rule(bytes: &[u8], header_len: u32, span: Span) -> Result<(), Rule> {
    let (offset, length) = (span.offset(), span.length());
    if offset < header_len {
        return Err(Rule::StringInHeader { offset });
    }
    let with_nul = span.range(bytes.len(), 1).ok_or(Rule::StringBounds { offset, length })?;
    match bytes.get(with_nul) {
        Some([.., 0]) => Ok(()),
        _ => Err(Rule::StringTerminator),
    }
}

/// Strings of which no two share a byte, NULs included. Each has been checked by [`string`].
#[inline]
pub fn disjoint(message: &'static str, strings: &[(&'static str, usize, Span)]) -> Result<(), DecodeError> {
    for (index, (field, at, span)) in strings.iter().enumerate() {
        for (other, _, earlier) in strings.iter().take(index) {
            if overlap(*span, *earlier) {
                return Err(DecodeError::new(Rule::StringsOverlap { other }, message, field, *at));
            }
        }
    }
    Ok(())
}

#[inline]
fn overlap(a: Span, b: Span) -> bool {
    let end = |span: Span| u64::from(span.offset()) + u64::from(span.length());
    // Each has at least its NUL, at its end.
    u64::from(a.offset()) <= end(b) && u64::from(b.offset()) <= end(a)
}

/// A directory of `count` items that follows the fixed header: all entries, then item by item.
pub fn directory<T: WireMessage>(
    (message, field, header_len): (&'static str, &'static str, usize),
    bytes: &[u8],
    count: u32,
    rules: DirectoryRules,
) -> Result<(), DecodeError> {
    let tail = bytes.get(header_len..).unwrap_or_default();
    let directory = Directory::validate(tail, count, rules)
        .map_err(|error| DecodeError::of_directory(error, message, field, header_len))?;
    for (index, item) in (0u32..).zip(Items::<T>::new(directory).bytes()) {
        T::check(item).map_err(|error| {
            let base = directory.position(index as usize).unwrap_or_default();
            error.in_item(index, header_len.saturating_add(base))
        })?;
    }
    Ok(())
}

/// The content of a string that was checked before. One that was not reads as empty where it does not fit.
#[inline]
#[must_use]
pub fn text(bytes: &[u8], span: Span) -> &BStr {
    BStr::new(span.range(bytes.len(), 0).and_then(|range| bytes.get(range)).unwrap_or_default())
}

/// The first `needed` bytes of a buffer.
#[inline]
pub fn room(into: &mut [u8], needed: usize) -> Result<&mut [u8], EncodeError> {
    let available = into.len();
    into.get_mut(..needed).ok_or(EncodeError::Overflow { needed, available })
}

//! The checks that generated decoders are made of. Each names field and position when it fails, and none trusts what
//! the one before it has seen: they are total functions of the bytes.
#![allow(clippy::missing_errors_doc, reason = "generated code alone calls them; each says what it rejects")]
#![allow(
    clippy::inline_always,
    reason = "each is a few instructions, and what it is given is mostly constant"
)]

use core::ffi::CStr;

use bstr::{BStr, ByteSlice};
use netipc_wire::{Directory, DirectoryRules, Span};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::{DecodeError, EncodeError, Rule, WireMessage};

/// The fixed header of `bytes`, or the error of a payload that is shorter.
#[inline(always)]
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
#[inline(always)]
#[must_use]
pub fn head<'a, H: Header>(bytes: &'a [u8], empty: &'static H) -> &'a H {
    H::ref_from_prefix(bytes).map_or(empty, |(header, _)| header)
}

/// A struct of a fixed header: plain bytes at any alignment.
pub trait Header: FromBytes + KnownLayout + Immutable + Unaligned {}

impl<H: FromBytes + KnownLayout + Immutable + Unaligned> Header for H {}

/// A field whose value the layout fixes.
#[inline(always)]
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
#[inline(always)]
pub fn reserved<const N: usize>(
    (message, at): (&'static str, usize),
    bytes: &[u8; N],
) -> Result<(), DecodeError> {
    if *bytes == [0; N] {
        return Ok(());
    }
    let first = bytes.iter().take_while(|byte| **byte == 0).count();
    Err(DecodeError::new(Rule::Reserved, message, "reserved", at + first))
}

/// A string that the layout puts at a fixed offset.
#[inline(always)]
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
#[inline(always)]
pub fn string(
    (message, field, at): (&'static str, &'static str, usize),
    bytes: &[u8],
    header_len: u32,
    span: Span,
) -> Result<(), DecodeError> {
    string_rule(bytes, header_len, span, false).map_err(|rule| DecodeError::new(rule, message, field, at))
}

/// The same, and without a NUL inside.
#[inline(always)]
pub fn c_string(
    (message, field, at): (&'static str, &'static str, usize),
    bytes: &[u8],
    header_len: u32,
    span: Span,
) -> Result<(), DecodeError> {
    string_rule(bytes, header_len, span, true).map_err(|rule| DecodeError::new(rule, message, field, at))
}

/// A string of `min` to `max` bytes.
#[inline(always)]
pub fn length(
    (message, field, at): (&'static str, &'static str, usize),
    span: Span,
    min: u32,
    max: u32,
) -> Result<(), DecodeError> {
    let found = span.length();
    if (min..=max).contains(&found) {
        Ok(())
    } else {
        Err(DecodeError::new(Rule::StringLength { min, max, found }, message, field, at))
    }
}

/// A rule between fields, in the words of the layout.
#[inline(always)]
pub fn between(
    (message, field, at): (&'static str, &'static str, usize),
    holds: bool,
    rule: &'static str,
) -> Result<(), DecodeError> {
    if holds { Ok(()) } else { Err(DecodeError::new(Rule::Between(rule), message, field, at)) }
}

/// Where the last of these strings ends, its NUL included.
#[inline(always)]
#[must_use]
pub fn end(header_len: usize, strings: &[Span]) -> usize {
    let end = |span: &Span| (span.offset() as usize).saturating_add(span.length() as usize).saturating_add(1);
    strings.iter().map(end).fold(header_len, usize::max)
}

/// An item that ends where its content does.
#[inline(always)]
pub fn exact_end(message: &'static str, item: &[u8], end: usize) -> Result<(), DecodeError> {
    if item.len() == end {
        Ok(())
    } else {
        Err(DecodeError::new(Rule::ItemEnd { expected: end }, message, "", end))
    }
}

#[inline(always)]
fn string_rule(bytes: &[u8], header_len: u32, span: Span, no_nul: bool) -> Result<(), Rule> {
    let holds = span.offset() >= header_len
        && match span.range(bytes.len(), 1).and_then(|with_nul| bytes.get(with_nul)) {
            Some([text @ .., 0]) => !(no_nul && has_nul(text)),
            _ => false,
        };
    if holds { Ok(()) } else { Err(broken_string(bytes, header_len, span)) }
}

/// Which rule a string breaks.
#[cold]
pub(crate) fn broken_string(bytes: &[u8], header_len: u32, span: Span) -> Rule {
    let (offset, length) = (span.offset(), span.length());
    if offset < header_len {
        return Rule::StringInHeader { offset };
    }
    match span.range(bytes.len(), 1).and_then(|with_nul| bytes.get(with_nul)) {
        None => Rule::StringBounds { offset, length },
        Some([.., 0]) => Rule::StringInnerNul,
        Some(_) => Rule::StringTerminator,
    }
}

/// Bytes that end with a NUL and have no other one.
#[inline(always)]
fn terminated(with_nul: &[u8]) -> Result<(), Rule> {
    match with_nul {
        [text @ .., 0] if !has_nul(text) => Ok(()),
        [.., 0] => Err(Rule::StringInnerNul),
        _ => Err(Rule::StringTerminator),
    }
}

/// Whether there is a NUL. Strings here are short: eight bytes at a time beat a call of memchr.
#[inline(always)]
pub(crate) fn has_nul(bytes: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let in_word = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        word.wrapping_sub(LOW) & !word & HIGH != 0
    };
    match bytes.last_chunk() {
        None => bytes.contains(&0),
        _ if bytes.len() >= 64 => bytes.find_byte(0).is_some(),
        // The last word overlaps the one before it, which is less work than looking at what is left byte by byte.
        Some(last) => bytes.as_chunks().0.iter().any(in_word) || in_word(last),
    }
}

/// Strings of which no two share a byte, NULs included. Each has been checked by [`string`].
#[inline(always)]
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

#[inline(always)]
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
        .map_err(|error| DecodeError::of_directory(error, message, field, header_len, rules.order))?;
    for (index, item) in (0u32..).zip(directory.iter()) {
        T::check(item).map_err(|error| {
            let base = directory.position(index as usize).unwrap_or_default();
            error.in_item(index, header_len.saturating_add(base))
        })?;
    }
    Ok(())
}

/// The content of a string that was checked before. One that was not reads as empty where it does not fit.
#[inline(always)]
#[must_use]
pub fn text(bytes: &[u8], span: Span) -> &BStr {
    let start = span.offset() as usize;
    BStr::new(bytes.get(start..start.saturating_add(span.length() as usize)).unwrap_or_default())
}

/// The first `needed` bytes of a buffer.
#[inline(always)]
pub fn room(into: &mut [u8], needed: usize) -> Result<&mut [u8], EncodeError> {
    let available = into.len();
    let addressable = u32::try_from(needed).is_ok();
    into.get_mut(..needed).filter(|_| addressable).ok_or(EncodeError::Overflow { needed, available })
}

/// A key of `min` to `max` bytes: a NUL at its end and nowhere else.
#[inline(always)]
pub fn key(
    (message, field): (&'static str, &'static str),
    bytes: &[u8],
    min: u32,
    max: u32,
) -> Result<(), DecodeError> {
    let failed = |rule| DecodeError::new(rule, message, field, 0);
    terminated(bytes).map_err(failed)?;
    let found = u32::try_from(bytes.len()).unwrap_or(u32::MAX).saturating_sub(1);
    if (min..=max).contains(&found) { Ok(()) } else { Err(failed(Rule::StringLength { min, max, found })) }
}

/// The string of a key that was checked before.
#[inline(always)]
#[must_use]
pub fn key_text(bytes: &[u8]) -> &BStr {
    BStr::new(bytes.split_last().map_or(&[][..], |(_, text)| text))
}

/// The same, for C. One that was not checked reads as empty where it is none.
#[must_use]
pub fn key_c_str(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_with_nul(bytes).unwrap_or_default()
}

/// A string without NULs inside that was checked before, for C. One that was not reads as empty where it is none.
#[must_use]
pub fn c_str(bytes: &[u8], span: Span) -> &CStr {
    let with_nul = span.range(bytes.len(), 1).and_then(|range| bytes.get(range)).unwrap_or_default();
    key_c_str(with_nul)
}

/// The content of a row's string that was checked before.
#[inline(always)]
#[must_use]
pub fn row_text<'a>(item: &'a [u8], spans: &[Span], index: usize) -> &'a BStr {
    text(item, spans.get(index).copied().unwrap_or_default())
}

/// Whether two strings are equal, which they are at once if they are the same bytes.
#[inline(always)]
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    core::ptr::eq(a, b) || a == b
}

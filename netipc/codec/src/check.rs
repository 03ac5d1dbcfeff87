//! The checks that generated decoders are made of. Each names field and position when it fails, and none trusts what
//! the one before it has seen: they are total functions of the bytes.
#![allow(clippy::missing_errors_doc, reason = "generated code alone calls them; each says what it rejects")]
#![allow(
    clippy::inline_always,
    reason = "each is a few instructions, and what it is given is mostly constant"
)]

use core::ffi::CStr;

use bstr::BStr;
use netipc_wire::Span;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::fault::Fault;
use crate::text::has_nul;
use crate::{DecodeError, EncodeError, Rule};

/// What a check is about: the message, its field, and where that begins.
pub(crate) type Place = (&'static str, &'static str, usize);

/// The fixed header of `bytes`, or the error of a payload that is shorter.
#[inline(always)]
pub fn header<'a, H: Header, E: Fault>(message: &'static str, bytes: &'a [u8]) -> Result<&'a H, E> {
    match H::ref_from_prefix(bytes) {
        Ok((header, _)) => Ok(header),
        Err(_) => Err(E::because(|| {
            let rule = Rule::HeaderLength { needed: size_of::<H>(), found: bytes.len() };
            DecodeError::new(rule, message, "", 0)
        })),
    }
}

/// The fixed header of bytes that were checked before; of bytes that are too short, that of an empty message.
#[inline(always)]
#[must_use]
pub fn head<'a, H: Header>(bytes: &'a [u8], empty: &'static H) -> &'a H {
    H::ref_from_prefix(bytes).map_or_else(
        |_| {
            core::hint::cold_path();
            empty
        },
        |(header, _)| header,
    )
}

/// A struct of a fixed header: plain bytes at any alignment.
pub trait Header: FromBytes + KnownLayout + Immutable + Unaligned {}

impl<H: FromBytes + KnownLayout + Immutable + Unaligned> Header for H {}

/// A field whose value the layout fixes.
#[inline(always)]
pub fn constant<E: Fault>(
    (message, field, at): Place,
    found: impl Into<u64>,
    expected: u64,
) -> Result<(), E> {
    let found = found.into();
    if found == expected {
        Ok(())
    } else {
        Err(E::because(|| DecodeError::new(Rule::Constant { expected, found }, message, field, at)))
    }
}

/// Bytes that must be 0.
#[inline(always)]
pub fn reserved<const N: usize, E: Fault>(
    (message, at): (&'static str, usize),
    bytes: &[u8; N],
) -> Result<(), E> {
    if *bytes == [0; N] {
        return Ok(());
    }
    Err(E::because(|| {
        let first = bytes.iter().take_while(|byte| **byte == 0).count();
        DecodeError::new(Rule::Reserved, message, "reserved", at + first)
    }))
}

/// A string that the layout puts at a fixed offset.
#[inline(always)]
pub fn place<E: Fault>((message, field, at): Place, span: Span, expected: u32) -> Result<(), E> {
    let found = span.offset();
    if found == expected {
        Ok(())
    } else {
        Err(E::because(|| DecodeError::new(Rule::StringPlace { expected, found }, message, field, at)))
    }
}

/// A string: behind the fixed header of `header_len` bytes, within `bytes`, with its NUL.
#[inline(always)]
pub fn string<E: Fault>(place: Place, bytes: &[u8], header_len: u32, span: Span) -> Result<(), E> {
    string_rule(place, bytes, header_len, span, false)
}

/// The same, and without a NUL inside.
#[inline(always)]
pub fn c_string<E: Fault>(place: Place, bytes: &[u8], header_len: u32, span: Span) -> Result<(), E> {
    string_rule(place, bytes, header_len, span, true)
}

/// A string of `min` to `max` bytes.
#[inline(always)]
pub fn length<E: Fault>((message, field, at): Place, found: u32, min: u32, max: u32) -> Result<(), E> {
    if (min..=max).contains(&found) {
        Ok(())
    } else {
        Err(E::because(|| DecodeError::new(Rule::StringLength { min, max, found }, message, field, at)))
    }
}

/// A rule between fields, in the words of the layout.
#[inline(always)]
pub fn between<E: Fault>((message, field, at): Place, holds: bool, rule: &'static str) -> Result<(), E> {
    if holds { Ok(()) } else { Err(E::because(|| DecodeError::new(Rule::Between(rule), message, field, at))) }
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
pub fn exact_end<E: Fault>(message: &'static str, item: &[u8], end: usize) -> Result<(), E> {
    if item.len() == end {
        Ok(())
    } else {
        Err(E::because(|| DecodeError::new(Rule::ItemEnd { expected: end }, message, "", end)))
    }
}

#[inline(always)]
fn string_rule<E: Fault>(
    (message, field, at): Place,
    bytes: &[u8],
    header_len: u32,
    span: Span,
    no_nul: bool,
) -> Result<(), E> {
    let holds = span.offset() >= header_len
        && match span.range(bytes.len(), 1).and_then(|with_nul| bytes.get(with_nul)) {
            Some([text @ .., 0]) => !(no_nul && has_nul(text)),
            _ => false,
        };
    if holds {
        Ok(())
    } else {
        Err(E::because(|| DecodeError::new(broken_string(bytes, header_len, span), message, field, at)))
    }
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

/// Strings of which no two share a byte, NULs included. Each has been checked by [`string`].
#[inline(always)]
pub fn disjoint<E: Fault>(message: &'static str, strings: &[(&'static str, usize, Span)]) -> Result<(), E> {
    for (index, (field, at, span)) in strings.iter().enumerate() {
        for (other, _, earlier) in strings.iter().take(index) {
            if overlap(*span, *earlier) {
                let rule = || Rule::StringsOverlap { other };
                return Err(E::because(|| DecodeError::new(rule(), message, field, *at)));
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

/// The content of a string that was checked before. One that was not reads as empty where it does not fit.
#[inline(always)]
#[must_use]
pub fn text(bytes: &[u8], span: Span) -> &BStr {
    let start = span.offset() as usize;
    let text = bytes.get(start..start.saturating_add(span.length() as usize));
    BStr::new(text.unwrap_or_else(|| {
        core::hint::cold_path();
        &[]
    }))
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
pub fn key<E: Fault>(
    (message, field): (&'static str, &'static str),
    bytes: &[u8],
    min: u32,
    max: u32,
) -> Result<(), E> {
    let rule = match bytes {
        [text @ .., 0] if !has_nul(text) => {
            let found = u32::try_from(text.len()).unwrap_or(u32::MAX);
            return length((message, field, 0), found, min, max);
        }
        [.., 0] => Rule::StringInnerNul,
        _ => Rule::StringTerminator,
    };
    Err(E::because(|| DecodeError::new(rule, message, field, 0)))
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

//! Messages with everything that a layout can say besides integers, strings and free lists: enums, rules, keys, rows,
//! tables, lookups.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of them")]

use netipc_codec::{DecodeError, Encode, EncodeError, WireEnum, WireMessage, WireString};

/// A closed enum.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[wire(crate = netipc_codec, closed)]
pub enum Status {
    Known = 0,
    Unknown = 1,
    Full = 2,
    Large = 3,
}

/// An open one, in one byte, with a gap.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[wire(crate = netipc_codec, open)]
pub enum Shape {
    Round = 0,
    Square = 4,
    #[wire(other)]
    Other(u8),
}

/// A row: a key of 1 to 4 bytes and a value.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 16, row)]
pub struct Tag {
    #[wire(at = 0, min = 1, max = 4)]
    pub key: WireString,
    #[wire(at = 8)]
    pub value: WireString,
}

/// Enums, bounded strings, rules and a table.
///
/// ```text
/// at  size  field
///  0     2  layout_version
///  2     2  status
///  4     1  shape
///  5     1  tags_count
///  6     2  reserved
///  8     4  number
/// 12     8  name
/// 20     8  note
/// ```
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = netipc_codec,
    header = 28,
    constant(layout_version: u16 = 1, at = 0),
    reserved(at = 6, len = 2),
    strings(disjoint, no_nul),
    end = exact,
    rule(status != Known => number = 7, note = empty, tags = empty),
    rule(status == Known && shape == Square => note = not_empty),
    lookup_item(key = Name, echo = name, status = status, payload_exceeded = Full, oversized_item = Large)
)]
pub struct Tagged {
    #[wire(at = 2, repr = u16)]
    pub status: Status,
    #[wire(at = 4, repr = u8)]
    pub shape: Shape,
    #[wire(at = 8)]
    pub number: u32,
    #[wire(at = 12, min = 1, max = 8)]
    pub name: WireString,
    #[wire(at = 20)]
    pub note: WireString,
    #[wire(count_at = 5, count = u8, table(align = 8))]
    pub tags: Vec<Tag>,
}

/// A key of 1 to 8 bytes.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, key = nul_terminated)]
pub struct Name {
    #[wire(min = 1, max = 8)]
    pub name: WireString,
}

/// Keys, in order.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, method = 0x9000, header = 4)]
pub struct Names {
    #[wire(count_at = 0, directory = ordered)]
    pub names: Vec<Name>,
}

/// The answer to [`Names`].
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, method = 0x9000, header = 12, lookup(keys = names, request = Names))]
pub struct Answer {
    #[wire(at = 4)]
    pub generation: u64,
    #[wire(count_at = 0, directory = ordered)]
    pub items: Vec<Tagged>,
}

/// A key of a fixed length.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 6, fixed, reserved(at = 4, len = 2))]
pub struct Number {
    #[wire(at = 0)]
    pub number: u32,
}

/// A list of them.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 4)]
pub struct Numbers {
    #[wire(count_at = 0, directory = ordered)]
    pub numbers: Vec<Number>,
}

/// A table behind nothing but a header.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 6, end = exact)]
pub struct Bare {
    #[wire(at = 4)]
    pub number: u16,
    #[wire(count_at = 0, table(align = 16))]
    pub tags: Vec<Tag>,
}

/// Strings, the end of which is the end of the message.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 16, end = exact, strings(no_nul))]
pub struct Exact {
    #[wire(at = 0)]
    pub first: WireString,
    #[wire(at = 8, max = 3)]
    pub second: WireString,
}

/// A count that no memory can hold.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 8, end = exact)]
pub struct Wide {
    #[wire(count_at = 0, count = u64, table(align = 1))]
    pub tags: Vec<Tag>,
}

pub fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.into(), value: value.into() }
}

/// With two rows: header 28, `name` 28..31, `note` 31..35, padding 35..40, table 40..72, then `a`, `1`, `bb`, ``.
pub fn tagged() -> Tagged {
    Tagged {
        status: Status::Known,
        shape: Shape::Square,
        number: 5,
        name: "ab".into(),
        note: "cde".into(),
        tags: vec![tag("a", "1"), tag("bb", "")],
    }
}

/// Without any.
pub fn untagged() -> Tagged {
    Tagged { tags: Vec::new(), ..tagged() }
}

pub fn names(of: &[&str]) -> Names {
    Names { names: of.iter().map(|name| Name { name: (*name).into() }).collect() }
}

pub fn bytes_of(message: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.encoded_len()];
    let len = message.encode(&mut bytes).expect("the buffer has the length that was asked for");
    assert_eq!(len, bytes.len());
    bytes
}

pub fn patched(mut bytes: Vec<u8>, at: usize, patch: &[u8]) -> Vec<u8> {
    bytes[at..at + patch.len()].copy_from_slice(patch);
    bytes
}

pub fn error_of<T: WireMessage>(bytes: &[u8]) -> DecodeError {
    T::decode(bytes).expect_err("these bytes break a rule")
}

/// The rule of the layout that a value breaks.
pub fn refused(message: &impl Encode) -> DecodeError {
    match message.encode(&mut vec![0; message.encoded_len()]) {
        Err(EncodeError::Rule(error)) => error,
        other => panic!("a broken rule is refused, and this was not: {other:?}"),
    }
}

//! Messages that the contract does not have, for what its own ones never show.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of them")]

use netipc_codec::{WireMessage, WireString};

/// Every integer type, out of order.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 33, constant(kind: u8 = 7, at = 1), reserved(at = 30, len = 2))]
pub struct Integers {
    /// The largest first.
    #[wire(at = 16)]
    pub u64: u64,
    #[wire(at = 8)]
    pub i64: i64,
    #[wire(at = 4)]
    pub u32: u32,
    #[wire(at = 24)]
    pub i32: i32,
    #[wire(at = 2)]
    pub u16: u16,
    #[wire(at = 28)]
    pub i16: i16,
    #[wire(at = 0)]
    pub u8: u8,
    #[wire(at = 32)]
    pub i8: i8,
}

/// Three strings, which may share bytes on decode.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 28)]
pub struct Strings {
    #[wire(at = 4)]
    pub first: WireString,
    #[wire(at = 12)]
    pub second: WireString,
    #[wire(at = 20)]
    pub third: WireString,
    #[wire(at = 0)]
    pub number: u32,
}

/// Two strings, which may not share bytes.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 16, strings(disjoint))]
pub struct Disjoint {
    #[wire(at = 0)]
    pub one: WireString,
    #[wire(at = 8)]
    pub other: WireString,
}

/// A list of [`Strings`].
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 12)]
pub struct List {
    #[wire(at = 4)]
    pub generation: u64,
    #[wire(count_at = 0, directory = free)]
    pub entries: Vec<Strings>,
}

/// An item of one length.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 4, fixed)]
pub struct Fixed {
    #[wire(at = 0)]
    pub number: u32,
}

/// A list of [`Fixed`] in any order.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, header = 4)]
pub struct FixedList {
    #[wire(count_at = 0, directory = free)]
    pub items: Vec<Fixed>,
}

/// Nothing but a constant.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = netipc_codec, method = 0x8000, header = 2, constant(layout_version: u16 = 1, at = 0))]
pub struct Nothing {}

pub fn bytes_of(message: &impl netipc_codec::Encode) -> Vec<u8> {
    let mut bytes = vec![0xAA; message.encoded_len()];
    let len = message.encode(&mut bytes).expect("the buffer has the length that was asked for");
    assert_eq!(len, bytes.len());
    bytes
}

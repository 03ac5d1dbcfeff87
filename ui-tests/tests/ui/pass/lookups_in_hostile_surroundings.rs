//! Enums, keys, rows, tables and lookups where names of the standard library mean something else, by path, under other
//! names of the crate, and with fields named like what generated code calls something.
#![no_implicit_prelude]
#![allow(dead_code)]

extern crate netipc as wire;

use ::std::vec::Vec;
use ::wire::{Encode as _, MessageBuilder as _, WireString};

struct Result;
struct Option;
trait Default {}
trait Copy {}
trait EnumField {}
trait WireEnum {}
trait WireRow {}
trait LookupItem {}
trait Iterator {}
#[allow(non_upper_case_globals)]
const Ok: u8 = 0;
#[allow(non_upper_case_globals)]
const Some: u8 = 0;
#[allow(non_upper_case_globals)]
const None: u8 = 0;
mod core {}
mod netipc {}

mod parts {
    use ::wire::{WireEnum, WireMessage, WireString};

    #[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u8)]
    #[wire(crate = ::wire, open)]
    pub enum Status {
        Known,
        Full = 2,
        Large,
        #[wire(other)]
        Some(u8),
    }

    #[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
    #[wire(crate = ::wire, header = 16, row)]
    pub struct Label {
        #[wire(at = 0, min = 1)]
        pub index: WireString,
        #[wire(at = 8)]
        pub item: WireString,
    }

    #[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
    #[wire(crate = ::wire, key = nul_terminated)]
    pub struct Key {
        pub bytes: WireString,
    }
}

#[derive(::wire::WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = ::wire,
    header = 32,
    end = exact,
    strings(no_nul, disjoint),
    rule(status != Known => strings = 3, header = empty, rows = empty),
    lookup_item(
        key = parts::Key, echo = bytes, status = status, payload_exceeded = Full, oversized_item = Large
    )
)]
struct Item {
    #[wire(at = 0, repr = u8)]
    status: parts::Status,
    #[wire(at = 1)]
    strings: u8,
    #[wire(at = 2)]
    marker: u16,
    #[wire(at = 4)]
    tail: u32,
    #[wire(at = 8)]
    bytes: WireString,
    #[wire(at = 16)]
    header: WireString,
    #[wire(count_at = 24, count = u64, table(align = 4))]
    rows: Vec<parts::Label>,
}

#[derive(::wire::WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = ::wire, method = 0x9000, header = 4)]
struct Request {
    #[wire(count_at = 0, directory = ordered)]
    keys: Vec<parts::Key>,
}

#[derive(::wire::WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = ::wire, method = 0x9000, header = 8, lookup(request = self::Request, keys = keys))]
struct Response {
    #[wire(at = 0)]
    request: u32,
    #[wire(count_at = 4, directory = ordered)]
    items: Vec<Item>,
}

fn main() {
    use ::std::convert::Into as _;
    use ::wire::WireMessage as _;

    let row = parts::Label { index: "a".into(), item: "b".into() };
    let item = Item {
        status: parts::Status::Known,
        strings: 1,
        marker: 2,
        tail: 3,
        bytes: "key".into(),
        header: "text".into(),
        rows: ::std::vec![row],
    };
    let request = Request { keys: ::std::vec![parts::Key { bytes: "key".into() }] };
    let mut asked = ::std::vec![0; request.encoded_len()];
    request.encode(&mut asked).unwrap();
    let mut answered = [0; 200];
    let mut builder = ResponseBuilder::answering(&mut answered, &asked);
    let rows = [parts::LabelRef { index: b"a", item: b"b" }];
    let (bytes, header) = (&b"key"[..], &b"text"[..]);
    builder
        .items()
        .push(ItemRef { status: item.status, strings: 1, marker: 2, tail: 3, bytes, header, rows: &rows })
        .unwrap();
    builder.request(7);
    let len = builder.finish().unwrap();
    let view = Response::decode(&answered[..len]).unwrap();
    ::std::assert_eq!(view.to_owned(), Response { request: 7, items: ::std::vec![item] });
    ::std::assert_eq!(view.items().get(0).unwrap().header_c_str(), c"text");
}

//! Names of the standard library that mean something else here, and no prelude.
#![no_implicit_prelude]
#![allow(dead_code, unused_macros)]

use ::netipc::{Encode as _, MessageBuilder as _, WireMessage};
use ::std::vec::Vec;

type WireString = ::netipc::WireString;

struct Result;
struct Option;
struct Box;
struct String;
struct Span;
struct Items;
struct Header;
struct Layout;
struct DecodeError;
enum Never {}
trait Clone {}
trait Copy {}
trait Debug {}
trait Default {}
trait PartialEq {}
trait Eq {}
trait Into {}
trait From {}
trait AsRef {}
trait FnOnce {}
trait Iterator {}
trait IntoIterator {}
trait Encode {}
trait MessageBuilder {}
fn drop() {}
#[allow(non_upper_case_globals)]
const Ok: u8 = 0;
#[allow(non_upper_case_globals)]
const Err: u8 = 0;
#[allow(non_upper_case_globals)]
const Some: u8 = 0;
#[allow(non_upper_case_globals)]
const None: u8 = 0;
mod core {}
mod std {}
mod zerocopy {}
mod bstr {}
mod codec {}

macro_rules! assert {
    ($($anything:tt)*) => {
        ::std::compile_error!("not this one");
    };
}

#[derive(WireMessage)]
#[wire(method = 0x8000, header = 24, constant(layout_version: u16 = 1, at = 0), reserved(at = 2, len = 2), strings(disjoint))]
struct Word {
    #[wire(at = 4)]
    number: u32,
    #[wire(at = 8)]
    text: WireString,
    #[wire(at = 16)]
    other: WireString,
}

#[derive(WireMessage)]
#[wire(method = 0x8000, header = 4, snapshot(items = words, key = (number, text)))]
struct Words {
    #[wire(count_at = 0, directory = free)]
    words: Vec<Word>,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct Number {
    #[wire(at = 0)]
    value: u64,
}

fn main() {
    let mut bytes = [0; 100];
    let mut builder = WordsBuilder::new(&mut bytes);
    builder.words().push(WordRef { number: 5, text: b"one", other: b"" }).unwrap();
    let len = builder.finish().unwrap();
    let words = Words::decode(&bytes[..len]).unwrap().to_owned();
    ::std::assert_eq!(words.words[0].number, 5);
    ::std::assert_eq!(words.encoded_len(), len);
    ::std::assert_eq!(Number { value: 1 }.encoded_len(), 8);
}

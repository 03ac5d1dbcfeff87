//! `#[derive(WireMessage)]`: from a plain struct with offsets beside its fields to wire code whose bytes are exactly
//! those. Use it through `netipc` (or `netipc-codec`), which hold what the generated code stands on.
//!
//! A pipeline of small functions: `parse` reads attributes and types, `layout` checks that they describe every
//! byte of the header once, `expand` writes the code. All mistakes of a struct are reported at once.
#![forbid(unsafe_code)]

mod errors;
mod expand;
#[cfg(test)]
mod expansions;
mod layout;
mod model;
mod parse;
#[cfg(test)]
mod ui_cases;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `netipc::WireMessage` for a struct, and makes its `…View`, `…Ref` and `…Builder`.
///
/// On the struct, `#[wire(…)]` with
///
/// | argument | meaning |
/// |---|---|
/// | `header = N` | bytes of the fixed header; needed by all but keys |
/// | `method = N` | the method's code, for requests and responses |
/// | `constant(name: ty = value, at = N)` | a field that is written so and checked on decode; repeatable |
/// | `reserved(at = N, len = N)` | bytes that are 0, checked on decode; repeatable |
/// | `strings(disjoint, no_nul)` | no two strings share bytes; none has a NUL inside |
/// | `end = exact` | the item ends where its strings, or its table, do |
/// | `rule(field == Variant => field = value, field = empty)` | what fields have to do with one another, checked on decode and on encode; repeatable |
/// | `fixed` | as an item it has exactly the header's length |
/// | `key = nul_terminated` | it is one string, whose NUL a directory's length counts |
/// | `row` | it is a row of a table: nothing but strings |
/// | `lookup(request = Type, keys = list)` | the response of a lookup: an item for each key of the request |
/// | `lookup_item(key, echo, status, payload_exceeded, oversized_item)` | an item of such a response |
/// | `snapshot(items = list, key = (field, field), generation = field)` | a whole data set, whose items are looked up by these fields of theirs; `generation` is optional |
/// | `crate = path` | where to find `netipc`, if it is imported under another name |
///
/// and on each field `#[wire(…)]` with
///
/// | field | arguments |
/// |---|---|
/// | `u8` … `u64`, `i8` … `i64` | `at = N`: its first byte |
/// | an enum that derives [`WireEnum`](macro@WireEnum) | `at = N`, `repr = u16` |
/// | `WireString` | `at = N`: the first byte of its (u32 offset, u32 length); `offset = N` if the layout fixes the offset; `min = N`, `max = N`: bytes |
/// | `Vec<Item>` | `count_at = N`: the first byte of the u32 that counts the items; `directory = free` or `ordered` |
/// | `Vec<Row>` | `count_at = N`, `count = u16`, `table(align = 8)` |
///
/// Strings come behind the header, in the order of their places in it; so does a directory with its items. A message
/// has one or the other; a table follows strings. `docs/derive.md` explains all of it. Every byte of the header belongs to a field, a constant or is reserved.
///
/// A field cannot be called `to_owned` (a method of every view), `new` or `finish` (of every builder), nor `x_with` or
/// `x_c_str` beside a string `x` (the methods that have `x` written in place, and that give it to C).
#[proc_macro_derive(WireMessage, attributes(wire))]
pub fn derive_wire_message(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    message(&input).into()
}

/// Implements `netipc::WireEnum` for an enum that stands for an integer of the wire.
///
/// ```text
/// #[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq)]
/// #[repr(u16)]
/// #[wire(open)]
/// enum Orchestrator { Unknown = 0, Systemd = 1, #[wire(other)] Other(u16) }
/// ```
///
/// `#[repr(…)]` is its integer on the wire: u8, u16, u32 or u64. `closed`: a value that is not listed is rejected on
/// decode. `open`: it is handed on in the variant with `#[wire(other)]`. There is a variant for 0, which builders
/// begin with.
#[proc_macro_derive(WireEnum, attributes(wire))]
pub fn derive_wire_enum(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    wire_enum(&input).into()
}

fn message(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let code = parse::message(input, &mut errors).map(|mut message| {
        if message.sound {
            layout::check(&mut message, &mut errors);
            message.sound = errors.is_empty();
        }
        expand::message(&message)
    });
    let errors = errors.into_compile_errors();
    quote::quote! { #errors #code }
}

fn wire_enum(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let code = parse::wire_enum(input, &mut errors).map(|described| expand::wire_enum(&described));
    let errors = errors.into_compile_errors();
    quote::quote! { #errors #code }
}

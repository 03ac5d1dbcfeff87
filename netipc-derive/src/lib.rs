//! `#[derive(WireMessage)]`: from a plain struct with offsets beside its fields to wire code whose bytes are exactly
//! those. Use it through `netipc` (or `netipc-codec`), which hold what the generated code stands on.
//!
//! A pipeline of small functions: `parse` reads attributes and types, `layout` checks that they describe every
//! byte of the header once, `expand` writes the code. All mistakes of a struct are reported at once.
#![forbid(unsafe_code)]

mod errors;
mod expand;
mod layout;
mod model;
mod parse;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `netipc::WireMessage` for a struct, and makes its `…View`, `…Ref` and `…Builder`.
///
/// On the struct, `#[wire(…)]` with
///
/// | argument | meaning |
/// |---|---|
/// | `header = N` | bytes of the fixed header; always needed |
/// | `method = N` | the method's code, for requests and responses |
/// | `constant(name: ty = value, at = N)` | a field that is written so and checked on decode; repeatable |
/// | `reserved(at = N, len = N)` | bytes that are 0, checked on decode; repeatable |
/// | `strings(disjoint)` | decoding checks that no two strings share bytes |
/// | `crate = path` | where to find `netipc`, if it is imported under another name |
///
/// and on each field `#[wire(…)]` with
///
/// | field | arguments |
/// |---|---|
/// | `u8` … `u64`, `i8` … `i64` | `at = N`: its first byte |
/// | `WireString` | `at = N`: the first byte of its (u32 offset, u32 length); `offset = N` if the layout fixes the offset |
/// | `Vec<Item>` | `count_at = N`: the first byte of the u32 that counts the items; `directory = free` |
///
/// Strings come behind the header, in the order of their places in it; so does a directory with its items. A message
/// has one or the other. Every byte of the header belongs to a field, a constant or is reserved.
///
/// A field cannot be called `to_owned` (a method of every view), `new` or `finish` (of every builder), nor `x_with` beside
/// a string `x` (the method of the builder that has `x` written in place).
#[proc_macro_derive(WireMessage, attributes(wire))]
pub fn derive_wire_message(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    message(&input).into()
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

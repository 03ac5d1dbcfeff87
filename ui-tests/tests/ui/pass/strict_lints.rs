//! What a strict crate forbids does not stand in generated code.
#![deny(
    warnings,
    missing_docs,
    unused,
    future_incompatible,
    nonstandard_style,
    rust_2018_idioms,
    let_underscore,
    keyword_idents,
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    explicit_outlives_requirements,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_debug_implementations,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    variant_size_differences
)]
#![forbid(unsafe_code)]

use netipc::{WireMessage, WireString};

/// One of each.
#[derive(WireMessage, Debug)]
#[wire(
    method = 0x8000,
    header = 40,
    constant(layout_version: u16 = 1, at = 0),
    constant(magic: u8 = 255, at = 2),
    reserved(at = 3, len = 1),
    strings(disjoint)
)]
pub struct Everything {
    /// Small.
    #[wire(at = 4)]
    pub small: i16,
    /// Smaller.
    #[wire(at = 6)]
    pub smaller: i8,
    /// Smallest.
    #[wire(at = 7)]
    pub smallest: u8,
    /// Large.
    #[wire(at = 8)]
    pub large: i64,
    /// Larger.
    #[wire(at = 16)]
    pub larger: u64,
    /// A text.
    #[wire(at = 24)]
    pub text: WireString,
    /// Another.
    #[wire(at = 32)]
    pub other: WireString,
}

/// A list of them.
#[derive(WireMessage, Debug)]
#[wire(method = 0x8000, header = 4)]
pub struct List {
    /// The items.
    #[wire(count_at = 0, directory = free)]
    pub items: Vec<Everything>,
}

/// Nothing but a version.
#[derive(WireMessage, Debug)]
#[wire(method = 0x8001, header = 2, constant(layout_version: u16 = 1, at = 0))]
pub struct Probe {}

/// Nothing at all.
#[derive(WireMessage, Debug)]
#[wire(header = 0)]
pub struct Nothing;

/// A string at a fixed place.
#[derive(WireMessage, Debug)]
#[wire(header = 8)]
pub struct Fixed {
    /// The text.
    #[wire(at = 0, offset = 8)]
    pub text: WireString,
}

fn main() {
    assert_eq!(List::LAYOUT.header_len, 4);
    assert_eq!(Nothing::decode(&[]).unwrap().to_owned().encoded_len(), 0);
    use netipc::Encode;
}

//! `#[wire(…)]` on the struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{DeriveInput, LitInt, Path, Result, Token, Visibility, parenthesized};

use super::{number, once};
use crate::errors::Errors;
use crate::model::{Integer, Number, Slot, SlotKind};

/// What the attributes of the struct say.
pub(super) struct Container {
    pub(super) root: TokenStream,
    pub(super) header: Option<Number>,
    pub(super) method: Option<u16>,
    pub(super) disjoint: Option<Span>,
    /// Constants and reserved bytes.
    pub(super) slots: Vec<Slot>,
    /// Whether an attribute could not be read to its end.
    pub(super) broken: bool,
}

pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Container {
    let root = quote!(::netipc::__derive);
    let mut container =
        Container { root, header: None, method: None, disjoint: None, slots: Vec::new(), broken: false };
    let mut path = None;
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("wire")) {
        let result = attr.parse_nested_meta(|meta| argument(&meta, &mut container, &mut path, errors));
        if let Err(error) = result {
            container.broken = true;
            errors.push_syn(error);
        }
    }
    if let Some(path) = path {
        container.root = quote!(#path::__derive);
    }
    container
}

fn argument(
    meta: &ParseNestedMeta<'_>,
    container: &mut Container,
    path: &mut Option<Path>,
    errors: &mut Errors,
) -> Result<()> {
    let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
    match name.as_str() {
        "header" => once(&mut container.header, number::value(meta)?, &meta.path, errors),
        "method" => {
            let code: LitInt = meta.value()?.parse()?;
            once(&mut container.method, code.base10_parse()?, &meta.path, errors);
        }
        "constant" => container.slots.push(constant(meta, errors)?),
        "reserved" => container.slots.push(reserved(meta, errors)?),
        "strings" => {
            let content;
            parenthesized!(content in meta.input);
            let rule: Ident = content.parse()?;
            if rule != "disjoint" {
                return Err(syn::Error::new(
                    rule.span(),
                    format!("unknown rule `{rule}`; strings can be `disjoint`"),
                ));
            }
            once(&mut container.disjoint, rule.span(), &meta.path, errors);
        }
        "crate" => {
            let value: Path = meta.value()?.call(Path::parse_mod_style)?;
            once(path, value, &meta.path, errors);
        }
        "at" | "offset" | "count_at" | "directory" => {
            return Err(meta.error(format!("`{name}` belongs on a field of the struct")));
        }
        _ => {
            return Err(meta.error(
                "a struct's `#[wire(…)]` takes `header`, `method`, `constant(…)`, `reserved(…)`, `strings(disjoint)` \
                 and `crate`",
            ));
        }
    }
    Ok(())
}

/// `constant(name: ty = value, at = N)`
fn constant(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> Result<Slot> {
    let content;
    parenthesized!(content in meta.input);
    let name: Ident = content.parse()?;
    content.parse::<Token![:]>()?;
    let ty: Ident = content.parse()?;
    content.parse::<Token![=]>()?;
    let literal: LitInt = content.parse()?;
    content.parse::<Token![,]>()?;
    let at = argument_at(&content)?;
    content.parse::<Option<Token![,]>>()?;

    let integer = Integer::named(&ty.to_string()).filter(|integer| !integer.signed).unwrap_or_else(|| {
        errors.push(ty.span(), format!("a constant is a u8, u16, u32 or u64, not `{ty}`"));
        Integer { size: 8, signed: false }
    });
    let value: u64 = literal.base10_parse()?;
    if value > integer.max() {
        errors.push(literal.span(), format!("{value} does not fit in `{name}`, a {}", integer.name()));
    }
    Ok(slot(name, at, integer.size, SlotKind::Constant(integer, value)))
}

/// `reserved(at = N, len = N)`
fn reserved(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> Result<Slot> {
    let content;
    parenthesized!(content in meta.input);
    let at = argument_at(&content)?;
    content.parse::<Token![,]>()?;
    let name: Ident = content.parse()?;
    if name != "len" {
        return Err(syn::Error::new(name.span(), "reserved bytes are `reserved(at = N, len = N)`"));
    }
    content.parse::<Token![=]>()?;
    let len = number::literal(&content)?;
    content.parse::<Option<Token![,]>>()?;
    if len.value == 0 {
        errors.push(len.span, "0 bytes reserve nothing; leave this out");
    }
    Ok(slot(
        format_ident!("reserved_{}", at.value, span = meta.path.span()),
        at,
        len.value,
        SlotKind::Reserved,
    ))
}

/// `at = N`
fn argument_at(input: syn::parse::ParseStream<'_>) -> Result<Number> {
    let name: Ident = input.parse()?;
    if name != "at" {
        return Err(syn::Error::new(
            name.span(),
            format!("expected `at = N`, its first byte, and not `{name}`"),
        ));
    }
    input.parse::<Token![=]>()?;
    number::literal(input)
}

fn slot(name: Ident, at: Number, size: usize, kind: SlotKind) -> Slot {
    Slot { name, vis: Visibility::Inherited, docs: Vec::new(), at, size, kind }
}

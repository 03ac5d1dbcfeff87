//! `#[wire(…)]` on the struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, Token, Visibility};

use super::arguments::{assigned, bytes, each, in_parentheses, number, number_of_bytes, once, or_form};
use crate::errors::Errors;
use crate::model::{Integer, Number, Slot, SlotKind};

const CONSTANT: &str = "constant(name: u16 = 1, at = N)";
const RESERVED: &str = "reserved(at = N, len = N)";
const STRINGS: &str = "strings(disjoint)";

/// What the attributes of the struct say.
pub(super) struct Container {
    /// The path to what generated code stands on.
    pub(super) root: TokenStream,
    pub(super) header: Option<Number>,
    pub(super) method: Option<u16>,
    pub(super) disjoint: Option<Span>,
    /// Constants and reserved bytes.
    pub(super) slots: Vec<Slot>,
    /// Whether every argument could be read.
    pub(super) legible: bool,
}

pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Container {
    let root = quote!(::netipc::__derive);
    let mut container =
        Container { root, header: None, method: None, disjoint: None, slots: Vec::new(), legible: true };
    let mut path = None;
    container.legible = each(attrs, errors, |meta, errors| argument(meta, &mut container, &mut path, errors));
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
        "header" => once(&mut container.header, bytes(meta)?, &meta.path, errors),
        "method" => {
            let (code, _) = number(assigned(meta, "method = N")?, u16::MAX.into())?;
            once(&mut container.method, u16::try_from(code).unwrap_or(u16::MAX), &meta.path, errors);
        }
        "constant" => {
            container.slots.push(in_parentheses(meta, CONSTANT, |content| constant(content, errors))?);
        }
        "reserved" => {
            let at = meta.path.span();
            container.slots.push(in_parentheses(meta, RESERVED, |content| reserved(content, at, errors))?);
        }
        "strings" => {
            let rule = in_parentheses(meta, STRINGS, disjoint)?;
            once(&mut container.disjoint, rule.span(), &meta.path, errors);
        }
        "crate" => {
            let value = assigned(meta, "crate = path")?.call(Path::parse_mod_style).map_err(|error| {
                Error::new(error.span(), "`crate` takes a path, without quotes: `crate = netipc`")
            })?;
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

/// `name: ty = value, at = N`
fn constant(content: ParseStream<'_>, errors: &mut Errors) -> Result<Slot> {
    let name: Ident = or_form(content.parse(), CONSTANT)?;
    or_form(content.parse::<Token![:]>(), CONSTANT)?;
    let ty: Ident = or_form(content.parse(), CONSTANT)?;
    or_form(content.parse::<Token![=]>(), CONSTANT)?;
    let (value, value_span) = number(content, u64::MAX)?;
    or_form(content.parse::<Token![,]>(), CONSTANT)?;
    let at = argument_of("at", content, CONSTANT)?;

    let integer = Integer::named(&ty.to_string()).filter(|integer| !integer.signed).unwrap_or_else(|| {
        errors.push(ty.span(), format!("a constant is a u8, u16, u32 or u64, not `{ty}`"));
        Integer { size: 8, signed: false }
    });
    if value > integer.max() {
        errors.push(value_span, format!("{value} does not fit in `{name}`, a {}", integer.name()));
    }
    Ok(slot(name, at, integer.size, SlotKind::Constant(integer, value)))
}

/// `at = N, len = N`
fn reserved(content: ParseStream<'_>, span: Span, errors: &mut Errors) -> Result<Slot> {
    let at = argument_of("at", content, RESERVED)?;
    or_form(content.parse::<Token![,]>(), RESERVED)?;
    let len = argument_of("len", content, RESERVED)?;
    if len.value == 0 {
        errors.push(len.span, "0 bytes reserve nothing; leave this out");
    }
    Ok(slot(format_ident!("reserved_{}", at.value, span = span), at, len.value, SlotKind::Reserved))
}

/// `disjoint`
fn disjoint(content: ParseStream<'_>) -> Result<Ident> {
    let rule: Ident = or_form(content.parse(), STRINGS)?;
    if rule != "disjoint" {
        return Err(Error::new(rule.span(), format!("unknown rule `{rule}`; write `{STRINGS}`")));
    }
    Ok(rule)
}

/// `name = N`
fn argument_of(name: &str, content: ParseStream<'_>, form: &str) -> Result<Number> {
    let found: Ident = or_form(content.parse(), form)?;
    if found != name {
        return Err(Error::new(found.span(), format!("write `{form}`")));
    }
    or_form(content.parse::<Token![=]>(), form)?;
    number_of_bytes(content)
}

fn slot(name: Ident, at: Number, size: usize, kind: SlotKind) -> Slot {
    Slot { name, vis: Visibility::Inherited, docs: Vec::new(), at, size, kind }
}

//! `#[wire(…)]` on the struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, Token, Visibility};

use super::arguments::{
    alone, assigned, bytes, crate_path, each, in_parentheses, number, number_of_bytes, once, or_form,
};
use super::{lookup, rules, snapshot};
use crate::errors::Errors;
use crate::model::{Form, Integer, Lookup, LookupItem, Number, Rule, Slot, SlotKind, Snapshot, StringRules};

const CONSTANT: &str = "constant(name: u16 = 1, at = N)";
const RESERVED: &str = "reserved(at = N, len = N)";
const STRINGS: &str = "strings(disjoint, no_nul)";

/// What the attributes of the struct say.
#[derive(Default)]
pub(super) struct Container {
    /// The path to what generated code stands on.
    pub(super) root: TokenStream,
    pub(super) header: Option<Number>,
    pub(super) method: Option<u16>,
    pub(super) form: Option<Form>,
    pub(super) strings: StringRules,
    pub(super) exact_end: Option<Span>,
    pub(super) rules: Vec<Rule>,
    pub(super) lookup: Option<Lookup>,
    pub(super) lookup_item: Option<LookupItem>,
    pub(super) snapshot: Option<Snapshot>,
    /// Constants and reserved bytes.
    pub(super) slots: Vec<Slot>,
    /// Every argument and where it stands.
    pub(super) said: Vec<(String, Span)>,
    /// Whether every argument could be read.
    pub(super) legible: bool,
}

pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Container {
    let root = quote!(::netipc::__derive);
    let mut container = Container { root, ..Container::default() };
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
    container.said.push((name.clone(), meta.path.span()));
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
            in_parentheses(meta, STRINGS, |content| strings(content, &mut container.strings, errors))?;
        }
        "crate" => {
            once(path, crate_path(meta)?, &meta.path, errors);
        }
        "fixed" => {
            form(container, Form::Fixed, meta, errors);
            alone(meta)?;
        }
        "row" => {
            form(container, Form::Row, meta, errors);
            alone(meta)?;
        }
        "key" => {
            form(container, Form::Key, meta, errors);
            word(assigned(meta, "key = nul_terminated")?, "key = nul_terminated", "nul_terminated")?;
        }
        "end" => {
            word(assigned(meta, "end = exact")?, "end = exact", "exact")?;
            once(&mut container.exact_end, meta.path.span(), &meta.path, errors);
        }
        "rule" => container.rules.push(in_parentheses(meta, rules::FORM, rules::rule)?),
        "lookup" => {
            let lookup = lookup::lookup(meta, errors);
            once(&mut container.lookup, lookup, &meta.path, errors);
        }
        "lookup_item" => {
            let item = lookup::lookup_item(meta, errors);
            once(&mut container.lookup_item, item, &meta.path, errors);
        }
        "snapshot" => {
            let snapshot = snapshot::snapshot(meta, errors);
            once(&mut container.snapshot, snapshot, &meta.path, errors);
        }
        "at" | "offset" | "count_at" | "directory" | "repr" | "min" | "max" | "count" | "table" => {
            return Err(meta.error(format!("`{name}` belongs on a field of the struct")));
        }
        _ => {
            return Err(meta.error(
                "a struct's `#[wire(…)]` takes `header`, `method`, `constant(…)`, `reserved(…)`, `strings(…)`, \
                 `rule(…)`, `end`, `fixed`, `key`, `row`, `lookup(…)`, `lookup_item(…)`, `snapshot(…)` and `crate`",
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

/// `disjoint, no_nul`, or one of them.
fn strings(content: ParseStream<'_>, rules: &mut StringRules, errors: &mut Errors) -> Result<()> {
    loop {
        let rule: Ident = or_form(content.parse(), STRINGS)?;
        let slot = match rule.to_string().as_str() {
            "disjoint" => &mut rules.disjoint,
            "no_nul" => &mut rules.no_nul,
            _ => return Err(Error::new(rule.span(), format!("unknown rule `{rule}`; write `{STRINGS}`"))),
        };
        once(slot, rule.span(), &rule, errors);
        if !content.peek(Token![,]) {
            return Ok(());
        }
        content.parse::<Token![,]>()?;
        if content.is_empty() {
            return Ok(());
        }
    }
}

fn form(container: &mut Container, form: Form, meta: &ParseNestedMeta<'_>, errors: &mut Errors) {
    if container.form.is_some_and(|other| other != form) {
        errors.push(meta.path.span(), "a struct is `fixed`, a `key` or a `row`, not two of them");
    } else {
        once(&mut container.form, form, &meta.path, errors);
    }
}

/// A word that has to be this one.
fn word(content: ParseStream<'_>, form: &str, expected: &str) -> Result<()> {
    let found: Ident = or_form(content.parse(), form)?;
    if found == expected { Ok(()) } else { Err(Error::new(found.span(), format!("write `{form}`"))) }
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

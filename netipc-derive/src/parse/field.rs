//! `#[wire(…)]` on a field.

use proc_macro2::{Ident, Span};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Error, Field, Result};

use super::arguments::{assigned, bytes, each, once};
use super::{docs, types};
use crate::errors::Errors;
use crate::model::{Integer, Number, Slot, SlotKind};

/// What the attributes of a field say.
#[derive(Default)]
struct Arguments {
    at: Option<Said>,
    offset: Option<Said>,
    count_at: Option<Said>,
    directory: Option<Span>,
}

/// An argument and where its name stands.
#[derive(Clone, Copy)]
struct Said {
    number: Number,
    name: Span,
}

/// The slot of a field, as far as it can be told; errors say what cannot.
pub(super) fn read(field: &Field, message: &Ident, errors: &mut Errors) -> Option<Slot> {
    let name = field.ident.as_ref()?;
    let mut arguments = Arguments::default();
    let legible = each(&field.attrs, errors, |meta, errors| argument(meta, &mut arguments, errors));
    let kind = types::kind(&field.ty, message, errors)?;
    // Of what could not be read, nobody knows that it is missing.
    let missing = |why: String, errors: &mut Errors| {
        if legible {
            errors.push(name.span(), why);
        }
    };
    let (at, size, kind) = match kind {
        SlotKind::String { .. } => {
            let at = place(&arguments, name, missing, errors);
            (at, 8, SlotKind::String { offset: arguments.offset.map(|offset| offset.number) })
        }
        SlotKind::List { item } => {
            let at = count(&arguments, name, missing, errors);
            (at, Integer::U32.size, SlotKind::List { item })
        }
        SlotKind::Integer(integer) => {
            let why = "`offset` fixes where a string begins; an integer has only its place, `at`";
            refuse(arguments.offset, why, errors);
            (place(&arguments, name, missing, errors), integer.size, SlotKind::Integer(integer))
        }
        other => (None, 0, other),
    };
    let at = at.unwrap_or(Number { value: 0, span: name.span() });
    Some(Slot { name: name.clone(), vis: field.vis.clone(), docs: docs(&field.attrs), at, size, kind })
}

/// Where an integer or a string stands.
fn place(
    arguments: &Arguments,
    name: &Ident,
    missing: impl FnOnce(String, &mut Errors),
    errors: &mut Errors,
) -> Option<Number> {
    let why = format!("`count_at` belongs on a list, a `Vec` of items; `{name}` has its place in `at`");
    refuse(arguments.count_at, &why, errors);
    if let Some(span) = arguments.directory {
        errors.push(span, "`directory` belongs on a list, a `Vec` of items");
    }
    if arguments.at.is_none() && arguments.count_at.is_none() {
        missing(
            format!("`{name}` has no place in the header; add `#[wire(at = N)]`, its first byte"),
            errors,
        );
    }
    arguments.at.map(|at| at.number)
}

/// Where the count of a list stands.
fn count(
    arguments: &Arguments,
    name: &Ident,
    missing: impl FnOnce(String, &mut Errors),
    errors: &mut Errors,
) -> Option<Number> {
    let why = "a list has no place of its own; say where its count stands: `count_at = N, directory = free`";
    refuse(arguments.at, why, errors);
    refuse(arguments.offset, "`offset` fixes where a string begins; a directory follows the header", errors);
    match (arguments.count_at, arguments.directory) {
        (None, _) if arguments.at.is_some() => {}
        (None, None) => missing(
            format!(
                "`{name}` is a list; add `#[wire(count_at = N, directory = free)]`: where its count stands, and what its directory is"
            ),
            errors,
        ),
        (None, Some(_)) => {
            missing(format!("`{name}` does not say where its count stands; add `count_at = N`"), errors);
        }
        (Some(_), None) => {
            missing(format!("`{name}` does not say what its directory is; add `directory = free`"), errors);
        }
        (Some(_), Some(_)) => {}
    }
    arguments.count_at.map(|count_at| count_at.number)
}

fn refuse(argument: Option<Said>, why: &str, errors: &mut Errors) {
    if let Some(said) = argument {
        errors.push(said.name, why);
    }
}

fn argument(meta: &ParseNestedMeta<'_>, arguments: &mut Arguments, errors: &mut Errors) -> Result<()> {
    let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
    let slot = match name.as_str() {
        "at" => &mut arguments.at,
        "offset" => &mut arguments.offset,
        "count_at" => &mut arguments.count_at,
        "directory" => {
            let form = "directory = free";
            let order: Ident = assigned(meta, form)?
                .parse()
                .map_err(|error: Error| Error::new(error.span(), format!("write `{form}`")))?;
            if order != "free" {
                return Err(Error::new(
                    order.span(),
                    format!("unknown directory `{order}`; it can be `free`: items in any order"),
                ));
            }
            once(&mut arguments.directory, meta.path.span(), &meta.path, errors);
            return Ok(());
        }
        "header" | "method" | "constant" | "reserved" | "strings" | "crate" => {
            return Err(meta.error(format!("`{name}` belongs on the struct")));
        }
        _ => {
            return Err(meta.error("a field's `#[wire(…)]` takes `at`, `offset`, `count_at` and `directory`"));
        }
    };
    once(slot, Said { number: bytes(meta)?, name: meta.path.span() }, &meta.path, errors);
    Ok(())
}

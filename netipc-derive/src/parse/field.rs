//! `#[wire(…)]` on a field.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Field, Result, Token};

use super::arguments::{assigned, bytes, each, in_parentheses, number_of_bytes, once, or_form};
use super::{docs, types};
use crate::errors::Errors;
use crate::model::{Form, Integer, Number, Slot, SlotKind, Text};

/// What the attributes of a field say.
#[derive(Default)]
struct Arguments {
    at: Option<Said>,
    offset: Option<Said>,
    count_at: Option<Said>,
    min: Option<Said>,
    max: Option<Said>,
    /// Whether the directory is ordered, and where that is said.
    directory: Option<(bool, Span)>,
    repr: Option<(Integer, Span)>,
    count: Option<(Integer, Span)>,
    table: Option<(usize, Span)>,
}

/// An argument and where its name stands.
#[derive(Clone, Copy)]
struct Said {
    number: Number,
    name: Span,
}

/// The slot of a field, as far as it can be told; errors say what cannot.
pub(super) fn read(field: &Field, message: &Ident, form: Form, errors: &mut Errors) -> Option<Slot> {
    let name = field.ident.as_ref()?;
    let mut arguments = Arguments::default();
    let legible = each(&field.attrs, errors, |meta, errors| argument(meta, &mut arguments, errors));
    let kind = match arguments.repr {
        Some((integer, _)) if types::may_be_an_enum(&field.ty) => {
            SlotKind::Enum(integer, Box::new(field.ty.clone()))
        }
        _ => types::kind(&field.ty, message, errors)?,
    };
    if let (Some((_, span)), SlotKind::Integer(_) | SlotKind::String(_) | SlotKind::List { .. }) =
        (arguments.repr, &kind)
    {
        let ty = field.ty.to_token_stream().to_string().replace(' ', "");
        errors.push(span, format!("`repr` belongs on an enum, and `{ty}` is none"));
    }
    if form == Form::Key && !matches!(kind, SlotKind::String(_) | SlotKind::Illegible(_)) {
        errors.push_on(&field.ty, "a key is one `WireString` and nothing else");
        return Some(illegible(field, name));
    }
    // Of what could not be read, nobody knows that it is missing.
    let missing = |why: String, errors: &mut Errors| {
        if legible {
            errors.push(name.span(), why);
        }
    };
    let (at, size, kind) = match kind {
        SlotKind::String(_) => {
            let at = match form {
                Form::Key => {
                    for place in [arguments.at, arguments.offset] {
                        refuse(place, "a key is its string and nothing else; it has no place", errors);
                    }
                    None
                }
                Form::Row => {
                    let why = "`offset` fixes where a string begins; those of rows follow their table";
                    refuse(arguments.offset, why, errors);
                    place(&arguments, name, missing, errors)
                }
                _ => place(&arguments, name, missing, errors),
            };
            let number = |said: Option<Said>| said.map(|said| said.number);
            let (offset, min, max) = (number(arguments.offset), number(arguments.min), number(arguments.max));
            (at, 8, SlotKind::String(Text { offset, min, max }))
        }
        SlotKind::List { item, .. } => {
            let follows = match arguments.table {
                Some(_) => "a table follows the strings",
                None => "a directory follows the header",
            };
            no_string(&arguments, &format!("`offset` fixes where a string begins; {follows}"), errors);
            if let Some((align, _)) = arguments.table {
                let (at, integer) = table(&arguments, name, missing, errors);
                (at, integer.size, SlotKind::Table { row: item, count: integer, align })
            } else {
                if let Some((_, span)) = arguments.count {
                    errors.push(span, "`count` belongs on a table; the count of a list is a u32");
                }
                let at = count(&arguments, name, missing, errors);
                let ordered = arguments.directory.is_some_and(|(ordered, _)| ordered);
                (at, Integer::U32.size, SlotKind::List { item, ordered })
            }
        }
        SlotKind::Enum(integer, ty) => {
            let why = "`offset` fixes where a string begins; an enum has only its place, `at`";
            no_string(&arguments, why, errors);
            (place(&arguments, name, missing, errors), integer.size, SlotKind::Enum(integer, ty))
        }
        SlotKind::Integer(integer) => {
            let why = "`offset` fixes where a string begins; an integer has only its place, `at`";
            no_string(&arguments, why, errors);
            (place(&arguments, name, missing, errors), integer.size, SlotKind::Integer(integer))
        }
        other => (None, 0, other),
    };
    let at = at.unwrap_or(Number { value: 0, span: name.span() });
    Some(Slot { name: name.clone(), vis: field.vis.clone(), docs: docs(&field.attrs), at, size, kind })
}

/// A field of which a wrong type has been reported already.
fn illegible(field: &Field, name: &Ident) -> Slot {
    Slot {
        name: name.clone(),
        vis: field.vis.clone(),
        docs: docs(&field.attrs),
        at: Number { value: 0, span: name.span() },
        size: 0,
        kind: SlotKind::Illegible(Box::new(field.ty.clone())),
    }
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
    let lists = "belongs on a list, a `Vec` of items";
    let tables = "belongs on a `Vec` of rows";
    if let Some((_, span)) = arguments.directory {
        errors.push(span, format!("`directory` {lists}"));
    }
    if let Some((_, span)) = arguments.table {
        errors.push(span, format!("`table` {tables}"));
    }
    if let Some((_, span)) = arguments.count {
        errors.push(span, format!("`count` {tables}"));
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
    let why =
        format!("a list has no place of its own; say where its count stands: `count_at = N, {DIRECTORY}`");
    let why = why.as_str();
    refuse(arguments.at, why, errors);
    match (arguments.count_at, arguments.directory) {
        (None, _) if arguments.at.is_some() => {}
        (None, None) => missing(
            format!(
                "`{name}` is a list; add `#[wire(count_at = N, {DIRECTORY})]`: where its count stands, and that its \
                 items come in any order; or `directory = ordered`"
            ),
            errors,
        ),
        (None, Some(_)) => {
            missing(format!("`{name}` does not say where its count stands; add `count_at = N`"), errors);
        }
        (Some(_), None) => {
            missing(
                format!(
                    "`{name}` does not say what its directory is; add `{DIRECTORY}`, items in any order, or \
                     `directory = ordered`"
                ),
                errors,
            );
        }
        (Some(_), Some(_)) => {}
    }
    arguments.count_at.map(|count_at| count_at.number)
}

/// Where the count of a table stands, and its type.
fn table(
    arguments: &Arguments,
    name: &Ident,
    missing: impl FnOnce(String, &mut Errors),
    errors: &mut Errors,
) -> (Option<Number>, Integer) {
    refuse(
        arguments.at,
        "a table has no place of its own; say where its count stands: `count_at = N`",
        errors,
    );
    if let Some((_, span)) = arguments.directory {
        errors.push(span, "`directory` belongs on a list of items; a table has none");
    }
    let integer = arguments.count.map_or(Integer::U32, |(integer, _)| integer);
    if arguments.count_at.is_none() && arguments.at.is_none() {
        missing(format!("`{name}` does not say where its count stands; add `count_at = N`"), errors);
    }
    (arguments.count_at.map(|count_at| count_at.number), integer)
}

/// Nothing that only a string can have.
fn no_string(arguments: &Arguments, offset: &str, errors: &mut Errors) {
    refuse(arguments.offset, offset, errors);
    refuse(arguments.min, "`min` is the shortest length of a string", errors);
    refuse(arguments.max, "`max` is the longest length of a string", errors);
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
        "min" => &mut arguments.min,
        "max" => &mut arguments.max,
        "directory" => {
            let order: Ident = or_form(assigned(meta, DIRECTORY)?.parse(), DIRECTORY)?;
            if order != "free" && order != "ordered" {
                return Err(Error::new(
                    order.span(),
                    format!(
                        "unknown directory `{order}`; it can be `free`: items in any order, or `ordered`"
                    ),
                ));
            }
            once(&mut arguments.directory, (order == "ordered", meta.path.span()), &meta.path, errors);
            return Ok(());
        }
        "repr" => {
            let integer = unsigned(meta, "repr = u16");
            // After a mistake any integer will do: the type is still an enum.
            let said = *integer.as_ref().unwrap_or(&Integer::U32);
            once(&mut arguments.repr, (said, meta.path.span()), &meta.path, errors);
            return integer.map(|_| ());
        }
        "count" => {
            once(
                &mut arguments.count,
                (unsigned(meta, "count = u16")?, meta.path.span()),
                &meta.path,
                errors,
            );
            return Ok(());
        }
        "table" => {
            let align = in_parentheses(meta, TABLE, alignment);
            // After a mistake any alignment will do: the field is still a table.
            let said = *align.as_ref().unwrap_or(&1);
            once(&mut arguments.table, (said, meta.path.span()), &meta.path, errors);
            return align.map(|_| ());
        }
        "header" | "method" | "constant" | "reserved" | "strings" | "rule" | "end" | "fixed" | "key"
        | "row" | "lookup" | "lookup_item" | "crate" => {
            return Err(meta.error(format!("`{name}` belongs on the struct")));
        }
        _ => {
            return Err(meta.error(
                "a field's `#[wire(…)]` takes `at`; an enum `repr`; a string `offset`, `min` and `max`; a list \
                 `count_at` and `directory`; a table `count_at`, `count` and `table(…)`",
            ));
        }
    };
    once(slot, Said { number: bytes(meta)?, name: meta.path.span() }, &meta.path, errors);
    Ok(())
}

const DIRECTORY: &str = "directory = free";
const TABLE: &str = "table(align = 8)";

/// `align = N`
fn alignment(content: ParseStream<'_>) -> Result<usize> {
    let name: Ident = or_form(content.parse(), TABLE)?;
    if name != "align" {
        return Err(Error::new(name.span(), format!("write `{TABLE}`")));
    }
    or_form(content.parse::<Token![=]>(), TABLE)?;
    let align = number_of_bytes(content)?;
    if !align.value.is_power_of_two() {
        return Err(Error::new(align.span, "an alignment is a power of two, such as 8"));
    }
    Ok(align.value)
}

/// `name = u16`
fn unsigned(meta: &ParseNestedMeta<'_>, form: &str) -> Result<Integer> {
    let name: Ident = or_form(assigned(meta, form)?.parse(), form)?;
    Integer::unsigned(&name)
        .ok_or_else(|| Error::new(name.span(), format!("expected u8, u16, u32 or u64, not `{name}`")))
}

//! `#[wire(…)]` on a field, and what its type means.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Field, GenericArgument, PathArguments, Result, Type};

use super::{docs, number, once, span_of};
use crate::errors::Errors;
use crate::model::{Integer, Number, Slot, SlotKind};

/// What the attributes of a field say.
#[derive(Default)]
struct Arguments {
    at: Option<Number>,
    offset: Option<Number>,
    count_at: Option<Number>,
    directory: Option<Span>,
}

/// What a field's type means.
enum Kind {
    Integer(Integer),
    String,
    List(Box<Type>),
}

/// The slot of a field; `None` if it has no place or no type that a layout knows, and errors say so.
pub(super) fn read(field: &Field, message: &Ident, errors: &mut Errors) -> Option<Slot> {
    let name = field.ident.as_ref()?;
    let arguments = arguments(field, errors)?;
    let kind = match kind(&field.ty, message) {
        Ok(kind) => kind,
        Err(error) => {
            errors.push_syn(error);
            return None;
        }
    };
    let (at, size, kind) = match kind {
        Kind::Integer(integer) => {
            let at = place(&arguments, name, errors)?;
            refuse(
                arguments.offset,
                "`offset` fixes where a string begins; an integer has only its place, `at`",
                errors,
            );
            (at, integer.size, SlotKind::Integer(integer))
        }
        Kind::String => {
            let at = place(&arguments, name, errors)?;
            (at, 8, SlotKind::String { offset: arguments.offset })
        }
        Kind::List(item) => {
            refuse(
                arguments.at,
                "a list has no place of its own; say where its count stands: `count_at = N`",
                errors,
            );
            refuse(
                arguments.offset,
                "`offset` fixes where a string begins; a directory follows the header",
                errors,
            );
            let (Some(at), Some(_)) = (arguments.count_at, arguments.directory) else {
                errors.push(
                    span_of(arguments.count_at, name),
                    format!("a list says where its count stands and what its directory is: add to `{name}` `#[wire(count_at = N, directory = free)]`"),
                );
                return None;
            };
            (at, Integer::U32.size, SlotKind::List { item })
        }
    };
    Some(Slot { name: name.clone(), vis: field.vis.clone(), docs: docs(&field.attrs), at, size, kind })
}

/// Where an integer or a string stands.
fn place(arguments: &Arguments, name: &Ident, errors: &mut Errors) -> Option<Number> {
    refuse(arguments.count_at, "`count_at` belongs on a list, a `Vec` of items", errors);
    if let Some(span) = arguments.directory {
        errors.push(span, "`directory` belongs on a list, a `Vec` of items");
    }
    if arguments.at.is_none() {
        errors.push(
            name.span(),
            format!("`{name}` has no place in the header; add `#[wire(at = N)]`, its first byte"),
        );
    }
    arguments.at
}

fn refuse(argument: Option<Number>, why: &str, errors: &mut Errors) {
    if let Some(number) = argument {
        errors.push(number.span, why);
    }
}

fn arguments(field: &Field, errors: &mut Errors) -> Option<Arguments> {
    let mut arguments = Arguments::default();
    let mut legible = true;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("wire")) {
        if let Err(error) = attr.parse_nested_meta(|meta| argument(&meta, &mut arguments, errors)) {
            legible = false;
            errors.push_syn(error);
        }
    }
    legible.then_some(arguments)
}

fn argument(meta: &ParseNestedMeta<'_>, arguments: &mut Arguments, errors: &mut Errors) -> Result<()> {
    let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
    match name.as_str() {
        "at" => once(&mut arguments.at, number::value(meta)?, &meta.path, errors),
        "offset" => once(&mut arguments.offset, number::value(meta)?, &meta.path, errors),
        "count_at" => once(&mut arguments.count_at, number::value(meta)?, &meta.path, errors),
        "directory" => {
            let order: Ident = meta.value()?.parse()?;
            if order != "free" {
                return Err(syn::Error::new(
                    order.span(),
                    format!("unknown directory `{order}`; it can be `free`: items in any order"),
                ));
            }
            once(&mut arguments.directory, order.span(), &meta.path, errors);
        }
        "header" | "method" | "constant" | "reserved" | "strings" | "crate" => {
            return Err(meta.error(format!("`{name}` belongs on the struct")));
        }
        _ => {
            return Err(meta.error("a field's `#[wire(…)]` takes `at`, `offset`, `count_at` and `directory`"));
        }
    }
    Ok(())
}

/// What a layout makes of a type, or what to write instead.
fn kind(ty: &Type, message: &Ident) -> Result<Kind> {
    let instead = match ty {
        Type::Path(path) if path.qself.is_none() => match path.path.segments.last() {
            Some(segment) => {
                let name = segment.ident.to_string();
                if let Some(integer) = Integer::named(&name) {
                    return Ok(Kind::Integer(integer));
                }
                match name.as_str() {
                    "WireString" => return Ok(Kind::String),
                    "Vec" => return item(&segment.arguments, ty, message).map(Kind::List),
                    "String" | "BString" | "CString" | "OsString" | "PathBuf" => {
                        "a string of a message is a `WireString`: bytes, usually UTF-8"
                    }
                    "bool" => "a flag is an integer on the wire, `u8` or `u32`, as the layout says",
                    "char" => "a character is an integer, or part of a `WireString`",
                    "f32" | "f64" => "the contract has no floats; scale it to an integer",
                    "usize" | "isize" => "its size differs from host to host; take `u32` or `u64`",
                    "u128" | "i128" => "the contract's integers have 8 to 64 bits; take two `u64`",
                    "Option" => {
                        "a layout has every field in every message; let one value mean none, such as 0"
                    }
                    _ => "a field is an integer, a `WireString` or a `Vec` of items",
                }
            }
            None => "a field is an integer, a `WireString` or a `Vec` of items",
        },
        Type::Reference(_) => {
            "the struct owns what it holds (`WireString`, `Vec`); its `…View` and `…Ref` borrow"
        }
        Type::Array(_) => {
            "an array of bytes is `reserved(…)` if it is 0, else one integer field after another"
        }
        _ => "a field is an integer, a `WireString` or a `Vec` of items",
    };
    Err(syn::Error::new(ty.span(), format!("`{}` has no wire layout: {instead}", ty.to_token_stream())))
}

/// The type of a list's items.
fn item(arguments: &PathArguments, list: &Type, message: &Ident) -> Result<Box<Type>> {
    let item = match arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(Type::Path(item))) => item,
            _ => {
                return Err(syn::Error::new(
                    list.span(),
                    "a list is a `Vec` of structs that derive `WireMessage`",
                ));
            }
        },
        _ => {
            return Err(syn::Error::new(
                list.span(),
                "a list is a `Vec` of structs that derive `WireMessage`",
            ));
        }
    };
    if item.path.is_ident(message) || item.path.is_ident("Self") {
        return Err(syn::Error::new(item.span(), format!("`{message}` cannot be an item of its own list")));
    }
    let name = item.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    if Integer::named(&name).is_some() || name == "WireString" {
        return Err(syn::Error::new(
            item.span(),
            format!("items are structs; put the `{name}` into one that derives `WireMessage`"),
        ));
    }
    Ok(Box::new(Type::Path(item.clone())))
}

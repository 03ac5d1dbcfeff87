//! What the type of a field means to a layout, or what to write instead.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::errors::Errors;
use crate::model::{Integer, SlotKind, Text};

/// What a layout makes of a type. One that no layout knows is reported and kept as it is, so that uses of the field
/// bring no further errors; `None` where there is nothing to keep.
pub(super) fn kind(ty: &Type, message: &Ident, errors: &mut Errors) -> Option<SlotKind> {
    let (what, instead) = match ty {
        Type::Path(TypePath { qself: None, path, .. }) => {
            let segment = path.segments.last()?;
            let name = segment.ident.to_string();
            if let Some(integer) = Integer::named(&name) {
                return Some(SlotKind::Integer(integer));
            }
            match name.as_str() {
                "WireString" => return Some(SlotKind::String(Text::default())),
                "Vec" => return list(&segment.arguments, ty, message, errors),
                _ => (format!("`{name}`"), instead_of(&name)),
            }
        }
        Type::Reference(_) => (
            "a reference".to_owned(),
            "the struct owns what it holds (`WireString`, `Vec`); its `…View` and `…Ref` borrow",
        ),
        Type::Array(_) => (
            "an array".to_owned(),
            "bytes are `reserved(…)` on the struct if they are 0, else one integer field after another",
        ),
        Type::Tuple(_) => ("a tuple".to_owned(), "write one field for each part"),
        _ => ("this type".to_owned(), OTHERS),
    };
    errors.push_on(ty, format!("{what} has no wire layout: {instead}"));
    // Whoever writes `String` goes on as if it were one.
    Some(if instead == STRING { SlotKind::String(Text::default()) } else { illegible(ty) })
}

/// Whether it is none of the types that mean something else.
pub(super) fn may_be_an_enum(ty: &Type) -> bool {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return false };
    let Some(segment) = path.segments.last() else { return false };
    let name = segment.ident.to_string();
    let other = Integer::named(&name).is_some() || name == "WireString" || name == "Vec";
    !other && instead_of(&name) == OTHERS
}

fn illegible(ty: &Type) -> SlotKind {
    SlotKind::Illegible(Box::new(ty.clone()))
}

const STRING: &str = "a string of a message is a `WireString`: bytes, usually UTF-8";
const NO_LIST: &str = "a list is a `Vec` of structs that derive `WireMessage`";
const OTHERS: &str = "a field is an integer, an enum with `repr = …`, a `WireString` or a `Vec` of items";

/// What to write instead of a type of this name.
fn instead_of(name: &str) -> &'static str {
    match name {
        "String" | "BString" | "CString" | "OsString" | "PathBuf" => STRING,
        "bool" => "a flag is an integer on the wire, `u8` or `u32`, as the layout says",
        "char" => "a character is an integer, or part of a `WireString`",
        "f32" | "f64" => "the contract has no floats; scale it to an integer",
        "usize" | "isize" => "its size differs from host to host; take `u32` or `u64`",
        "u128" | "i128" => "the contract's integers have 8 to 64 bits; take two `u64`",
        "Option" => "a layout has every field in every message; let one value mean none, such as 0",
        _ => OTHERS,
    }
}

/// A list, by the type of its items.
fn list(arguments: &PathArguments, list: &Type, message: &Ident, errors: &mut Errors) -> Option<SlotKind> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        errors.push_on(list, NO_LIST);
        // The compiler says it, too, wherever the type is repeated.
        return None;
    };
    let Some(GenericArgument::Type(Type::Path(item))) = arguments.args.first() else {
        errors.push_on(list, NO_LIST);
        return Some(illegible(list));
    };
    if item.path.is_ident(message) || item.path.is_ident("Self") {
        errors.push_on(item, format!("`{message}` cannot be an item of its own list"));
        return Some(illegible(list));
    }
    let name = item.path.segments.last()?.ident.to_string();
    if Integer::named(&name).is_some() || name == "WireString" || instead_of(&name) != OTHERS {
        errors.push_on(
            item,
            format!("items are structs that derive `WireMessage`; write one that holds the `{name}`"),
        );
        return Some(illegible(list));
    }
    Some(SlotKind::List { item: Box::new(Type::Path(item.clone())), ordered: false })
}

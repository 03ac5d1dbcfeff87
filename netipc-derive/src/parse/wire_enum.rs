//! An enum and its `#[wire(…)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Expr, ExprLit, Fields, Lit, Type, Variant};

use super::arguments::{alone, crate_path, each, once};
use crate::errors::Errors;
use crate::model::Integer;

/// An enum that stands for an integer.
pub(crate) struct WireEnum {
    pub(crate) ident: Ident,
    pub(crate) root: TokenStream,
    /// Its integer; nobody knows it where there is a mistake in it.
    pub(crate) repr: Option<Integer>,
    pub(crate) variants: Vec<(Ident, u64)>,
    /// The variant that holds what has none of its own; a closed enum has none.
    pub(crate) other: Option<Ident>,
    /// Whether there were no mistakes. If there were, the enum is one of the wire all the same, so that one mistake
    /// brings no further errors wherever it is used.
    pub(crate) sound: bool,
}

/// What `#[wire(…)]` on the enum says.
struct Arguments {
    root: TokenStream,
    closed: Option<(bool, Span)>,
    /// Whether every argument could be read.
    legible: bool,
}

/// The enum that `input` describes, as far as it can be told; errors say what cannot. `None` where nothing can stand in
/// for it.
pub(crate) fn wire_enum(input: &DeriveInput, errors: &mut Errors) -> Option<WireEnum> {
    let Data::Enum(data) = &input.data else {
        errors.push(input.ident.span(), "`WireEnum` is for enums; a struct derives `WireMessage`");
        return None;
    };
    let ident = &input.ident;
    if !input.generics.params.is_empty() {
        errors.push_on(&input.generics, format!("`{ident}` has generics, and stands for one integer"));
        return None;
    }
    let arguments = arguments(&input.attrs, errors);
    let repr = repr(input, arguments.legible, errors);
    let (variants, other) = variants(data, repr, errors);
    if errors.is_empty() && !variants.iter().any(|(_, value)| *value == 0) {
        errors.push(ident.span(), "an enum of the wire has a variant for 0, which builders begin with");
    }
    closed_or_open(&arguments, other.as_ref(), repr, ident, errors);
    let (root, sound) = (arguments.root, errors.is_empty());
    Some(WireEnum { ident: ident.clone(), root, repr, variants, other, sound })
}

/// The integer of `#[repr(…)]`.
fn repr(input: &DeriveInput, legible: bool, errors: &mut Errors) -> Option<Integer> {
    let (mut found, mut unfit) = (None, None);
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("repr")) {
        // What the compiler does not take it reports itself.
        let _ = attr.parse_nested_meta(|meta| {
            match meta.path.get_ident().and_then(Integer::unsigned) {
                Some(integer) => found = Some(integer),
                None => unfit = Some(meta.path.clone()),
            }
            Ok(())
        });
    }
    match (&found, unfit) {
        (Some(_), _) => {}
        // Perhaps that was meant.
        (None, None) if !legible => {}
        (None, Some(path)) => {
            let name = path.to_token_stream();
            errors.push_on(
                &path,
                format!("`{name}` is no integer of the wire; write `#[repr(u16)]`, or u8, u32, u64"),
            );
        }
        (None, None) => {
            let ident = &input.ident;
            errors.push(
                ident.span(),
                format!("`{ident}` does not say which integer it is on the wire; add `#[repr(u16)]`, or u8, u32, u64"),
            );
        }
    }
    found
}

fn arguments(attrs: &[Attribute], errors: &mut Errors) -> Arguments {
    let (mut path, mut closed) = (None, None::<(bool, Span)>);
    let legible = each(attrs, errors, |meta, errors| {
        let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
        match name.as_str() {
            "closed" | "open" => {
                let said = name == "closed";
                if closed.is_some_and(|(other, _)| other != said) {
                    return Err(meta.error("an enum is `closed` or `open`, not both"));
                }
                once(&mut closed, (said, meta.path.span()), &meta.path, errors);
                alone(meta)?;
            }
            "crate" => once(&mut path, crate_path(meta)?, &meta.path, errors),
            "repr" => return Err(meta.error("`repr` of an enum is Rust's own: write `#[repr(u16)]`")),
            _ => return Err(meta.error("an enum's `#[wire(…)]` takes `closed` or `open`, and `crate`")),
        }
        Ok(())
    });
    let root = if let Some(path) = path { quote!(#path::__derive) } else { quote!(::netipc::__derive) };
    Arguments { root, closed, legible }
}

/// The names and their values, and the variant for what has no name.
fn variants(
    data: &DataEnum,
    repr: Option<Integer>,
    errors: &mut Errors,
) -> (Vec<(Ident, u64)>, Option<Ident>) {
    let (mut variants, mut other, mut next) = (Vec::new(), None::<Ident>, Some(0));
    for variant in &data.variants {
        if is_other(variant, repr, errors) {
            if let Some(first) = &other {
                let (ident, first) = (&variant.ident, first.to_string());
                errors.push(
                    ident.span(),
                    format!("`{first}` holds all that is not listed; there is one such variant"),
                );
            } else {
                other = Some(variant.ident.clone());
            }
            continue;
        }
        if !matches!(variant.fields, Fields::Unit) {
            errors.push_on(
                &variant.fields,
                format!("`{}` is a name for one value and holds nothing; what is not listed goes to a variant with `#[wire(other)]`", variant.ident),
            );
        }
        let value = value(variant, next, repr, errors);
        variants.push((variant.ident.clone(), value));
        next = value.checked_add(1);
    }
    (variants, other)
}

/// Whether it holds what has no variant of its own.
fn is_other(variant: &Variant, repr: Option<Integer>, errors: &mut Errors) -> bool {
    let ident = &variant.ident;
    let mut other = None;
    let legible = each(&variant.attrs, errors, |meta, errors| {
        if !meta.path.is_ident("other") {
            return Err(meta.error("a variant's `#[wire(…)]` takes `other`"));
        }
        once(&mut other, (), &meta.path, errors);
        alone(meta)
    });
    // Whatever was meant, it is no name for one value.
    if !legible {
        return true;
    }
    if other.is_none() {
        return false;
    }
    let integer = repr.map_or("u16".to_owned(), Integer::name);
    let holds_it = matches!(&variant.fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1
        && fields.unnamed.iter().all(|field| matches!(&field.ty, Type::Path(ty) if repr.is_none() || ty.path.is_ident(&integer))));
    if !holds_it {
        errors.push(ident.span(), format!("write `{ident}({integer})`: it holds what stands on the wire"));
    }
    if let Some((_, value)) = &variant.discriminant {
        errors.push_on(value, format!("`{ident}` holds any value and has none of its own; leave this out"));
    }
    true
}

fn value(variant: &Variant, next: Option<u64>, repr: Option<Integer>, errors: &mut Errors) -> u64 {
    let value = match &variant.discriminant {
        None => next,
        Some((_, Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }))) => literal.base10_parse().ok(),
        Some(_) => None,
    };
    let Some(repr) = repr else { return value.unwrap_or_default() };
    value.filter(|value| *value <= repr.max()).unwrap_or_else(|| {
        let (ident, integer) = (&variant.ident, repr.name());
        let problem =
            format!("`{ident}` needs a literal number that fits in a {integer}, 0 to {}", repr.max());
        match &variant.discriminant {
            Some((_, value)) => errors.push_on(value, problem),
            None => errors.push(ident.span(), problem),
        }
        0
    })
}

/// It says what becomes of what it does not list, and has a place for that.
fn closed_or_open(
    arguments: &Arguments,
    other: Option<&Ident>,
    repr: Option<Integer>,
    ident: &Ident,
    errors: &mut Errors,
) {
    match (arguments.closed, other) {
        (Some((true, _)), Some(other)) => errors.push(
            other.span(),
            format!("a closed enum rejects what it does not list; leave `{other}` out, or say `open`"),
        ),
        (Some((false, span)), None) if arguments.legible => {
            let integer = repr.map_or("u16".to_owned(), Integer::name);
            errors.push(
                span,
                format!("an open enum hands on what it does not list: add `#[wire(other)] Other({integer})`"),
            );
        }
        (None, _) if arguments.legible => errors.push(
            ident.span(),
            "say `#[wire(closed)]`: what is not listed is rejected; or `#[wire(open)]`: it is handed on",
        ),
        _ => {}
    }
}

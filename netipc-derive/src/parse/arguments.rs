//! What reading `#[wire(…)]` of a struct and of a field have in common. What cannot be read is reported and skipped, so
//! that one mistake does not hide the next.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Lit, Path, Result, Token, token};

use crate::errors::Errors;
use crate::model::Number;

/// Gives each argument of all `#[wire(…)]` to `read`, and tells whether all of them could be read.
pub(super) fn each(
    attrs: &[Attribute],
    errors: &mut Errors,
    mut read: impl FnMut(&ParseNestedMeta<'_>, &mut Errors) -> Result<()>,
) -> bool {
    let mut legible = true;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("wire")) {
        let result = attr.parse_nested_meta(|meta| {
            if let Err(error) = read(&meta, errors) {
                legible = false;
                errors.push_syn(error);
                skip_to_the_next(meta.input)?;
            }
            Ok(())
        });
        if let Err(error) = result {
            legible = false;
            errors.push_syn(error);
        }
    }
    legible
}

fn skip_to_the_next(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Sets what may be said once.
pub(super) fn once<T>(slot: &mut Option<T>, value: T, name: &impl ToTokens, errors: &mut Errors) {
    if slot.is_some() {
        errors.push(name.span(), format!("`{}` is said twice", name.to_token_stream()));
    }
    *slot = Some(value);
}

/// An argument that is a word alone.
pub(super) fn alone(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.is_empty() || meta.input.peek(Token![,]) {
        return Ok(());
    }
    let name = meta.path.to_token_stream();
    Err(meta.input.error(format!("`{name}` stands alone; write `{name}` and nothing behind it")))
}

/// `crate = path`
pub(super) fn crate_path(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    assigned(meta, "crate = path")?
        .call(Path::parse_mod_style)
        .map_err(|error| Error::new(error.span(), "`crate` takes a path, without quotes: `crate = netipc`"))
}

/// What follows the `=` of an argument; `form` says how the argument is written.
pub(super) fn assigned<'a>(meta: &ParseNestedMeta<'a>, form: &str) -> Result<ParseStream<'a>> {
    if !meta.input.peek(Token![=]) {
        return Err(meta.error(format!("write `{form}`")));
    }
    meta.value()
}

/// What stands in the parentheses of an argument; `form` says how the argument is written.
pub(super) fn in_parentheses<T>(
    meta: &ParseNestedMeta<'_>,
    form: &str,
    read: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    if !meta.input.peek(token::Paren) {
        return Err(meta.error(format!("write `{form}`")));
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let result = read(&content).and_then(|value| {
        content.parse::<Option<Token![,]>>()?;
        if content.is_empty() { Ok(value) } else { Err(content.error(format!("write `{form}`"))) }
    });
    // `syn` would report what is left a second time.
    content.parse::<TokenStream>()?;
    result
}

/// An error of the grammar, as the form of the whole.
pub(super) fn or_form<T>(result: Result<T>, form: &str) -> Result<T> {
    result.map_err(|error| Error::new(error.span(), format!("write `{form}`")))
}

/// `name = N`, a number of bytes.
pub(super) fn bytes(meta: &ParseNestedMeta<'_>) -> Result<Number> {
    let form = format!("{} = N", meta.path.to_token_stream());
    number_of_bytes(assigned(meta, &form)?)
}

/// `N`, a number of bytes: offsets and lengths of payloads are u32.
pub(super) fn number_of_bytes(input: ParseStream<'_>) -> Result<Number> {
    let (value, span) = number(input, u32::MAX.into())?;
    // The host that compiles has a usize of at least 32 bits.
    Ok(Number { value: usize::try_from(value).unwrap_or(usize::MAX), span })
}

/// A literal number.
pub(super) fn number(input: ParseStream<'_>, max: u64) -> Result<(u64, proc_macro2::Span)> {
    let expected = |span| Error::new(span, format!("expected a literal number from 0 to {max}"));
    let start = input.span();
    match input.parse::<Lit>() {
        Ok(Lit::Int(literal)) => match literal.base10_parse() {
            Ok(value) if value <= max => Ok((value, literal.span())),
            _ => Err(expected(literal.span())),
        },
        _ => Err(expected(start)),
    }
}

//! `lookup(…)` and `lookup_item(…)`: what makes a message the response of a lookup, or an item of one.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Path, Result, Token, parse_quote, token};

use super::arguments::{once, or_form};
use crate::errors::Errors;
use crate::model::{Lookup, LookupItem};

const LOOKUP: &str = "lookup(request = Type, keys = list)";
const LOOKUP_ITEM: &str = "lookup_item(key = Type, echo = field, status = field, payload_exceeded = Variant, oversized_item = Variant)";

/// `request = Type, keys = list`
pub(super) fn lookup(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> Lookup {
    let (mut request, mut keys) = (None, None);
    let result = each_named(meta, LOOKUP, |name, content| {
        match name.to_string().as_str() {
            "request" => once(&mut request, content.parse()?, name, errors),
            "keys" => once(&mut keys, content.parse()?, name, errors),
            _ => return Ok(false),
        }
        Ok(true)
    });
    let mut missing = Missing::new(meta, LOOKUP, result, errors);
    Lookup { request: missing.or(request, "request"), keys: missing.or(keys, "keys") }
}

/// `key = Type, echo = field, status = field, payload_exceeded = Variant, oversized_item = Variant`
pub(super) fn lookup_item(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> LookupItem {
    let (mut key, mut echo, mut status) = (None, None, None);
    let (mut payload_exceeded, mut oversized_item) = (None, None);
    let result = each_named(meta, LOOKUP_ITEM, |name, content| {
        match name.to_string().as_str() {
            "key" => once(&mut key, content.parse()?, name, errors),
            "echo" => once(&mut echo, content.parse::<Echo>()?, name, errors),
            "status" => once(&mut status, content.parse()?, name, errors),
            "payload_exceeded" => once(&mut payload_exceeded, content.parse()?, name, errors),
            "oversized_item" => once(&mut oversized_item, content.parse()?, name, errors),
            _ => return Ok(false),
        }
        Ok(true)
    });
    if let Some(echo) = echo.as_ref().filter(|echo| echo.fields.is_empty()) {
        errors.push(echo.span, "an item echoes its key: one field of it at least");
    }
    let mut missing = Missing::new(meta, LOOKUP_ITEM, result, errors);
    let item = LookupItem {
        key: missing.or(key, "key"),
        echo: missing.or(echo, "echo").fields,
        status: missing.or(status, "status"),
        payload_exceeded: missing.or(payload_exceeded, "payload_exceeded"),
        oversized_item: missing.or(oversized_item, "oversized_item"),
    };
    if missing.legible && item.payload_exceeded == item.oversized_item {
        errors.push(
            item.oversized_item.span(),
            format!(
                "`{}` cannot mean both: the client asks again after one, and not after the other",
                item.oversized_item
            ),
        );
    }
    item
}

/// Gives each `name = value` in the parentheses to `read`, which tells whether it knows the name.
fn each_named(
    meta: &ParseNestedMeta<'_>,
    form: &str,
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> Result<bool>,
) -> Result<()> {
    if !meta.input.peek(token::Paren) {
        return Err(meta.error(format!("write `{form}`")));
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let mut all = || {
        while !content.is_empty() {
            let name: Ident = content.parse()?;
            let assigned = content.parse::<Token![=]>();
            if assigned.is_ok() && !read(&name, &content)? {
                return Err(Error::new(name.span(), ""));
            }
            assigned?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    let result = or_form(all(), form);
    // `syn` would report what is left a second time.
    content.parse::<TokenStream>()?;
    result
}

/// Stands in for what is missing, after an error that says so.
struct Missing<'a> {
    errors: &'a mut Errors,
    form: &'static str,
    at: Span,
    /// Of what could not be read, nobody knows that it is missing.
    legible: bool,
}

impl<'a> Missing<'a> {
    fn new(
        meta: &ParseNestedMeta<'_>,
        form: &'static str,
        result: Result<()>,
        errors: &'a mut Errors,
    ) -> Self {
        let legible = result.is_ok();
        if let Err(error) = result {
            errors.push_syn(error);
        }
        Self { errors, form, at: meta.path.span(), legible }
    }

    fn or<T: StandIn>(&mut self, said: Option<T>, name: &str) -> T {
        said.unwrap_or_else(|| {
            if self.legible {
                let form = self.form;
                self.errors.push(self.at, format!("`{name}` is missing; write `{form}`"));
            }
            T::stand_in(self.at)
        })
    }
}

/// Something in place of what is missing. It is never looked at: the errors end the build.
trait StandIn {
    fn stand_in(at: Span) -> Self;
}

impl StandIn for Path {
    fn stand_in(_at: Span) -> Self {
        parse_quote!(Self)
    }
}

impl StandIn for Ident {
    fn stand_in(at: Span) -> Self {
        format_ident!("missing", span = at)
    }
}

impl StandIn for Echo {
    fn stand_in(at: Span) -> Self {
        Self { fields: Vec::new(), span: at }
    }
}

/// `field`, or `(field, field)`
struct Echo {
    fields: Vec<Ident>,
    span: Span,
}

impl Parse for Echo {
    fn parse(content: ParseStream<'_>) -> Result<Self> {
        let span = content.span();
        if !content.peek(token::Paren) {
            return Ok(Self { fields: vec![content.parse()?], span });
        }
        let fields;
        syn::parenthesized!(fields in content);
        Ok(Self { fields: fields.parse_terminated(Ident::parse, Token![,])?.into_iter().collect(), span })
    }
}

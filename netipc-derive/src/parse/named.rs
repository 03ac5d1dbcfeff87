//! Arguments that are `name = value` in parentheses: `lookup(…)`, `lookup_item(…)`, `snapshot(…)`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Path, Result, Token, parse_quote, token};

use super::arguments::or_form;
use crate::errors::Errors;

/// Gives each `name = value` in the parentheses to `read`, which tells whether it knows the name.
pub(super) fn each_named(
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
pub(super) struct Missing<'a> {
    errors: &'a mut Errors,
    form: &'static str,
    at: Span,
    /// Of what could not be read, nobody knows that it is missing.
    pub(super) legible: bool,
}

impl<'a> Missing<'a> {
    pub(super) fn new(
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

    pub(super) fn or<T: StandIn>(&mut self, said: Option<T>, name: &str) -> T {
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
pub(super) trait StandIn {
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

impl StandIn for FieldNames {
    fn stand_in(at: Span) -> Self {
        Self { names: Vec::new(), span: at }
    }
}

/// `field`, or `(field, field)`
pub(super) struct FieldNames {
    pub(super) names: Vec<Ident>,
    pub(super) span: Span,
}

impl Parse for FieldNames {
    fn parse(content: ParseStream<'_>) -> Result<Self> {
        let span = content.span();
        if !content.peek(token::Paren) {
            return Ok(Self { names: vec![content.parse()?], span });
        }
        let fields;
        syn::parenthesized!(fields in content);
        Ok(Self { names: fields.parse_terminated(Ident::parse, Token![,])?.into_iter().collect(), span })
    }
}

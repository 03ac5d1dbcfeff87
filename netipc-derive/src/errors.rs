//! All mistakes of a struct, to be reported at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects errors.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// One more, on this token.
    pub(crate) fn push(&mut self, span: Span, message: impl Display) {
        self.push_syn(syn::Error::new(span, message));
    }

    /// One more, from the first of these tokens to the last.
    pub(crate) fn push_on(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.push_syn(syn::Error::new_spanned(tokens, message));
    }

    /// One more, as `syn` has made it.
    pub(crate) fn push_syn(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// What is said to the compiler.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        self.0.map(|errors| errors.to_compile_error())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

//! What decoding and encoding check of a header as a whole: lengths of strings, and rules between fields.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::{Names, as_enum, length};
use crate::model::{Condition, Message, Requirement, Rule, Slot, SlotKind, Value};

/// Whether there is anything to check.
pub(super) fn has_any(message: &Message) -> bool {
    !message.rules.is_empty() || message.strings().any(|slot| lengths(slot).is_some())
}

/// The method of the header that checks it.
pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    if !has_any(message) {
        return TokenStream::new();
    }
    let root = &message.root;
    let name = &names.text;
    let lengths = message.strings().filter_map(|slot| {
        let (min, max) = lengths(slot)?;
        let (min, max) = (length(min), length(max));
        let (field, text, at) = (&slot.name, slot.text(), slot.place());
        Some(quote!(#root::length::<__Fault>((#name, #text, #at), self.#field.length(), #min, #max)?;))
    });
    let rules = message.rules.iter().map(|rule| code_of(rule, message, name));
    quote! {
        /// What the fields have to do with one another.
        #[inline]
        fn rules<__Fault: #root::Fault>(&self) -> ::core::result::Result<(), __Fault> {
            #(#lengths)*
            #(#rules)*
            ::core::result::Result::Ok(())
        }
    }
}

fn lengths(slot: &Slot) -> Option<(u32, u32)> {
    match &slot.kind {
        SlotKind::String(text) => text.lengths(),
        _ => None,
    }
}

fn code_of(rule: &Rule, message: &Message, name: &str) -> TokenStream {
    let conditions = rule.conditions.iter().map(|condition| holds(condition, message));
    let requirements = rule.requirements.iter().map(|requirement| required(requirement, rule, message, name));
    quote! {
        if #(#conditions)&&* {
            #(#requirements)*
        }
    }
}

fn holds(condition: &Condition, message: &Message) -> TokenStream {
    let Some(slot) = message.slot(&condition.field) else { return TokenStream::new() };
    let (found, value) = (found(slot), wire_value(slot, &condition.value, &message.root));
    if condition.equal { quote!(#found == #value) } else { quote!(#found != #value) }
}

fn required(requirement: &Requirement, rule: &Rule, message: &Message, name: &str) -> TokenStream {
    let root = &message.root;
    let Some(slot) = message.slot(&requirement.field) else { return TokenStream::new() };
    let (text, at) = (slot.text(), slot.place());
    let (found, field) = (found(slot), &slot.name);
    let holds = match (&slot.kind, &requirement.value) {
        (SlotKind::String(_), Value::Name(word)) => {
            let zero = compare(word);
            quote!(self.#field.length() #zero)
        }
        (SlotKind::Table { .. }, Value::Name(word)) => {
            let zero = compare(word);
            quote!(#found #zero)
        }
        (_, value) => {
            let value = wire_value(slot, value, root);
            quote!(#found == #value)
        }
    };
    let words = format!("{} => {} = {}", rule.text, requirement.field, requirement.value.text());
    quote!(#root::between::<__Fault>((#name, #text, #at), #holds, #words)?;)
}

fn compare(word: &Ident) -> TokenStream {
    if word == "empty" { quote!(== 0) } else { quote!(!= 0) }
}

/// The value that stands in the header.
fn found(slot: &Slot) -> TokenStream {
    let field = &slot.name;
    match &slot.kind {
        SlotKind::Integer(integer) | SlotKind::Enum(integer, _) | SlotKind::Table { count: integer, .. } => {
            integer.native_of(&quote!(self.#field))
        }
        _ => TokenStream::new(),
    }
}

/// A value as it stands in the header.
fn wire_value(slot: &Slot, value: &Value, root: &TokenStream) -> TokenStream {
    match (&slot.kind, value) {
        (SlotKind::Enum(integer, ty), Value::Name(variant)) => {
            let as_enum = as_enum(ty, *integer, root);
            let variant = quote_spanned!(variant.span()=> <#ty>::#variant);
            quote_spanned!(ty.span()=> #as_enum::number(#variant))
        }
        (_, Value::Number(value, _)) => {
            let value = proc_macro2::Literal::u64_unsuffixed(*value);
            quote!(#value)
        }
        (_, Value::Name(_)) => TokenStream::new(),
    }
}

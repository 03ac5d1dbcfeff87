//! The `LAYOUT` constant.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::{Names, as_enum, as_trait, length, plain};
use crate::model::{Message, Slot, SlotKind};
use crate::parse::first_sentence;

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let (name, doc, header_len) = (&names.text, &message.doc, message.header_len());
    let method = if let Some(code) = message.method {
        let code = Literal::u16_unsuffixed(code);
        quote!(::core::option::Option::Some(#code))
    } else {
        quote!(::core::option::Option::None)
    };
    let described = if message.sound { message.slots.as_slice() } else { &[] };
    let fields = described.iter().map(|slot| field(slot, root));
    let rules = described_rules(message);
    let tail = if message.sound { tail(message) } else { quote!(#root::Tail::Empty) };
    quote! {
        #root::Layout {
            name: #name,
            doc: #doc,
            method: #method,
            header_len: #header_len,
            fields: &[#(#fields),*],
            tail: #tail,
            rules: &[#(#rules),*],
        }
    }
}

fn field(slot: &Slot, root: &TokenStream) -> TokenStream {
    let (at, size, doc) = (slot.place(), plain(slot.size), first_sentence(&slot.docs));
    let (name, kind) = match &slot.kind {
        SlotKind::Integer(integer) if integer.signed => (slot.text(), quote!(Signed)),
        SlotKind::Integer(_) => (slot.text(), quote!(Unsigned)),
        SlotKind::Constant(_, value) => {
            let value = Literal::u64_unsuffixed(*value);
            (slot.text(), quote!(Constant(#value)))
        }
        SlotKind::Reserved => ("reserved".to_owned(), quote!(Reserved)),
        SlotKind::Enum(integer, ty) => {
            let as_enum = as_enum(ty, *integer, root);
            let (name, kind) = (slot.text(), quote_spanned!(ty.span()=> #as_enum::KIND));
            return quote! {
                #root::Field { name: #name, at: #at, size: #size, kind: #kind, doc: #doc }
            };
        }
        SlotKind::String(text) => {
            let place = if let Some(offset) = text.offset {
                let offset = plain(offset.value);
                quote!(::core::option::Option::Some(#offset))
            } else {
                quote!(::core::option::Option::None)
            };
            let (min, max) = text.lengths().unwrap_or((0, u32::MAX));
            let (min, max) = (length(min), length(max));
            (slot.text(), quote!(String { place: #place, min: #min, max: #max }))
        }
        SlotKind::Table { .. } => {
            let table = slot.text();
            (format!("{table}_count"), quote!(Count(#table)))
        }
        SlotKind::List { .. } => {
            let list = slot.text();
            ("item_count".to_owned(), quote!(Count(#list)))
        }
        SlotKind::Illegible(_) => return TokenStream::new(),
    };
    quote! {
        #root::Field { name: #name, at: #at, size: #size, kind: #root::FieldKind::#kind, doc: #doc }
    }
}

fn tail(message: &Message) -> TokenStream {
    let root = &message.root;
    if let Some((slot, item)) = message.list() {
        let (name, order, item) = (slot.text(), order(slot), as_trait(item, root, "WireMessage"));
        return quote! {
            #root::Tail::Directory {
                name: #name,
                order: #root::Order::#order,
                item: #item::LAYOUT,
            }
        };
    }
    if message.has_tail() {
        let disjoint = message.string_rules.disjoint.is_some();
        let no_nul = message.string_rules.no_nul.is_some();
        let table = if let Some((slot, row)) = message.table() {
            let (name, row) = (slot.text(), as_trait(row, root, "WireRow"));
            quote!(::core::option::Option::Some((#name, #row::LAYOUT)))
        } else {
            quote!(::core::option::Option::None)
        };
        return quote!(#root::Tail::Strings { disjoint: #disjoint, no_nul: #no_nul, table: #table });
    }
    quote!(#root::Tail::Empty)
}

/// The order of a list's directory.
pub(super) fn order(slot: &Slot) -> Ident {
    let ordered = matches!(slot.kind, SlotKind::List { ordered: true, .. });
    format_ident!("{}", if ordered { "Ascending" } else { "Free" })
}

/// The rules between fields, as they were written.
fn described_rules(message: &Message) -> Vec<String> {
    let text = |rule: &crate::model::Rule| {
        let requirements: Vec<_> = rule
            .requirements
            .iter()
            .map(|requirement| format!("{} = {}", requirement.field, requirement.value.text()))
            .collect();
        format!("{} => {}", rule.text, requirements.join(", "))
    };
    message.rules.iter().map(text).collect()
}

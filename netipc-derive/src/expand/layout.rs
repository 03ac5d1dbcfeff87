//! The `LAYOUT` constant.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use crate::model::{Message, Slot, SlotKind};
use crate::parse::first_sentence;

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let (name, doc, header_len) = (&names.text, &message.doc, message.header.value);
    let method = if let Some(code) = message.method {
        quote!(::core::option::Option::Some(#code))
    } else {
        quote!(::core::option::Option::None)
    };
    let described = if message.sound { message.slots.as_slice() } else { &[] };
    let fields = described.iter().map(|slot| field(slot, root));
    let tail = if message.sound { tail(message) } else { quote!(#root::Tail::Empty) };
    quote! {
        #root::Layout {
            name: #name,
            doc: #doc,
            method: #method,
            header_len: #header_len,
            fields: &[#(#fields),*],
            tail: #tail,
        }
    }
}

fn field(slot: &Slot, root: &TokenStream) -> TokenStream {
    let (at, size, doc) = (slot.at.value, slot.size, first_sentence(&slot.docs));
    let (name, kind) = match &slot.kind {
        SlotKind::Integer(integer) if integer.signed => (slot.text(), quote!(Signed)),
        SlotKind::Integer(_) => (slot.text(), quote!(Unsigned)),
        SlotKind::Constant(_, value) => (slot.text(), quote!(Constant(#value))),
        SlotKind::Reserved => ("reserved".to_owned(), quote!(Reserved)),
        SlotKind::String { offset: None } => {
            (slot.text(), quote!(String { place: ::core::option::Option::None }))
        }
        SlotKind::String { offset: Some(offset) } => {
            let offset = u32::try_from(offset.value).unwrap_or(u32::MAX);
            (slot.text(), quote!(String { place: ::core::option::Option::Some(#offset) }))
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
        let name = slot.text();
        return quote! {
            #root::Tail::Directory {
                name: #name,
                order: #root::Order::Free,
                item: <#item as #root::WireMessage>::LAYOUT,
            }
        };
    }
    if message.strings().next().is_some() {
        let disjoint = message.disjoint.is_some();
        return quote!(#root::Tail::Strings { disjoint: #disjoint });
    }
    quote!(#root::Tail::Empty)
}

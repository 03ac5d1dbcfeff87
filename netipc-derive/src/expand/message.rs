//! `impl WireMessage`: decoding, and what ties the generated types together.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::Names;
use super::{body, layout};
use crate::model::{Message, Slot, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let Names { view, builder, header, .. } = names;
    let ident = &message.ident;
    let borrowed = names.borrowed_type(message, &quote!('a));
    let layout = layout::code(message, names);
    let check = body(message, check(message, names));
    let bytes = message.has_tail().then(|| quote!(, bytes));
    let seen = body(message, quote!(#view { header: #root::head(bytes, &#header::EMPTY) #bytes }));
    let method = message.method.map(|code| {
        quote! {
            #[automatically_derived]
            impl #root::MethodMessage for #ident {
                type Method = #root::MethodCode<#code>;
                const METHOD: u16 = #code;
            }

            #[automatically_derived]
            impl #root::BelongsTo<#root::MethodCode<#code>> for #ident {}
        }
    });
    quote! {
        #[automatically_derived]
        impl #root::WireMessage for #ident {
            type View<'a> = #view<'a>;
            type Ref<'a> = #borrowed;
            type Builder<'a> = #builder<'a>;

            const LAYOUT: &'static #root::Layout = &#layout;

            #[inline]
            fn check(bytes: &[u8]) -> ::core::result::Result<(), #root::DecodeError> {
                #check
            }

            #[inline]
            fn view(bytes: &[u8]) -> #view<'_> {
                #seen
            }
        }

        #method
    }
}

/// Header fields from front to back, then what follows.
fn check(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let name = &names.text;
    let header = &names.header;
    let fields: Vec<_> = message.slots.iter().filter_map(|slot| check_field(message, slot, name)).collect();
    let strings = check_strings(message, name);
    let list = check_list(message, name);
    if fields.is_empty() && strings.is_empty() && list.is_none() {
        return quote!(#root::header::<#header>(#name, bytes).map(|_| ()));
    }
    quote! {
        let header: &#header = #root::header(#name, bytes)?;
        #(#fields)*
        #strings
        #list
        ::core::result::Result::Ok(())
    }
}

fn check_field(message: &Message, slot: &Slot, name: &str) -> Option<TokenStream> {
    let root = &message.root;
    let (field, text, at) = (&slot.name, slot.text(), slot.at.value);
    match &slot.kind {
        SlotKind::Constant(integer, value) => {
            let found = integer.native_of(&quote!(header.#field));
            Some(quote!(#root::constant((#name, #text, #at), #found, #value)?;))
        }
        SlotKind::Reserved => Some(quote!(#root::reserved((#name, #at), &header.#field)?;)),
        SlotKind::String { offset: Some(offset) } => {
            let offset = u32::try_from(offset.value).unwrap_or(u32::MAX);
            Some(quote!(#root::place((#name, #text, #at), header.#field, #offset)?;))
        }
        SlotKind::String { offset: None }
        | SlotKind::Integer(_)
        | SlotKind::List { .. }
        | SlotKind::Illegible(_) => None,
    }
}

fn check_strings(message: &Message, name: &str) -> TokenStream {
    let root = &message.root;
    let header_len = u32::try_from(message.header.value).unwrap_or(u32::MAX);
    let strings = message.strings().map(|slot| {
        let (field, text, at) = (&slot.name, slot.text(), slot.at.value);
        quote!(#root::string((#name, #text, #at), bytes, #header_len, header.#field)?;)
    });
    let disjoint = message.disjoint.map(|_| {
        let all = message.strings().map(|slot| {
            let (field, text, at) = (&slot.name, slot.text(), slot.at.value);
            quote!((#text, #at, header.#field))
        });
        quote!(#root::disjoint(#name, &[#(#all),*])?;)
    });
    quote! { #(#strings)* #disjoint }
}

fn check_list(message: &Message, name: &str) -> Option<TokenStream> {
    let root = &message.root;
    let header_len = message.header.value;
    let (slot, item) = message.list()?;
    let (field, text) = (&slot.name, slot.text());
    let layout = quote_spanned!(item.span()=> <#item as #root::WireMessage>::LAYOUT);
    Some(quote! {
        let rules = #root::DirectoryRules {
            order: #root::Order::Free,
            min_len: #layout.header_len as u32,
            max_len: u32::MAX,
        };
        #root::directory::<#item>((#name, #text, #header_len), bytes, header.#field.get(), rules)?;
    })
}

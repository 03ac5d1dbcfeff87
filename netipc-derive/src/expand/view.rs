//! The view: borrowed, checked before, read without errors.

use proc_macro2::TokenStream;
use quote::quote;

use super::body;
use super::names::Names;
use crate::model::{Message, Slot, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let Names { view, header, text, .. } = names;
    let (ident, vis, root) = (&message.ident, &message.vis, &message.root);
    let bytes = message.has_tail().then(|| quote!(bytes: &'a [u8],));
    let fields: Vec<_> = message.slots.iter().filter(|slot| slot.is_field()).collect();
    let accessors = fields.iter().map(|slot| accessor(message, slot));
    let owned = fields.iter().map(|slot| owned(slot, root));
    let owned = body(message, quote!(#ident { #(#owned,)* }));
    let (field_names, field_texts): (Vec<_>, Vec<_>) =
        fields.iter().map(|slot| (&slot.name, slot.text())).unzip();
    let debug_name = format!("{text}View");
    let debug = quote! {
        f.debug_struct(#debug_name)
            #(.field(#field_texts, &self.#field_names()))*
            .finish()
    };
    let debug = body(message, debug);
    let doc = format!(
        "A decoded [`{ident}`]: borrowed from the payload, which it must not outlive. Everything was checked before, \
         so reading has no errors; copying it is cheap."
    );
    let owned_doc = format!("Copies everything out, into a [`{ident}`] of its own.");
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(dead_code)]
        #vis struct #view<'a> {
            header: &'a #header,
            #bytes
        }

        #[allow(dead_code)]
        impl<'a> #view<'a> {
            #(#accessors)*

            #[doc = #owned_doc]
            #[must_use]
            #vis fn to_owned(&self) -> #ident {
                #owned
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #debug
            }
        }
    }
}

fn accessor(message: &Message, slot: &Slot) -> TokenStream {
    let root = &message.root;
    let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
    let header_len = message.header.value;
    let (ty, value) = match &slot.kind {
        SlotKind::Integer(integer) => {
            let native = integer.native();
            (quote!(#native), integer.native_of(&quote!(self.header.#name)))
        }
        SlotKind::String { .. } => {
            (quote!(&'a #root::BStr), quote!(#root::text(self.bytes, self.header.#name)))
        }
        SlotKind::List { item } => (
            quote!(#root::Items<'a, #item>),
            quote!(#root::Items::of(self.bytes, #header_len, self.header.#name.get())),
        ),
        SlotKind::Illegible(ty) => (quote!(#ty), TokenStream::new()),
        SlotKind::Constant(..) | SlotKind::Reserved => return TokenStream::new(),
    };
    let value = body(message, value);
    quote! {
        #(#docs)*
        #[must_use]
        #[inline]
        #vis fn #name(&self) -> #ty {
            #value
        }
    }
}

fn owned(slot: &Slot, root: &TokenStream) -> TokenStream {
    let name = &slot.name;
    match &slot.kind {
        SlotKind::String { .. } => quote!(#name: ::core::convert::Into::into(self.#name())),
        SlotKind::List { item } => {
            let item = quote!(<#item as #root::WireMessage>::View<'_>);
            quote!(#name: ::core::iter::Iterator::collect(::core::iter::Iterator::map(
                self.#name().iter(),
                |item: #item| item.to_owned(),
            )))
        }
        _ => quote!(#name: self.#name()),
    }
}

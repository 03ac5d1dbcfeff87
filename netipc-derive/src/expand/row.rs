//! A row of a table: strings, and nothing else.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{Names, length, plain};
use super::view::{self, Parts, debug};
use super::{borrowed, layout};
use crate::model::{Message, Slot, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let strings: Vec<_> = message.strings().collect();
    let view = view(message, names, &strings);
    let (ident, root) = (&message.ident, &message.root);
    let doc = format!(" The fields of [`{ident}`], borrowed.");
    let borrowed = borrowed::code(message, names, &doc, &strings);
    let Names { view: view_name, borrowed: borrowed_name, text, .. } = names;
    let layout = layout::code(message, names);
    let described = strings.iter().map(|slot| {
        let (name, (min, max)) = (slot.text(), lengths(&slot.kind));
        let (min, max) = (length(min), length(max));
        quote!((#name, #min, #max))
    });
    let (indices, fields) = ((0..strings.len()).map(plain), strings.iter().map(|slot| &slot.name));
    let string = quote!(match index { #(#indices => &self.#fields,)* _ => &[] });
    let encode_row = |of: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #root::EncodeRow for #of {
                type Row = #ident;

                #[inline]
                fn string(&self, index: usize) -> &[u8] {
                    #string
                }
            }
        }
    };
    let (for_struct, for_borrowed) = (encode_row(quote!(#ident)), encode_row(quote!(#borrowed_name<'_>)));
    quote! {
        #view

        #borrowed

        #[automatically_derived]
        impl #root::WireRow for #ident {
            type View<'a> = #view_name<'a>;
            type Ref<'a> = #borrowed_name<'a>;

            const NAME: &'static str = #text;
            const STRINGS: &'static [(&'static str, u32, u32)] = &[#(#described),*];
            const LAYOUT: &'static #root::Layout = &#layout;

            #[inline]
            fn view<'a>(item: &'a [u8], spans: &'a [#root::Span]) -> #view_name<'a> {
                #view_name { item, spans }
            }
        }

        #for_struct

        #for_borrowed
    }
}

fn view(message: &Message, names: &Names, strings: &[&Slot]) -> TokenStream {
    let (ident, root, view) = (&message.ident, &message.root, &names.view);
    let (fields, texts): (Vec<_>, Vec<_>) = strings.iter().map(|slot| (&slot.name, slot.text())).unzip();
    let accessors = strings.iter().enumerate().map(|(index, slot)| {
        let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
        let index = plain(index);
        let value = quote!(#root::row_text(self.item, self.spans, #index));
        quote! {
            #(#docs)*
            #[must_use]
            #[inline]
            #vis fn #name(&self) -> &'a #root::BStr {
                #value
            }
        }
    });
    let parts = Parts {
        doc: format!(" A decoded [`{ident}`]: borrowed from the payload, which it must not outlive."),
        borrowed: quote!(item: &'a [u8], spans: &'a [#root::Span],),
        accessors: accessors.collect(),
        owned: quote!(#ident { #(#fields: ::core::convert::Into::into(self.#fields()),)* }),
        debug: debug(names, strings),
    };
    let of_any = view::of_parts(message, names, &parts);
    quote! {
        #of_any

        /// The fields, on one line.
        #[automatically_derived]
        impl ::core::fmt::Display for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #root::Fields::new(f)#(.field(#texts, ::core::format_args!("{:?}", self.#fields())))*.finish()
            }
        }
    }
}

fn lengths(kind: &SlotKind) -> (u32, u32) {
    match kind {
        SlotKind::String(text) => text.lengths().unwrap_or((0, u32::MAX)),
        _ => (0, u32::MAX),
    }
}

/// What makes a struct with mistakes a row besides. It is never run, since the errors end the build.
pub(super) fn stand_in(message: &Message, names: &Names) -> TokenStream {
    let (ident, root) = (&message.ident, &message.root);
    let (view, borrowed) = (&names.view, names.borrowed_type(message, &quote!('a)));
    let borrowed_any = names.borrowed_type(message, &quote!('_));
    let encode_row = |of: TokenStream| {
        quote! {
            impl #root::EncodeRow for #of {
                type Row = #ident;

                fn string(&self, _: usize) -> &[u8] {
                    ::core::unreachable!()
                }
            }
        }
    };
    let (for_struct, for_borrowed) = (encode_row(quote!(#ident)), encode_row(borrowed_any));
    quote! {
        impl #root::WireRow for #ident {
            type View<'a> = #view<'a>;
            type Ref<'a> = #borrowed;

            const NAME: &'static str = "";
            const STRINGS: &'static [(&'static str, u32, u32)] = &[];
            const LAYOUT: &'static #root::Layout = <#ident as #root::WireMessage>::LAYOUT;

            fn view<'a>(_: &'a [u8], _: &'a [#root::Span]) -> #view<'a> {
                ::core::unreachable!()
            }
        }

        #for_struct

        #for_borrowed
    }
}

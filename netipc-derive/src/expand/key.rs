//! A key: one string and its NUL.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::names::{Names, length};
use super::{body, borrowed, snapshot};
use crate::model::{Message, Slot, SlotKind};
use crate::parse::{c_str, filler};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let Some(slot) = message.strings().next() else { return TokenStream::new() };
    let SlotKind::String(text) = &slot.kind else { return TokenStream::new() };
    let (min, max) = text.lengths().unwrap_or((0, u32::MAX));
    let (ident, root) = (&message.ident, &message.root);
    let Names { view, borrowed, builder, text: name, .. } = names;
    let (field, doc) = (slot.text(), &message.doc);
    let (min_len, max_len) = (length(min.saturating_add(1)), length(max.saturating_add(1)));
    let (min, max) = (length(min), length(max));
    let check = body(message, quote!(#root::key((#name, #field), bytes, #min, #max)));
    let types = types(message, names, slot);
    let encode = encode(message, names, slot);
    let key_fields = snapshot::key_fields(message, names);
    quote! {
        #types

        #[automatically_derived]
        impl #root::WireMessage for #ident {
            type View<'a> = #view<'a>;
            type Ref<'a> = #borrowed<'a>;
            type Builder<'a> = #builder<'a>;

            const LAYOUT: &'static #root::Layout = &#root::Layout {
                name: #name,
                doc: #doc,
                method: ::core::option::Option::None,
                header_len: 0,
                fields: &[],
                tail: #root::Tail::Key { name: #field, min: #min, max: #max },
                rules: &[],
            };
            const MIN_LEN: u32 = #min_len;
            const MAX_LEN: u32 = #max_len;

            #[inline]
            fn check_as<__Fault: #root::Fault>(bytes: &[u8]) -> ::core::result::Result<(), __Fault> {
                #check
            }

            #[inline]
            fn view(bytes: &[u8]) -> #view<'_> {
                #view { bytes }
            }
        }

        #encode

        #key_fields
    }
}

/// The view, the input and the builder.
fn types(message: &Message, names: &Names, slot: &Slot) -> TokenStream {
    let (ident, vis, root) = (&message.ident, &message.vis, &message.root);
    let Names { view, builder, text, .. } = names;
    let (name, field_vis, docs, field) = (&slot.name, &slot.vis, &slot.docs, slot.text());
    let c_str = format_ident!("{}", c_str(name), span = name.span());
    let with = format_ident!("{}", filler(name), span = name.span());
    let debug_name = format!("{text}View");
    let view_doc = format!(" A decoded [`{ident}`]: borrowed from the payload, which it must not outlive.");
    let owned_doc = format!(" Copies it out, into an owned [`{ident}`].");
    let ref_doc = format!(" The field of [`{ident}`], borrowed.");
    let input = borrowed::code(message, names, &ref_doc, &[slot]);
    let builder_doc = format!(" Fills [`{ident}`] in place.");
    let c_str_doc = format!(" `{field}` with its NUL, for C.");
    let with_doc = format!(" `{field}`, as `len` bytes that `fill` writes in place.");
    quote! {
        #[doc = #view_doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(dead_code)]
        #vis struct #view<'a> {
            bytes: &'a [u8],
        }

        #[allow(dead_code)]
        impl<'a> #view<'a> {
            #(#docs)*
            #[must_use]
            #[inline]
            #field_vis fn #name(&self) -> &'a #root::BStr {
                #root::key_text(self.bytes)
            }

            #[doc = #c_str_doc]
            #[must_use]
            #field_vis fn #c_str(&self) -> &'a ::core::ffi::CStr {
                #root::key_c_str(self.bytes)
            }

            #[doc = #owned_doc]
            #[must_use]
            #vis fn to_owned(&self) -> #ident {
                #ident { #name: ::core::convert::Into::into(self.#name()) }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#debug_name).field(#field, &self.#name()).finish()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}={:?}", #field, self.#name())
            }
        }

        #input

        #[doc = #builder_doc]
        #[derive(::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #builder<'a> {
            strings: #root::StringsBuilder<'a, 1>,
        }

        #[allow(dead_code)]
        impl<'a> #builder<'a> {
            #(#docs)*
            #[inline]
            #field_vis fn #name(&mut self, value: impl ::core::convert::AsRef<[u8]>) -> &mut Self {
                self.strings.set(0, value.as_ref());
                self
            }

            #[doc = #with_doc]
            #[inline]
            #field_vis fn #with(&mut self, len: usize, fill: impl ::core::ops::FnOnce(&mut [u8])) -> &mut Self {
                self.strings.set_with(0, len, fill);
                self
            }
        }
    }
}

/// Values to bytes, by way of the builder.
fn encode(message: &Message, names: &Names, slot: &Slot) -> TokenStream {
    let (ident, root) = (&message.ident, &message.root);
    let Names { borrowed, builder, text, .. } = names;
    let (name, field) = (&slot.name, slot.text());
    let SlotKind::String(rule) = &slot.kind else { return TokenStream::new() };
    let (min, max) = rule.lengths().unwrap_or((0, u32::MAX));
    let (min, max) = (length(min), length(max));
    let implementation = |of: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #root::Encode for #of {
                type Message = #ident;

                #[inline]
                fn encoded_len(&self) -> usize {
                    self.#name.len() + 1
                }

                #[inline]
                fn encode_exact<__Fault: #root::EncodeFault>(
                    &self,
                    into: &mut [u8],
                ) -> ::core::result::Result<usize, __Fault> {
                    let mut tail = #root::TailWriter::<__Fault>::new(into, 0)?;
                    let key = tail.c_string((#text, #field, 0), &self.#name)?;
                    #root::length::<__Fault>((#text, #field, 0), key.length(), #min, #max)?;
                    tail.finish(&[])
                }
            }
        }
    };
    let (for_struct, for_borrowed) = (implementation(quote!(#ident)), implementation(quote!(#borrowed<'_>)));
    quote! {
        #[automatically_derived]
        impl<'a> #root::MessageBuilder<'a> for #builder<'a> {
            #[inline]
            fn new(into: &'a mut [u8]) -> Self {
                Self { strings: #root::StringsBuilder::new(into, 0) }
            }

            #[inline]
            fn finish(mut self) -> ::core::result::Result<usize, #root::EncodeError> {
                let [key] = self.strings.close()?;
                self.strings.without_nul(#text, [(#field, 0)])?;
                #root::length::<#root::EncodeError>((#text, #field, 0), key.length(), #min, #max)?;
                self.strings.finish(&[])
            }
        }

        #for_struct

        #for_borrowed
    }
}

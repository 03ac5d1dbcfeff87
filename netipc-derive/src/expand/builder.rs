//! The builder: fields by name, in place, in the caller's buffer.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::body;
use super::names::Names;
use crate::model::{Message, Slot, SlotKind};
use crate::parse::filler;

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let Names { builder, header, .. } = names;
    let (ident, vis, root) = (&message.ident, &message.vis, &message.root);
    let header_len = message.header.value;
    let (tail, tail_type, tail_path) = tail(message);
    let mut string_index = 0usize;
    let methods: Vec<_> = message.slots.iter().map(|slot| method(message, slot, &mut string_index)).collect();
    let new =
        body(message, quote!(Self { header: #header::EMPTY, #tail: #tail_path::new(into, #header_len) }));
    let places = finish(message);
    let mutable = (message.sound && !places.is_empty()).then(|| quote!(mut));
    let finish = quote! {
        #places
        self.#tail.finish(#root::zerocopy::IntoBytes::as_bytes(&self.header))
    };
    let finish = body(message, finish);
    let doc = format!(
        "Fills the payload of a [`{ident}`] in place. What does not fit is remembered and fails the payload as a whole."
    );
    quote! {
        #[doc = #doc]
        #[derive(::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #builder<'a> {
            header: #header,
            #tail: #tail_type,
        }

        #[allow(dead_code)]
        impl<'a> #builder<'a> {
            #(#methods)*
        }

        #[automatically_derived]
        impl<'a> #root::MessageBuilder<'a> for #builder<'a> {
            #[inline]
            fn new(into: &'a mut [u8]) -> Self {
                #new
            }

            #[inline]
            fn finish(#mutable self) -> ::core::result::Result<usize, #root::EncodeError> {
                #finish
            }
        }
    }
}

/// What stands behind the header: name and type of the builder's field, and the path to the type.
fn tail(message: &Message) -> (TokenStream, TokenStream, TokenStream) {
    let root = &message.root;
    if let Some((_, item)) = message.list() {
        (quote!(items), quote!(#root::ItemsBuilder<'a, #item>), quote!(#root::ItemsBuilder))
    } else {
        let strings = message.strings().count();
        (quote!(strings), quote!(#root::StringsBuilder<'a, #strings>), quote!(#root::StringsBuilder))
    }
}

fn method(message: &Message, slot: &Slot, string_index: &mut usize) -> TokenStream {
    let root = &message.root;
    let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
    match &slot.kind {
        SlotKind::Integer(integer) => {
            let native = integer.native();
            let value = integer.to_wire(root, &quote!(value));
            let set = body(message, quote!(self.header.#name = #value; self));
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self, value: #native) -> &mut Self {
                    #set
                }
            }
        }
        SlotKind::String { .. } => {
            let index = *string_index;
            *string_index += 1;
            let with = format_ident!("{}", filler(name), span = name.span());
            let set = body(message, quote!(self.strings.set(#index, value.as_ref()); self));
            let set_with = body(message, quote!(self.strings.set_with(#index, len, fill); self));
            let doc = format!("`{}`, as `len` bytes that `fill` writes in place.", slot.text());
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self, value: impl ::core::convert::AsRef<[u8]>) -> &mut Self {
                    #set
                }

                #[doc = #doc]
                #[inline]
                #vis fn #with(&mut self, len: usize, fill: impl ::core::ops::FnOnce(&mut [u8])) -> &mut Self {
                    #set_with
                }
            }
        }
        SlotKind::List { item } => {
            let items = body(message, quote!(&mut self.items));
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self) -> &mut #root::ItemsBuilder<'a, #item> {
                    #items
                }
            }
        }
        SlotKind::Illegible(ty) => quote! {
            #vis fn #name(&mut self, value: #ty) -> &mut Self {
                ::core::unreachable!()
            }
        },
        SlotKind::Constant(..) | SlotKind::Reserved => TokenStream::new(),
    }
}

/// Places and counts, known only now, go into the header.
fn finish(message: &Message) -> TokenStream {
    let root = &message.root;
    if let Some((slot, _)) = message.list() {
        let name = &slot.name;
        return quote!(self.header.#name = #root::U32::new(self.items.close()?););
    }
    let strings: Vec<_> = message.strings().map(|slot| &slot.name).collect();
    if strings.is_empty() {
        return TokenStream::new();
    }
    quote!([#(self.header.#strings),*] = self.strings.close()?;)
}

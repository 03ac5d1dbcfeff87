//! The builder: fields by name, in place, in the caller's buffer.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::names::{Names, as_enum, most, plain};
use super::{body, rules};
use crate::model::{Message, Slot, SlotKind};
use crate::parse::filler;

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let Names { builder, header, .. } = names;
    let (ident, vis, root) = (&message.ident, &message.vis, &message.root);
    let header_len = message.header_len();
    let (tail, tail_type, tail_path) = tail(message);
    let mut string_index = 0usize;
    let methods: Vec<_> = message.slots.iter().map(|slot| method(message, slot, &mut string_index)).collect();
    let new =
        body(message, quote!(Self { header: #header::EMPTY, #tail: #tail_path::new(into, #header_len) }));
    let answering = answering(message, header);
    let places = finish(message);
    let mutable = message.sound.then(|| quote!(mut));
    let rules = rules::has_any(message).then(|| quote!(self.header.rules::<#root::EncodeError>()?;));
    let finish = quote! {
        #places
        #rules
        self.#tail.finish(#root::zerocopy::IntoBytes::as_bytes(&self.header))
    };
    let finish = body(message, finish);
    let doc = format!(
        " Fills the payload of [`{ident}`] in place. What does not fit is remembered and fails the payload as a whole."
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

            #answering

            #[inline]
            fn finish(#mutable self) -> ::core::result::Result<usize, #root::EncodeError> {
                #finish
            }
        }
    }
}

/// The builder of a lookup's response takes the keys from the request.
fn answering(message: &Message, header: &Ident) -> Option<TokenStream> {
    message.lookup.as_ref()?;
    let (root, ident, header_len) = (&message.root, &message.ident, message.header_len());
    let body = body(
        message,
        quote! {
            let keys = <#ident as #root::LookupResponse>::keys(request);
            Self { header: #header::EMPTY, items: #root::LookupBuilder::answering(into, #header_len, keys) }
        },
    );
    Some(quote! {
        #[inline]
        fn answering(into: &'a mut [u8], request: &'a [u8]) -> Self {
            #body
        }
    })
}

/// What stands behind the header: name and type of the builder's field, and the path to the type.
fn tail(message: &Message) -> (TokenStream, TokenStream, TokenStream) {
    let root = &message.root;
    if let Some((_, item)) = message.list() {
        let builder = list_builder(message);
        (quote!(items), quote!(#root::#builder<'a, #item>), quote!(#root::#builder))
    } else {
        let strings = plain(message.strings().count());
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
        SlotKind::Enum(integer, ty) => {
            let as_enum = as_enum(ty, *integer, root);
            let value = integer.to_wire(root, &quote_spanned!(ty.span()=> #as_enum::number(value)));
            let set = body(message, quote!(self.header.#name = #value; self));
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self, value: #ty) -> &mut Self {
                    #set
                }
            }
        }
        SlotKind::Table { row, count, align } => {
            let (text, native) = (slot.text(), count.native());
            let (align, max) = (plain(*align), most(*count));
            let value = count.to_wire(root, &quote!(count as #native));
            let set = body(
                message,
                quote! {
                    let count = self.strings.rows(#text, #align, #max, rows);
                    self.header.#name = #value;
                    self
                },
            );
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self, rows: &[impl #root::EncodeRow<Row = #row>]) -> &mut Self {
                    #set
                }
            }
        }
        SlotKind::String(_) => {
            let index = plain(*string_index);
            *string_index += 1;
            let with = format_ident!("{}", filler(name), span = name.span());
            let set = body(message, quote!(self.strings.set(#index, value.as_ref()); self));
            let set_with = body(message, quote!(self.strings.set_with(#index, len, fill); self));
            let doc = format!(" `{}`, as `len` bytes that `fill` writes in place.", slot.text());
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
        SlotKind::List { item, .. } => {
            let items = body(message, quote!(&mut self.items));
            let builder = list_builder(message);
            quote! {
                #(#docs)*
                #[inline]
                #vis fn #name(&mut self) -> &mut #root::#builder<'a, #item> {
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
    let without_nul = message.string_rules.no_nul.map(|_| {
        let places = message.strings().map(|slot| {
            let (text, at) = (slot.text(), slot.place());
            quote!((#text, #at))
        });
        let name = message.ident.unraw().to_string();
        quote!(self.strings.without_nul(#name, [#(#places),*])?;)
    });
    quote! {
        [#(self.header.#strings),*] = self.strings.close()?;
        #without_nul
    }
}

/// What fills the list: that of a lookup's response knows the keys.
fn list_builder(message: &Message) -> Ident {
    format_ident!("{}", if message.lookup.is_some() { "LookupBuilder" } else { "ItemsBuilder" })
}

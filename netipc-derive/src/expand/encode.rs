//! Values to bytes: the borrowed input, and encoding of it and of the struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::body;
use super::names::Names;
use crate::model::{Message, Slot, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let (ident, vis, root) = (&message.ident, &message.vis, &message.root);
    let name = &names.borrowed;
    let lifetime = message.has_tail().then(|| quote!(<'a>));
    let fields = message.slots.iter().filter(|slot| slot.is_field()).map(|slot| field(slot, root));
    // A type that no layout knows may have no equality.
    let (eq, eq_by_hand) = if message.sound {
        (quote!(::core::cmp::Eq), None)
    } else {
        (quote!(), Some(quote!(impl #lifetime ::core::cmp::Eq for #name #lifetime {})))
    };
    let doc =
        format!("The fields of a [`{ident}`], borrowed: what to encode without building anything owned.");
    let for_struct = implementation(message, names, &quote!(#ident), &quote!(&));
    let for_borrowed = implementation(message, names, &names.borrowed_type(message, &quote!('_)), &quote!());
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::default::Default,
            ::core::cmp::PartialEq,
            #eq
        )]
        #[allow(dead_code)]
        #vis struct #name #lifetime {
            #(#fields,)*
        }

        #eq_by_hand

        #for_struct

        #for_borrowed
    }
}

fn field(slot: &Slot, root: &TokenStream) -> TokenStream {
    let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
    let ty = match &slot.kind {
        SlotKind::Integer(integer) => {
            let native = integer.native();
            quote!(#native)
        }
        SlotKind::List { item } => quote!(&'a [<#item as #root::WireMessage>::Ref<'a>]),
        SlotKind::Illegible(ty) => illegible(ty),
        _ => quote!(&'a [u8]),
    };
    quote!(#(#docs)* #vis #name: #ty)
}

/// What can be copied stays as it is; of the rest nobody knows what a borrowed one would be.
fn illegible(ty: &Type) -> TokenStream {
    let copied = ["bool", "char", "f32", "f64", "usize", "isize", "u128", "i128"];
    match ty {
        Type::Path(path) if copied.iter().any(|name| path.path.is_ident(name)) => quote!(#ty),
        _ => quote!(()),
    }
}

/// By way of the builder, in a buffer of exactly the right size. `by` borrows the fields of an owned struct.
fn implementation(message: &Message, names: &Names, of: &TokenStream, by: &TokenStream) -> TokenStream {
    let (ident, root) = (&message.ident, &message.root);
    let builder = &names.builder;
    let header_len = message.header.value;
    let parts = message.slots.iter().filter_map(|slot| {
        let name = &slot.name;
        match &slot.kind {
            SlotKind::String { .. } => Some(quote!(+ self.#name.len() + 1)),
            SlotKind::List { item } => Some(quote! {
                + #root::ItemsBuilder::<#item>::encoded_len(
                    ::core::iter::Iterator::map(self.#name.iter(), #root::Encode::encoded_len)
                )
            }),
            _ => None,
        }
    });
    // By path: a field may have the name of a method that every type has, such as `into`.
    let scalars = message.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::Integer(_))).map(|slot| {
        let name = &slot.name;
        quote!(#builder::#name(&mut builder, self.#name);)
    });
    let strings = message.strings().map(|slot| {
        let name = &slot.name;
        quote!(#builder::#name(&mut builder, #by self.#name);)
    });
    let list = message.list().map(|(slot, _)| {
        let name = &slot.name;
        quote!(#builder::#name(&mut builder).extend(self.#name.iter())?;)
    });
    let mutable = message.slots.iter().any(Slot::is_field).then(|| quote!(mut));
    let encoded_len = body(message, quote!(#header_len #(#parts)*));
    let encode = quote! {
        let into = #root::room(into, #root::Encode::encoded_len(self))?;
        let #mutable builder = <#builder<'_> as #root::MessageBuilder<'_>>::new(into);
        #(#scalars)*
        #(#strings)*
        #list
        #root::MessageBuilder::finish(builder)
    };
    let encode = body(message, encode);
    quote! {
        #[automatically_derived]
        impl #root::Encode for #of {
            type Message = #ident;

            #[inline]
            fn encoded_len(&self) -> usize {
                #encoded_len
            }

            #[inline]
            fn encode(&self, into: &mut [u8]) -> ::core::result::Result<usize, #root::EncodeError> {
                #encode
            }
        }
    }
}

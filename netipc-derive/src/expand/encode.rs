//! Values to bytes: the borrowed input, and encoding of it and of the struct.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::names::{Names, as_enum, as_trait, most, plain};
use super::{body, rules};
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
    // Enums need no default of their own: they begin with their variant of 0.
    let has_enum = message.slots.iter().any(|slot| matches!(slot.kind, SlotKind::Enum(..)));
    let default = (!has_enum).then(|| quote!(::core::default::Default,));
    let default_by_hand = has_enum.then(|| default_of(message, name, lifetime.as_ref()));
    let doc =
        format!(" The fields of [`{ident}`], borrowed: what to encode without building anything owned.");
    let for_struct = implementation(message, &quote!(#ident), names);
    let for_borrowed = implementation(message, &names.borrowed_type(message, &quote!('_)), names);
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            #default
            ::core::cmp::PartialEq,
            #eq
        )]
        #[allow(dead_code)]
        #vis struct #name #lifetime {
            #(#fields,)*
        }

        #eq_by_hand

        #default_by_hand

        #for_struct

        #for_borrowed
    }
}

/// All fields 0 or empty.
fn default_of(message: &Message, name: &Ident, lifetime: Option<&TokenStream>) -> TokenStream {
    let root = &message.root;
    let fields = message.slots.iter().filter(|slot| slot.is_field()).map(|slot| {
        let name = &slot.name;
        if let SlotKind::Enum(integer, ty) = &slot.kind {
            let as_enum = as_enum(ty, *integer, root);
            quote_spanned!(ty.span()=> #name: #as_enum::start())
        } else {
            quote!(#name: ::core::default::Default::default())
        }
    });
    let body = body(message, quote!(Self { #(#fields,)* }));
    quote! {
        #[automatically_derived]
        impl #lifetime ::core::default::Default for #name #lifetime {
            fn default() -> Self {
                #body
            }
        }
    }
}

fn field(slot: &Slot, root: &TokenStream) -> TokenStream {
    let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
    let ty = match &slot.kind {
        SlotKind::Integer(integer) => {
            let native = integer.native();
            quote!(#native)
        }
        SlotKind::Enum(_, ty) => quote!(#ty),
        SlotKind::List { item, .. } => {
            let item = as_trait(item, root, "WireMessage");
            quote!(&'a [#item::Ref<'a>])
        }
        SlotKind::Table { row, .. } => {
            let row = as_trait(row, root, "WireRow");
            quote!(&'a [#row::Ref<'a>])
        }
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

/// Encoding in a buffer of exactly the right size; of the struct and of its input it reads the same.
fn implementation(message: &Message, of: &TokenStream, names: &Names) -> TokenStream {
    let (ident, root) = (&message.ident, &message.root);
    let encoded_len = body(message, encoded_len(message));
    let encode = if message.list().is_some() {
        built(message, names)
    } else {
        straight(message, names, &quote!(self), &[])
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
            fn encode_exact<__Fault: #root::EncodeFault>(
                &self,
                into: &mut [u8],
            ) -> ::core::result::Result<usize, __Fault> {
                #encode
            }
        }
    }
}

fn encoded_len(message: &Message) -> TokenStream {
    let (root, header_len) = (&message.root, message.header_len());
    let parts = message.slots.iter().filter_map(|slot| {
        let name = &slot.name;
        match &slot.kind {
            SlotKind::String(_) => Some(quote!(+ self.#name.len() + 1)),
            SlotKind::List { .. } => Some(quote!(+ #root::items_len(&self.#name[..]))),
            _ => None,
        }
    });
    let fixed = quote!(#header_len #(#parts)*);
    match message.table().map(|(slot, _)| (slot, &slot.kind)) {
        Some((slot, SlotKind::Table { align, .. })) => {
            let (name, align) = (&slot.name, plain(*align));
            quote! {
                let strings_end = #fixed;
                strings_end + #root::rows_len(strings_end, #align, &self.#name[..])
            }
        }
        _ => fixed,
    }
}

/// A message with a list: by way of its builder.
fn built(message: &Message, names: &Names) -> TokenStream {
    let (root, builder) = (&message.root, &names.builder);
    // By path: a field may have the name of a method that every type has, such as `into`.
    let scalars = message.slots.iter().filter(|slot| slot.is_scalar()).map(|slot| {
        let name = &slot.name;
        quote!(#builder::#name(&mut builder, self.#name);)
    });
    let list = message.list().map(|(slot, _)| {
        let name = &slot.name;
        quote!(#builder::#name(&mut builder).extend(self.#name.iter())?;)
    });
    quote! {
        let mut builder = <#builder<'_> as #root::MessageBuilder<'_>>::new(into);
        #(#scalars)*
        #list
        ::core::result::Result::Ok(#root::MessageBuilder::finish(builder)?)
    }
}

/// A message without one: strings and table first, then the header that tells where they are. `value` is what has the
/// fields; those of `scanned` are known to have no NUL inside.
pub(super) fn straight(
    message: &Message,
    names: &Names,
    value: &TokenStream,
    scanned: &[Ident],
) -> TokenStream {
    let (root, header, text) = (&message.root, &names.header, &names.text);
    let header_len = message.header_len();
    let no_nul = message.string_rules.no_nul.is_some();
    let strings: Vec<_> = message
        .strings()
        .map(|slot| {
            let (name, field, at) = (&slot.name, slot.text(), slot.place());
            if no_nul && !scanned.contains(name) {
                quote!(tail.c_string((#text, #field, #at), &#value.#name)?)
            } else {
                quote!(tail.string(&#value.#name)?)
            }
        })
        .collect();
    let table = message.table().and_then(|(slot, _)| {
        let SlotKind::Table { align, count, .. } = &slot.kind else { return None };
        let (name, field) = (&slot.name, slot.text());
        let (align, max) = (plain(*align), most(*count));
        Some(quote!(let rows = tail.rows(#field, #align, #max, &#value.#name[..])?;))
    });
    let mut index = 0usize;
    let fields = message.slots.iter().filter_map(|slot| {
        let name = &slot.name;
        let wire = match &slot.kind {
            SlotKind::Integer(integer) => integer.to_wire(root, &quote!(#value.#name)),
            SlotKind::Enum(integer, ty) => {
                let as_enum = as_enum(ty, *integer, root);
                integer.to_wire(root, &quote_spanned!(ty.span()=> #as_enum::number(#value.#name)))
            }
            SlotKind::Table { count, .. } => {
                let native = count.native();
                count.to_wire(root, &quote!(rows as #native))
            }
            SlotKind::String(_) => {
                index += 1;
                let index = plain(index - 1);
                quote!(strings[#index])
            }
            _ => return None,
        };
        Some(quote!(#name: #wire))
    });
    let fields: Vec<_> = fields.collect();
    let places = (!strings.is_empty()).then(|| quote!(let strings = [#(#strings),*];));
    let mutable = (!strings.is_empty() || table.is_some()).then(|| quote!(mut));
    // Constants and reserved bytes, where there are any.
    let rest = (fields.len() < message.slots.len()).then(|| quote!(..#header::EMPTY));
    let rules = rules::has_any(message).then(|| quote!(header.rules::<__Fault>()?;));
    quote! {
        let #mutable tail = #root::TailWriter::<__Fault>::new(into, #header_len)?;
        #places
        #table
        let header = #header { #(#fields,)* #rest };
        #rules
        tail.finish(#root::zerocopy::IntoBytes::as_bytes(&header))
    }
}

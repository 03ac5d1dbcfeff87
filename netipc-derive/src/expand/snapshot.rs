//! What a snapshot is besides a message, and what its items give to keys.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Index, Type};

use super::body;
use super::names::Names;
use crate::model::{Message, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let (snapshot, fields) = (snapshot(message, names), key_fields(message, names));
    quote! { #snapshot #fields }
}

fn snapshot(message: &Message, names: &Names) -> Option<TokenStream> {
    let snapshot = message.snapshot.as_ref()?;
    let (ident, root, view) = (&message.ident, &message.root, &names.view);
    let own = quote!(<Self as #root::WireMessage>);
    let (list, item) = message.list()?;
    let list = &list.name;
    let fields: Vec<_> = snapshot.key.iter().map(|field| field_of(field, item, root)).collect();
    let (key, value, same) = match fields.as_slice() {
        [field] => {
            let same = quote!(#root::same_key(#field::value(item), key));
            (quote!(#field::Value<'a>), quote!(#field::value(item)), same)
        }
        fields => {
            let at = (0..fields.len()).map(Index::from);
            let same = quote!(#(#root::same_key(#fields::value(item), key.#at))&&*);
            (quote!((#(#fields::Value<'a>),*)), quote!((#(#fields::value(item)),*)), same)
        }
    };
    let exist = snapshot.key.iter().map(|field| exists(field, item, root));
    let items = body(message, quote!(#view::#list(&snapshot)));
    let (value, same) = (body(message, value), body(message, same));
    let generation = snapshot.generation.as_ref().map(|field| {
        let generation = body(
            message,
            quote!(::core::option::Option::Some(::core::convert::Into::into(#view::#field(&snapshot)))),
        );
        quote! {
            #[inline]
            fn generation(snapshot: #own::View<'_>) -> ::core::option::Option<u64> {
                #generation
            }
        }
    });
    Some(quote! {
        #[automatically_derived]
        impl #root::Snapshot for #ident {
            type Item = #item;
            type Key<'a> = #key;

            #[inline]
            fn items<'a>(snapshot: #own::View<'a>) -> #root::Items<'a, #item> {
                #items
            }

            #[inline]
            fn key<'a>(item: <#item as #root::WireMessage>::View<'a>) -> Self::Key<'a> {
                #value
            }

            #[inline(always)]
            fn has_key(item: <#item as #root::WireMessage>::View<'_>, key: Self::Key<'_>) -> bool {
                #same
            }

            #generation
        }

        #(const _: () = #exist;)*
    })
}

/// The field of this name as its item gives it to keys.
fn field_of(field: &Ident, item: &Type, root: &TokenStream) -> TokenStream {
    let name = id(field);
    quote!(<#item as #root::KeyField<#name>>)
}

/// Checks that the item has such a field. All of it stands where the name does, so that the name is blamed if not.
fn exists(field: &Ident, item: &Type, root: &TokenStream) -> TokenStream {
    let name = id(field);
    standing_at(field.span(), quote!(#root::has_field::<#name, #item>()))
}

fn standing_at(span: Span, code: TokenStream) -> TokenStream {
    let moved = |tree| match tree {
        TokenTree::Group(group) => Group::new(group.delimiter(), standing_at(span, group.stream())).into(),
        mut tree => {
            tree.set_span(span);
            tree
        }
    };
    code.into_iter().map(moved).collect()
}

/// Each field that can be part of a key. Items of a lookup, whose keys come with the request, are none of a snapshot.
pub(super) fn key_fields(message: &Message, names: &Names) -> TokenStream {
    if message.lookup_item.is_some() {
        return TokenStream::new();
    }
    let (ident, root, view) = (&message.ident, &message.root, &names.view);
    let own = quote!(<Self as #root::WireMessage>);
    let impls = message.slots.iter().filter_map(|slot| {
        let name = &slot.name;
        let (ty, value) = match &slot.kind {
            SlotKind::Integer(integer) => {
                let native = integer.native();
                (quote!(#native), quote!(#view::#name(&item)))
            }
            SlotKind::String(_) => (quote!(&'a [u8]), quote!(#view::#name(&item))),
            _ => return None,
        };
        let (id, value, doc) =
            (id(name), body(message, value), format!(" `{}` as part of a key.", slot.text()));
        Some(quote! {
            #[doc = #doc]
            #[automatically_derived]
            impl #root::NamedField<#id> for #ident {
                type Value<'a> = #ty;

                #[inline]
                fn value<'a>(item: #own::View<'a>) -> <Self as #root::NamedField<#id>>::Value<'a> {
                    #value
                }
            }
        })
    });
    quote! { #(#impls)* }
}

/// A field's name as a number, since no type can have a text as parameter: 64-bit FNV-1a.
fn id(field: &Ident) -> Literal {
    let id =
        field.unraw().to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |id, byte| {
            (id ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    Literal::u64_unsuffixed(id)
}

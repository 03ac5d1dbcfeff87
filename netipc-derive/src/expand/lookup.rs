//! What a lookup's response and its items are besides messages.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::names::Names;
use super::{body, encode};
use crate::model::{LookupItem, Message, Requirement, SlotKind, Value};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let (response, item) = (response(message), item(message, names));
    quote! { #response #item }
}

fn response(message: &Message) -> Option<TokenStream> {
    let lookup = message.lookup.as_ref()?;
    let (ident, root) = (&message.ident, &message.root);
    let (items, item) = message.list()?;
    let items = &items.name;
    let (request, list) = (&lookup.request, &lookup.keys);
    // Each mistake in what belongs to another struct is blamed on the word that names it.
    let answers = quote_spanned!(request.span()=> #root::answers::<#ident, #request>());
    let viewed = quote_spanned!(request.span()=> <#request as #root::WireMessage>);
    let keys = body(message, quote_spanned!(list.span()=> #viewed::view(request).#list()));
    let own = body(message, quote!(<Self as #root::WireMessage>::view(response).#items()));
    Some(quote! {
        #[automatically_derived]
        impl #root::LookupResponse for #ident {
            type Request = #request;
            type Item = #item;

            #[inline]
            fn keys(request: &[u8]) -> #root::Items<'_, <#item as #root::LookupItem>::Key> {
                #keys
            }

            #[inline]
            fn items(response: &[u8]) -> #root::Items<'_, #item> {
                #own
            }
        }

        const _: () = #answers;
    })
}

fn item(message: &Message, names: &Names) -> Option<TokenStream> {
    let lookup = message.lookup_item.as_ref()?;
    let (ident, root, key) = (&message.ident, &message.root, &lookup.key);
    let (view, borrowed) = (&names.view, names.borrowed_type(message, &quote!('a)));
    let borrowed_any = names.borrowed_type(message, &quote!('_));
    let keyed = quote_spanned!(key.span()=> <#key as #root::WireMessage>);
    let status = status_type(message, lookup);
    let marker = body(message, marker(message, lookup, names, status));
    let view_echoes =
        body(message, echoes(message, lookup, |echo| quote_spanned!(echo.span()=> item.#echo())));
    let echoes = body(message, echoes(message, lookup, |echo| quote_spanned!(echo.span()=> item.#echo)));
    // Without strings from the key it is what `encode_exact` does.
    let encode_echo = lookup.echo.iter().any(|echo| is_string(message, echo)).then(|| {
        let encode = body(message, encode::straight(message, names, &quote!(item), &lookup.echo));
        quote! {
            #[inline]
            fn encode_echo<__Fault: #root::EncodeFault>(
                item: &#borrowed_any,
                into: &mut [u8],
            ) -> ::core::result::Result<usize, __Fault> {
                #encode
            }
        }
    });
    let marker_of = body(message, marker_of(message, lookup, status));
    Some(quote! {
        #[automatically_derived]
        impl #root::LookupItem for #ident {
            type Key = #key;

            #[inline]
            fn marker<'a>(key: #keyed::View<'a>, marker: #root::Marker) -> #borrowed {
                #marker
            }

            #[inline]
            fn echoes(item: &#borrowed_any, key: #keyed::View<'_>) -> bool {
                #echoes
            }

            #[inline]
            fn view_echoes(item: #view<'_>, key: #keyed::View<'_>) -> bool {
                #view_echoes
            }

            #encode_echo

            #[inline]
            fn marker_of(item: #view<'_>) -> ::core::option::Option<#root::Marker> {
                #marker_of
            }
        }
    })
}

fn status_type<'a>(message: &'a Message, lookup: &LookupItem) -> Option<&'a Type> {
    match &message.slot(&lookup.status)?.kind {
        SlotKind::Enum(_, ty) => Some(&**ty),
        _ => None,
    }
}

/// The item that stands for one which is not there.
fn marker(message: &Message, lookup: &LookupItem, names: &Names, status_type: Option<&Type>) -> TokenStream {
    let (root, borrowed, status) = (&message.root, &names.borrowed, &lookup.status);
    let (exceeded, oversized) = (&lookup.payload_exceeded, &lookup.oversized_item);
    let echo = lookup.echo.iter().map(|echo| {
        if is_string(message, echo) {
            quote_spanned!(echo.span()=> #echo: &**key.#echo())
        } else {
            quote_spanned!(echo.span()=> #echo: key.#echo())
        }
    });
    let forced = forced(message, lookup);
    quote! {
        #borrowed {
            #(#echo,)*
            #status: match marker {
                #root::Marker::PayloadExceeded => <#status_type>::#exceeded,
                #root::Marker::OversizedItem => <#status_type>::#oversized,
            },
            #(#forced,)*
            ..::core::default::Default::default()
        }
    }
}

/// Whether all fields from the key are the key's; `read` gives one of the item's.
fn echoes(message: &Message, lookup: &LookupItem, read: impl Fn(&Ident) -> TokenStream) -> TokenStream {
    let root = &message.root;
    let same = lookup.echo.iter().map(|echo| {
        let item = read(echo);
        if is_string(message, echo) {
            quote_spanned!(echo.span()=> #root::same(#item, key.#echo()))
        } else {
            quote_spanned!(echo.span()=> #item == key.#echo())
        }
    });
    quote!(#(#same)&&*)
}

/// The marker that an item is, by its status.
fn marker_of(message: &Message, lookup: &LookupItem, status_type: Option<&Type>) -> TokenStream {
    let (root, status) = (&message.root, &lookup.status);
    let (exceeded, oversized) = (&lookup.payload_exceeded, &lookup.oversized_item);
    quote! {
        match item.#status() {
            <#status_type>::#exceeded => ::core::option::Option::Some(#root::Marker::PayloadExceeded),
            <#status_type>::#oversized => ::core::option::Option::Some(#root::Marker::OversizedItem),
            _ => ::core::option::Option::None,
        }
    }
}

fn is_string(message: &Message, field: &Ident) -> bool {
    message.slot(field).is_some_and(|slot| matches!(slot.kind, SlotKind::String(_)))
}

/// What the rules demand of a marker besides, where it is not 0 or empty.
fn forced(message: &Message, lookup: &LookupItem) -> Vec<TokenStream> {
    let rules = message.rules.iter().filter(|rule| lookup.rule_holds(rule, &lookup.payload_exceeded));
    let value = |Requirement { field, value }: &Requirement| match (value, &message.slot(field)?.kind) {
        (Value::Number(value, _), _) if *value != 0 => {
            let value = proc_macro2::Literal::u64_unsuffixed(*value);
            Some(quote!(#field: #value))
        }
        (Value::Name(variant), SlotKind::Enum(_, ty)) => Some(quote!(#field: <#ty>::#variant)),
        _ => None,
    };
    let mut forced: Vec<(&Ident, TokenStream)> = Vec::new();
    for requirement in rules.flat_map(|rule| &rule.requirements) {
        let known = lookup.echo.iter().chain([&lookup.status]).chain(forced.iter().map(|(field, _)| *field));
        if !known.into_iter().any(|field| *field == requirement.field)
            && let Some(value) = value(requirement)
        {
            forced.push((&requirement.field, value));
        }
    }
    forced.into_iter().map(|(_, value)| value).collect()
}

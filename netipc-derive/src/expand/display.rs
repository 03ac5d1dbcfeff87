//! A view as one line of text.

use proc_macro2::TokenStream;
use quote::quote;

use super::body;
use super::names::Names;
use crate::model::{Message, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let (root, view) = (&message.root, &names.view);
    let fields = message.slots.iter().filter(|slot| slot.is_field()).map(|slot| {
        let (name, text) = (&slot.name, slot.text());
        // Strings as text in quotes, with what could disturb a terminal escaped.
        let value = match slot.kind {
            SlotKind::String(_) | SlotKind::Enum(..) => quote!(::core::format_args!("{:?}", self.#name())),
            _ => quote!(self.#name()),
        };
        quote!(.field(#text, #value))
    });
    let text = body(message, quote!(#root::Fields::new(f)#(#fields)*.finish()));
    quote! {
        /// The fields, on one line.
        #[automatically_derived]
        impl ::core::fmt::Display for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #text
            }
        }
    }
}

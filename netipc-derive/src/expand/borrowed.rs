//! The borrowed input of a message that has nothing but strings: of keys and rows.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use crate::model::{Message, Slot};

pub(super) fn code(message: &Message, names: &Names, doc: &str, strings: &[&Slot]) -> TokenStream {
    let (vis, borrowed) = (&message.vis, &names.borrowed);
    let fields = strings.iter().map(|slot| {
        let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
        quote!(#(#docs)* #vis #name: &'a [u8])
    });
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::default::Default,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
        )]
        #[allow(dead_code)]
        #vis struct #borrowed<'a> {
            #(#fields,)*
        }
    }
}

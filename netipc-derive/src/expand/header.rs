//! The fixed header as a struct, tied to the declared offsets.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{Names, plain};
use super::rules;
use crate::model::{Message, Slot, SlotKind};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let header = &names.header;
    if !message.sound {
        return quote! {
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            struct #header;
        };
    }
    let zerocopy_crate = quote!(#root::zerocopy).to_string().replace(' ', "");
    let fields = message.slots.iter().map(|slot| {
        let (name, ty) = (&slot.name, slot.wire_type(root));
        quote!(#name: #ty)
    });
    let empty = message.slots.iter().map(|slot| empty(slot, root));
    let rules = rules::code(message, names);
    let assertions = assertions(message, names);
    let doc = format!(" The fixed header of [`{}`], byte by byte.", message.ident);
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            #root::zerocopy::FromBytes,
            #root::zerocopy::IntoBytes,
            #root::zerocopy::KnownLayout,
            #root::zerocopy::Immutable,
            #root::zerocopy::Unaligned,
        )]
        #[zerocopy(crate = #zerocopy_crate)]
        #[repr(C)]
        struct #header {
            #(#fields,)*
        }

        impl #header {
            /// Of a message whose fields are all 0 or empty.
            const EMPTY: Self = Self { #(#empty,)* };

            #rules
        }

        #assertions
    }
}

/// Two derivations of each offset, the declared one and the compiler's, have to agree.
fn assertions(message: &Message, names: &Names) -> TokenStream {
    let header = &names.header;
    let header_len = message.header_len();
    let offsets = message.slots.iter().map(|slot| {
        let (name, at) = (&slot.name, slot.place());
        quote!(::core::assert!(::core::mem::offset_of!(#header, #name) == #at);)
    });
    quote! {
        const _: () = {
            ::core::assert!(::core::mem::size_of::<#header>() == #header_len);
            #(#offsets)*
        };
    }
}

fn empty(slot: &Slot, root: &TokenStream) -> TokenStream {
    let name = &slot.name;
    let value = match &slot.kind {
        SlotKind::Integer(integer) | SlotKind::Enum(integer, _) | SlotKind::Table { count: integer, .. } => {
            integer.to_wire(root, &quote!(0))
        }
        SlotKind::Constant(integer, value) => {
            let value = proc_macro2::Literal::u64_unsuffixed(*value);
            integer.to_wire(root, &quote!(#value))
        }
        SlotKind::List { .. } => quote!(#root::U32::new(0)),
        SlotKind::Reserved => {
            let size = plain(slot.size);
            quote!([0; #size])
        }
        SlotKind::String(_) => quote!(#root::Span::new(0, 0)),
        SlotKind::Illegible(_) => return TokenStream::new(),
    };
    quote!(#name: #value)
}

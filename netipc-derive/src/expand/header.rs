//! The fixed header as a struct, tied to the declared offsets.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use crate::model::Message;

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let header = &names.header;
    let zerocopy_crate = quote!(#root::zerocopy).to_string().replace(' ', "");
    let fields = message.slots.iter().map(|slot| {
        let (name, ty) = (&slot.name, slot.wire_type(root));
        quote!(#name: #ty)
    });
    let assertions = message.sound.then(|| assertions(message, names));
    let doc = format!("The fixed header of [`{}`], byte by byte.", message.ident);
    quote! {
        #[doc = #doc]
        #[derive(
            Clone,
            Copy,
            Debug,
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

        #assertions
    }
}

/// Two derivations of each offset, the declared one and the compiler's, have to agree.
fn assertions(message: &Message, names: &Names) -> TokenStream {
    let header = &names.header;
    let header_len = message.header.value;
    let offsets = message.slots.iter().map(|slot| {
        let (name, at) = (&slot.name, slot.at.value);
        quote!(assert!(::core::mem::offset_of!(#header, #name) == #at);)
    });
    quote! {
        const _: () = {
            assert!(::core::mem::size_of::<#header>() == #header_len);
            #(#offsets)*
        };
    }
}

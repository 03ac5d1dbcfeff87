//! What stands in for a message whose attributes could not be read: it exists and has the right bounds, so that one
//! mistake brings no further errors wherever the message is used. It is never run; the errors end the build.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::names::Names;
use crate::parse;

pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let root = parse::root(input);
    let names = Names::from(&input.ident);
    let (ident, vis) = (&input.ident, &input.vis);
    let Names { view, borrowed, builder, text, .. } = &names;
    let encode = |of: TokenStream| {
        quote! {
            impl #root::Encode for #of {
                type Message = #ident;
                fn encoded_len(&self) -> usize { 0 }
                fn encode(&self, _: &mut [u8]) -> ::core::result::Result<usize, #root::EncodeError> {
                    ::core::result::Result::Ok(0)
                }
            }
        }
    };
    let (for_struct, for_borrowed) = (encode(quote!(#ident)), encode(quote!(#borrowed<'_>)));
    quote! {
        #[derive(Clone, Copy, Debug)]
        #vis struct #view<'a>(&'a [u8]);
        #[derive(Clone, Copy, Debug)]
        #vis struct #borrowed<'a>(&'a [u8]);
        #[derive(Debug)]
        #vis struct #builder<'a>(&'a mut [u8]);
        #for_struct
        #for_borrowed
        impl<'a> #root::MessageBuilder<'a> for #builder<'a> {
            fn new(into: &'a mut [u8]) -> Self { Self(into) }
            fn finish(self) -> ::core::result::Result<usize, #root::EncodeError> {
                ::core::result::Result::Ok(0)
            }
        }
        impl #root::WireMessage for #ident {
            type View<'a> = #view<'a>;
            type Ref<'a> = #borrowed<'a>;
            type Builder<'a> = #builder<'a>;
            const LAYOUT: &'static #root::Layout = &#root::Layout {
                name: #text,
                doc: "",
                method: ::core::option::Option::None,
                header_len: 0,
                fields: &[],
                tail: #root::Tail::Empty,
            };
            fn check(_: &[u8]) -> ::core::result::Result<(), #root::DecodeError> { ::core::result::Result::Ok(()) }
            fn view(bytes: &[u8]) -> #view<'_> { #view(bytes) }
        }
    }
}

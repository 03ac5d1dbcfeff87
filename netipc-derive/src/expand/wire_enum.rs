//! `impl WireEnum`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::model::Integer;
use crate::parse::WireEnum;

pub(crate) fn wire_enum(described: &WireEnum) -> TokenStream {
    if !described.sound {
        return stand_in(described);
    }
    let WireEnum { ident, root, variants, other, .. } = described;
    let repr = described.repr.unwrap_or(Integer::U16).native();
    let (names, values): (Vec<_>, Vec<_>) =
        variants.iter().map(|(name, value)| (name, Literal::u64_unsuffixed(*value))).unzip();
    let texts = names.iter().map(ToString::to_string);
    let zero = variants.iter().find(|(_, value)| *value == 0).map(|(name, _)| name);
    let closed = other.is_none();
    let (from_other, to_other) = match other {
        Some(other) => (quote!(_ => Self::#other(value),), quote!(Self::#other(value) => value,)),
        None => (quote!(_ => return ::core::option::Option::None,), quote!()),
    };
    quote! {
        #[automatically_derived]
        impl #root::WireEnum for #ident {
            type Repr = #repr;

            const ZERO: Self = Self::#zero;
            const VARIANTS: &'static [(&'static str, u64)] = &[#((#texts, #values)),*];
            const CLOSED: bool = #closed;

            #[inline]
            fn from_wire(value: #repr) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match value {
                    #(#values => Self::#names,)*
                    #from_other
                })
            }

            #[inline]
            fn to_wire(self) -> #repr {
                match self {
                    #(Self::#names => #values,)*
                    #to_other
                }
            }
        }
    }
}

/// Of an enum with mistakes: it is never run, since the errors end the build.
fn stand_in(described: &WireEnum) -> TokenStream {
    let WireEnum { ident, root, .. } = described;
    let repr = described.repr.unwrap_or(Integer::U16).native();
    quote! {
        impl #root::WireEnum for #ident {
            type Repr = #repr;

            const ZERO: Self = ::core::unreachable!();
            const VARIANTS: &'static [(&'static str, u64)] = &[];
            const CLOSED: bool = true;

            fn from_wire(_: #repr) -> ::core::option::Option<Self> {
                ::core::unreachable!()
            }

            fn to_wire(self) -> #repr {
                ::core::unreachable!()
            }
        }
    }
}

//! The names of what is generated.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::model::{Integer, Message, Slot, SlotKind};

pub(super) struct Names {
    pub(super) header: Ident,
    pub(super) view: Ident,
    pub(super) borrowed: Ident,
    pub(super) builder: Ident,
    /// The message's name, as errors and layouts give it.
    pub(super) text: String,
}

impl Names {
    pub(super) fn of(message: &Message) -> Self {
        Self::from(&message.ident)
    }

    pub(super) fn from(ident: &Ident) -> Self {
        let plain = ident.unraw();
        Self {
            header: format_ident!("{plain}WireHeader", span = ident.span()),
            view: format_ident!("{plain}View", span = ident.span()),
            borrowed: format_ident!("{plain}Ref", span = ident.span()),
            builder: format_ident!("{plain}Builder", span = ident.span()),
            text: plain.to_string(),
        }
    }

    /// The input type, with its lifetime if it borrows anything.
    pub(super) fn borrowed_type(&self, message: &Message, lifetime: &TokenStream) -> TokenStream {
        let name = &self.borrowed;
        if message.has_tail() { quote!(#name<#lifetime>) } else { quote!(#name) }
    }
}

/// `<Item as WireMessage>`, where a type that is none is to blame.
pub(super) fn as_trait(ty: &Type, root: &TokenStream, name: &str) -> TokenStream {
    let name = format_ident!("{name}", span = ty.span());
    quote_spanned!(ty.span()=> <#ty as #root::#name>)
}

/// `<Status as EnumField<u16>>`, where an enum that is no `u16` is to blame.
pub(super) fn as_enum(ty: &Type, integer: Integer, root: &TokenStream) -> TokenStream {
    let repr = integer.native();
    quote_spanned!(ty.span()=> <#ty as #root::EnumField<#repr>>)
}

/// A number without its type, as a person would write it.
pub(super) fn plain(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

/// The most rows that a table can have whose count is this integer.
pub(super) fn most(count: Integer) -> TokenStream {
    let Ok(max) = u32::try_from(count.max()) else {
        // Not every host counts so far.
        return quote!(usize::MAX);
    };
    let max = Literal::u32_unsuffixed(max);
    quote!(#max)
}

/// A length of a string.
pub(super) fn length(number: u32) -> TokenStream {
    if number == u32::MAX {
        return quote!(u32::MAX);
    }
    let number = Literal::u32_unsuffixed(number);
    quote!(#number)
}

impl Message {
    /// Bytes of the fixed header.
    pub(super) fn header_len(&self) -> Literal {
        plain(self.header.value)
    }
}

impl Slot {
    /// Its first byte.
    pub(super) fn place(&self) -> Literal {
        plain(self.at.value)
    }

    /// The name without `r#`.
    pub(super) fn text(&self) -> String {
        self.name.unraw().to_string()
    }

    /// The type in the header struct.
    pub(super) fn wire_type(&self, root: &TokenStream) -> TokenStream {
        match &self.kind {
            SlotKind::Integer(integer)
            | SlotKind::Constant(integer, _)
            | SlotKind::Enum(integer, _)
            | SlotKind::Table { count: integer, .. } => integer.wire_type(root),
            SlotKind::List { .. } => Integer::U32.wire_type(root),
            SlotKind::Reserved => {
                let size = plain(self.size);
                quote!([u8; #size])
            }
            SlotKind::String(_) => quote!(#root::Span),
            SlotKind::Illegible(ty) => quote!(#ty),
        }
    }
}

impl Integer {
    pub(super) fn native(self) -> Ident {
        format_ident!("{}", self.name())
    }

    fn wire_type(self, root: &TokenStream) -> TokenStream {
        let native = self.native();
        if self.size == 1 {
            return quote!(#native);
        }
        let wire = format_ident!("{}", self.name().to_uppercase());
        quote!(#root::#wire)
    }

    /// A value of the wire type.
    pub(super) fn to_wire(self, root: &TokenStream, value: &TokenStream) -> TokenStream {
        if self.size == 1 {
            return value.clone();
        }
        let wire = self.wire_type(root);
        quote!(#wire::new(#value))
    }

    /// The value of a field of the wire type.
    pub(super) fn native_of(self, field: &TokenStream) -> TokenStream {
        if self.size == 1 { field.clone() } else { quote!(#field.get()) }
    }
}

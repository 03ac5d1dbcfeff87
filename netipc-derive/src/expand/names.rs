//! The names of what is generated.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

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

impl Slot {
    /// The name without `r#`.
    pub(super) fn text(&self) -> String {
        self.name.unraw().to_string()
    }

    /// The type in the header struct.
    pub(super) fn wire_type(&self, root: &TokenStream) -> TokenStream {
        match &self.kind {
            SlotKind::Integer(integer) | SlotKind::Constant(integer, _) => integer.wire_type(root),
            SlotKind::List { .. } => Integer::U32.wire_type(root),
            SlotKind::Reserved => {
                let size = self.size;
                quote!([u8; #size])
            }
            SlotKind::String { .. } => quote!(#root::Span),
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

//! The view: borrowed, checked before, read without errors.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::body;
use super::names::{Names, as_enum, plain};
use crate::model::{Form, Message, Slot, SlotKind};
use crate::parse::c_str;

/// What makes a view of one kind differ from another kind's.
pub(super) struct Parts {
    /// What a person is told of it.
    pub(super) doc: String,
    /// What it borrows.
    pub(super) borrowed: TokenStream,
    pub(super) accessors: Vec<TokenStream>,
    /// The value with everything copied out.
    pub(super) owned: TokenStream,
    /// How it shows itself.
    pub(super) debug: TokenStream,
}

/// A view of these parts.
pub(super) fn of_parts(message: &Message, names: &Names, parts: &Parts) -> TokenStream {
    let (ident, vis, view) = (&message.ident, &message.vis, &names.view);
    let Parts { doc, borrowed, accessors, owned, debug } = parts;
    let owned_doc = format!(" Copies everything out, into an owned [`{ident}`].");
    quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #[allow(dead_code)]
        #vis struct #view<'a> {
            #borrowed
        }

        #[allow(dead_code)]
        impl<'a> #view<'a> {
            #(#accessors)*

            #[doc = #owned_doc]
            #[must_use]
            #vis fn to_owned(&self) -> #ident {
                #owned
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #view<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #debug
            }
        }
    }
}

/// Shows these fields by their accessors, under the name of the view.
pub(super) fn debug(names: &Names, fields: &[&Slot]) -> TokenStream {
    let name = format!("{}View", names.text);
    let (accessors, texts): (Vec<_>, Vec<_>) = fields.iter().map(|slot| (&slot.name, slot.text())).unzip();
    quote!(f.debug_struct(#name)#(.field(#texts, &self.#accessors()))*.finish())
}

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let (ident, root, header) = (&message.ident, &message.root, &names.header);
    let bytes = message.has_tail().then(|| quote!(bytes: &'a [u8],));
    let fields: Vec<_> = message.slots.iter().filter(|slot| slot.is_field()).collect();
    let owned = fields.iter().map(|slot| owned(slot, root));
    let parts = Parts {
        doc: format!(
            " A decoded [`{ident}`]: borrowed from the payload, which it must not outlive. Everything was checked \
             before, so reading has no errors; copying it is cheap."
        ),
        borrowed: quote!(header: &'a #header, #bytes),
        accessors: fields.iter().map(|slot| accessor(message, slot)).collect(),
        owned: body(message, quote!(#ident { #(#owned,)* })),
        debug: body(message, debug(names, &fields)),
    };
    of_parts(message, names, &parts)
}

fn accessor(message: &Message, slot: &Slot) -> TokenStream {
    let root = &message.root;
    let (name, vis, docs) = (&slot.name, &slot.vis, &slot.docs);
    let header_len = message.header_len();
    let (ty, value) = match &slot.kind {
        SlotKind::Integer(integer) => {
            let native = integer.native();
            (quote!(#native), integer.native_of(&quote!(self.header.#name)))
        }
        SlotKind::String(_) => (quote!(&'a #root::BStr), quote!(#root::text(self.bytes, self.header.#name))),
        SlotKind::Enum(integer, ty) => {
            let found = integer.native_of(&quote!(self.header.#name));
            let as_enum = as_enum(ty, *integer, root);
            (quote!(#ty), quote_spanned!(ty.span()=> #as_enum::variant(#found)))
        }
        SlotKind::Table { row, count, align } => {
            let end = super::message::end(message, &quote!(self.header));
            let (count, align) = (count.native_of(&quote!(self.header.#name)), plain(*align));
            (quote!(#root::Rows<'a, #row>), quote!(#root::Rows::of(self.bytes, #end, #align, #count)))
        }
        SlotKind::List { item, .. } => (
            quote!(#root::Items<'a, #item>),
            quote!(#root::Items::of(self.bytes, #header_len, self.header.#name.get())),
        ),
        SlotKind::Illegible(ty) => (quote!(#ty), TokenStream::new()),
        SlotKind::Constant(..) | SlotKind::Reserved => return TokenStream::new(),
    };
    let value = body(message, value);
    // A key with a mistake has such a method, too.
    let no_nul = message.string_rules.no_nul.is_some() || message.form == Form::Key;
    let c_str = (no_nul && matches!(slot.kind, SlotKind::String(_))).then(|| c_str_accessor(message, slot));
    quote! {
        #c_str

        #(#docs)*
        #[must_use]
        #[inline]
        #vis fn #name(&self) -> #ty {
            #value
        }
    }
}

fn owned(slot: &Slot, root: &TokenStream) -> TokenStream {
    let name = &slot.name;
    match &slot.kind {
        SlotKind::String(_) => quote!(#name: ::core::convert::Into::into(self.#name())),
        SlotKind::Table { .. } => quote!(#name: #root::owned(self.#name().iter(), |row| row.to_owned())),
        SlotKind::List { .. } => quote!(#name: #root::owned(self.#name().iter(), |item| item.to_owned())),
        _ => quote!(#name: self.#name()),
    }
}

/// A string with its NUL, where none is inside.
pub(super) fn c_str_accessor(message: &Message, slot: &Slot) -> TokenStream {
    let root = &message.root;
    let (name, vis) = (&slot.name, &slot.vis);
    let c_str = format_ident!("{}", c_str(name), span = name.span());
    let value = body(message, quote!(#root::c_str(self.bytes, self.header.#name)));
    let doc = format!(" `{}` with its NUL, for C.", slot.text());
    quote! {
        #[doc = #doc]
        #[must_use]
        #vis fn #c_str(&self) -> &'a ::core::ffi::CStr {
            #value
        }
    }
}

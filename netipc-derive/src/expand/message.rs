//! `impl WireMessage`: decoding, and what ties the generated types together.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::{Names, as_enum, plain};
use super::{body, layout, rules};
use crate::model::{Form, Message, Slot, SlotKind, Text};

pub(super) fn code(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let Names { view, builder, header, .. } = names;
    let ident = &message.ident;
    let borrowed = names.borrowed_type(message, &quote!('a));
    let layout = layout::code(message, names);
    let check = body(message, check(message, names));
    let bytes = message.has_tail().then(|| quote!(, bytes));
    let seen = body(message, quote!(#view { header: #root::head(bytes, &#header::EMPTY) #bytes }));
    let header_len = message.header_len();
    let max_len = (message.form == Form::Fixed).then(|| quote!(const MAX_LEN: u32 = #header_len;));
    let method = message.method.map(|code| {
        let code = Literal::u16_unsuffixed(code);
        quote! {
            #[automatically_derived]
            impl #root::MethodMessage for #ident {
                type Method = #root::MethodCode<#code>;
                const METHOD: u16 = #code;
            }

            #[automatically_derived]
            impl #root::BelongsTo<#root::MethodCode<#code>> for #ident {}
        }
    });
    quote! {
        #[automatically_derived]
        impl #root::WireMessage for #ident {
            type View<'a> = #view<'a>;
            type Ref<'a> = #borrowed;
            type Builder<'a> = #builder<'a>;

            const LAYOUT: &'static #root::Layout = &#layout;
            const MIN_LEN: u32 = #header_len;
            #max_len

            #[inline]
            fn check_as<__Fault: #root::Fault>(bytes: &[u8]) -> ::core::result::Result<(), __Fault> {
                #check
            }

            #[inline]
            fn view(bytes: &[u8]) -> #view<'_> {
                #seen
            }
        }

        #method
    }
}

/// Header fields from front to back, then what follows.
fn check(message: &Message, names: &Names) -> TokenStream {
    let root = &message.root;
    let name = &names.text;
    let header = &names.header;
    let fields: Vec<_> = message.slots.iter().filter_map(|slot| check_field(message, slot, name)).collect();
    let strings = check_strings(message, name);
    let list = check_list(message, name);
    let rules = rules::has_any(message).then(|| quote!(header.rules::<__Fault>()?;));
    if fields.is_empty() && strings.is_empty() && list.is_none() && rules.is_none() {
        return quote!(#root::header::<#header, __Fault>(#name, bytes).map(|_| ()));
    }
    quote! {
        let header = #root::header::<#header, __Fault>(#name, bytes)?;
        #(#fields)*
        #rules
        #strings
        #list
        ::core::result::Result::Ok(())
    }
}

fn check_field(message: &Message, slot: &Slot, name: &str) -> Option<TokenStream> {
    let root = &message.root;
    let (field, text, at) = (&slot.name, slot.text(), slot.place());
    match &slot.kind {
        SlotKind::Constant(integer, value) => {
            let found = integer.native_of(&quote!(header.#field));
            let value = Literal::u64_unsuffixed(*value);
            Some(quote!(#root::constant::<__Fault>((#name, #text, #at), #found, #value)?;))
        }
        SlotKind::Reserved => Some(quote!(#root::reserved::<_, __Fault>((#name, #at), &header.#field)?;)),
        SlotKind::Enum(integer, ty) => {
            let found = integer.native_of(&quote!(header.#field));
            let as_enum = as_enum(ty, *integer, root);
            Some(quote_spanned!(ty.span()=> #as_enum::listed::<__Fault>((#name, #text, #at), #found)?;))
        }
        SlotKind::String(Text { offset: Some(offset), .. }) => {
            let offset = plain(offset.value);
            Some(quote!(#root::place::<__Fault>((#name, #text, #at), header.#field, #offset)?;))
        }
        SlotKind::String(Text { offset: None, .. })
        | SlotKind::Integer(_)
        | SlotKind::List { .. }
        | SlotKind::Table { .. }
        | SlotKind::Illegible(_) => None,
    }
}

fn check_strings(message: &Message, name: &str) -> TokenStream {
    let root = &message.root;
    let header_len = message.header_len();
    let check =
        if message.string_rules.no_nul.is_some() { quote!(#root::c_string) } else { quote!(#root::string) };
    let strings = message.strings().map(|slot| {
        let (field, text, at) = (&slot.name, slot.text(), slot.place());
        quote!(#check::<__Fault>((#name, #text, #at), bytes, #header_len, header.#field)?;)
    });
    let end = message.exact_end.map(|_| check_end(message, name));
    let disjoint = message.string_rules.disjoint.map(|_| {
        let all = message.strings().map(|slot| {
            let (field, text, at) = (&slot.name, slot.text(), slot.place());
            quote!((#text, #at, header.#field))
        });
        quote!(#root::disjoint::<__Fault>(#name, &[#(#all),*])?;)
    });
    quote! { #(#strings)* #disjoint #end }
}

/// The item ends where its strings do, or where its table does.
fn check_end(message: &Message, name: &str) -> TokenStream {
    let root = &message.root;
    let end = end(message, &quote!(header));
    if let Some((slot, row)) = message.table() {
        let (field, text, at) = (&slot.name, slot.text(), slot.place());
        let SlotKind::Table { count, align, .. } = &slot.kind else { return TokenStream::new() };
        let (count, align) = (count.native_of(&quote!(header.#field)), plain(*align));
        quote!(#root::table::<#row, __Fault>((#text, #at), bytes, #end, #align, #count)?;)
    } else {
        quote!(#root::exact_end::<__Fault>(#name, bytes, #end)?;)
    }
}

/// Where the strings end.
pub(super) fn end(message: &Message, header: &TokenStream) -> TokenStream {
    let (root, header_len) = (&message.root, message.header_len());
    let strings = message.strings().map(|slot| &slot.name);
    quote!(#root::end(#header_len, &[#(#header.#strings),*]))
}

fn check_list(message: &Message, name: &str) -> Option<TokenStream> {
    let root = &message.root;
    let header_len = message.header_len();
    let (slot, item) = message.list()?;
    let (field, text) = (&slot.name, slot.text());
    let order = layout::order(slot);
    Some(quote! {
        #root::directory::<#item, __Fault>(
            (#name, #text, #header_len),
            bytes,
            header.#field.get(),
            #root::Order::#order,
        )?;
    })
}

//! Attributes and types to a [`Message`]; whether its bytes add up is looked at later.

mod container;
mod field;
mod number;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Lit, Meta};

use crate::errors::Errors;
use crate::model::{Message, Number, Slot, SlotKind};

/// The message that `input` describes; `None` if something of it could not be read at all, and an error says what.
pub(crate) fn message(input: &DeriveInput, errors: &mut Errors) -> Option<Message> {
    if !input.generics.params.is_empty() {
        errors.push(
            input.generics.span(),
            format!(
                "`{}` has generics: a layout has one size and one meaning; write one struct for each",
                input.ident
            ),
        );
    }
    let fields = named_fields(input, errors)?;
    let container = container::read(input, errors);
    let mut slots = container.slots;
    slots.extend(fields.iter().filter_map(|declared| field::read(declared, &input.ident, errors)));
    let Some(header) = container.header else {
        if !container.broken {
            let end = slots.iter().map(Slot::end).max().unwrap_or_default();
            errors.push(
                input.ident.span(),
                format!(
                    "`{}` does not say how long its fixed header is; add `#[wire(header = {end})]`",
                    input.ident
                ),
            );
        }
        return None;
    };
    names_are_free(&slots, errors);
    if !errors.is_empty() {
        return None;
    }
    Some(Message {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        doc: first_sentence(&docs(&input.attrs)),
        root: container.root,
        method: container.method,
        header,
        slots,
        disjoint: container.disjoint,
        sound: true,
    })
}

/// Where generated code finds what it stands on, as far as `input` says it legibly.
pub(crate) fn root(input: &DeriveInput) -> proc_macro2::TokenStream {
    container::read(input, &mut Errors::default()).root
}

fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Vec<&'a syn::Field>> {
    let problem = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) => (
                fields.span(),
                "fields need names: views and builders are made of them; write `struct Name { … }`",
            ),
            fields => return Some(fields.iter().collect()),
        },
        Data::Enum(data) => (data.enum_token.span(), "a message is a struct; an enum has no fixed layout"),
        Data::Union(data) => {
            (data.union_token.span(), "a message is a struct; of a union nobody knows what it holds")
        }
    };
    errors.push(problem.0, problem.1);
    None
}

/// No name stands twice, and none is one that generated code needs.
fn names_are_free(slots: &[Slot], errors: &mut Errors) {
    for (index, slot) in slots.iter().enumerate() {
        if matches!(slot.kind, SlotKind::Reserved) {
            continue;
        }
        if slot.is_field() && slot.name == "to_owned" {
            errors.push(
                slot.name.span(),
                "`to_owned` is what every view has to copy itself out; give the field another name",
            );
        }
        if slots.iter().take(index).any(|other| other.name == slot.name) {
            errors.push(slot.name.span(), format!("`{}` is described twice", slot.name));
        }
    }
}

/// Doc comments, to be repeated on what is generated.
fn docs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect()
}

/// The first paragraph of a doc comment, for tables.
pub(crate) fn first_sentence(docs: &[Attribute]) -> String {
    let lines = docs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let paragraph: Vec<_> = lines.skip_while(String::is_empty).take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

/// Sets what an attribute may say once.
fn once<T>(slot: &mut Option<T>, value: T, name: &impl ToTokens, errors: &mut Errors) {
    if slot.is_some() {
        errors.push(name.span(), format!("`{}` is said twice", name.to_token_stream()));
    }
    *slot = Some(value);
}

fn span_of(number: Option<Number>, or: &Ident) -> Span {
    number.map_or_else(|| or.span(), |number| number.span)
}

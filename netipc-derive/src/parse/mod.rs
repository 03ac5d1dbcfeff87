//! Attributes and types to a [`Message`]; whether its bytes add up is looked at later.

mod arguments;
mod container;
mod field;
mod lookup;
mod named;
mod rules;
mod snapshot;
mod types;
mod wire_enum;

use std::collections::{HashMap, HashSet};

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataStruct, DeriveInput, Expr, ExprLit, Fields, Lit, Meta};

pub(crate) use wire_enum::{WireEnum, wire_enum};

use crate::errors::Errors;
use crate::model::{Form, Message, Number, Slot, SlotKind};
use container::Container;

/// The message that `input` describes, as far as it can be told; errors say what cannot. `None` where nothing can stand
/// in for it.
pub(crate) fn message(input: &DeriveInput, errors: &mut Errors) -> Option<Message> {
    if !input.generics.params.is_empty() {
        errors.push_on(
            &input.generics,
            format!(
                "`{}` has generics: a layout has one size and one meaning; write one struct for each",
                input.ident
            ),
        );
        return None;
    }
    let container = container::read(&input.attrs, errors);
    let fields = named_fields(input, errors);
    means_something(&container, errors);
    let mut slots = container.slots;
    let form = container.form.unwrap_or(Form::Header);
    slots.extend(fields.iter().filter_map(|declared| field::read(declared, &input.ident, form, errors)));
    if container.header.is_none() && container.legible && form != Form::Key {
        header_is_missing(input, &slots, errors);
    }
    names_are_free(&mut slots, errors);
    Some(Message {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        doc: first_sentence(&docs(&input.attrs)),
        root: container.root,
        method: container.method,
        header: container.header.unwrap_or(Number { value: 0, span: input.ident.span() }),
        slots,
        form,
        string_rules: container.strings,
        exact_end: container.exact_end,
        rules: container.rules,
        lookup: container.lookup,
        lookup_item: container.lookup_item,
        snapshot: container.snapshot,
        sound: errors.is_empty(),
    })
}

/// Keys and rows are parts of messages: what speaks of a message as a whole means nothing there.
fn means_something(container: &Container, errors: &mut Errors) {
    let what = match container.form {
        Some(Form::Key) => "a key, which is a part of a request",
        Some(Form::Row) => "a row, which is a part of an item",
        _ => return,
    };
    let of_messages = ["method", "strings", "end", "rule", "lookup", "lookup_item", "snapshot"];
    for (name, span) in &container.said {
        if of_messages.contains(&name.as_str()) {
            errors.push(*span, format!("`{name}` means nothing on {what}; leave it out"));
        } else if name == "header" && container.form == Some(Form::Key) {
            errors.push(*span, "a key is its string and nothing else; leave `header` out");
        }
    }
}

fn named_fields(input: &DeriveInput, errors: &mut Errors) -> Vec<syn::Field> {
    let problem = match &input.data {
        Data::Struct(DataStruct { fields: Fields::Unnamed(fields), .. }) => {
            errors.push_on(
                fields,
                "fields need names: views and builders are made of them; write `struct Name { … }`",
            );
            return Vec::new();
        }
        Data::Struct(data) => return data.fields.iter().cloned().collect(),
        Data::Enum(data) => (
            data.enum_token.span(),
            "a message is a struct; let one of its fields, an integer, say which case it is",
        ),
        Data::Union(data) => {
            (data.union_token.span(), "a message is a struct; of a union nobody knows what it holds")
        }
    };
    errors.push(problem.0, problem.1);
    Vec::new()
}

fn header_is_missing(input: &DeriveInput, slots: &[Slot], errors: &mut Errors) {
    if !matches!(input.data, Data::Struct(_)) {
        return;
    }
    // The length can only be told if all places are known.
    let header = if errors.is_empty() {
        slots.iter().map(Slot::end).max().unwrap_or_default().to_string()
    } else {
        "N".to_owned()
    };
    let ident = &input.ident;
    errors.push(
        ident.span(),
        format!("`{ident}` does not say how long its fixed header is; add `#[wire(header = {header})]`"),
    );
}

/// No name stands twice, and none is one that generated code needs. A field where that is so is dropped: its methods
/// would stand twice, too.
fn names_are_free(slots: &mut Vec<Slot>, errors: &mut Errors) {
    let mut methods = HashMap::new();
    for (name, holder) in [("to_owned", "view"), ("new", "builder"), ("finish", "builder")] {
        methods.insert(name.to_owned(), format!("a method of every {holder}"));
    }
    for string in slots.iter().filter(|slot| matches!(slot.kind, SlotKind::String(_))) {
        let name = &string.name;
        methods.insert(filler(name), format!("how the builder has `{name}` written in place"));
        methods.insert(c_str(name), format!("how the view gives `{name}` to C"));
    }
    let (mut names, mut fields) = (HashSet::new(), HashSet::new());
    slots.retain(|slot| {
        if matches!(slot.kind, SlotKind::Reserved) {
            return true;
        }
        let name = slot.name.unraw().to_string();
        if let Some(method) = methods.get(&name).filter(|_| slot.is_field()) {
            errors.push(slot.name.span(), format!("`{name}` is {method}; give the field another name"));
            return false;
        }
        if !names.insert(name.clone()) {
            errors.push(slot.name.span(), format!("`{name}` is described twice"));
        }
        !slot.is_field() || fields.insert(name)
    });
}

/// The method of the builder that has a string written in place.
pub(crate) fn filler(string: &Ident) -> String {
    format!("{}_with", string.unraw())
}

/// The method of the view that gives a string with its NUL.
pub(crate) fn c_str(string: &Ident) -> String {
    format!("{}_c_str", string.unraw())
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

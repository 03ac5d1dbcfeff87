//! What a struct may hold that is fixed, a key or a row.

use crate::errors::Errors;
use crate::model::{Form, Message, SlotKind};

pub(super) fn check(message: &Message, errors: &mut Errors) {
    match message.form {
        Form::Fixed => fixed(message, errors),
        Form::Row => row(message, errors),
        Form::Header | Form::Key => {}
    }
    lengths(message, errors);
    let tables = message.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::Table { .. }));
    for second in tables.skip(1) {
        errors.push(second.name.span(), format!("`{}` is a second table; a message has one", second.name));
    }
    if let (Some((table, _)), Some((list, _))) = (message.table(), message.list()) {
        errors.push(
            table.name.span(),
            format!("`{}` is a table beside the list `{}`; make it part of the items", table.name, list.name),
        );
    }
    if let Some(span) = message.exact_end
        && message.strings().next().is_none()
        && message.table().is_none()
    {
        errors.push(span, "`end = exact` speaks of strings; there are none here");
    }
    if let Some(span) = message.string_rules.no_nul
        && message.strings().next().is_none()
    {
        errors.push(span, "`no_nul` speaks of strings; there are none here");
    }
    if let Some((table, _)) = message.table()
        && message.exact_end.is_none()
    {
        let name = &table.name;
        errors.push(
            name.span(),
            format!("`{name}` is a table, and the message ends where that ends; add `end = exact`"),
        );
    }
}

/// A key is one string.
pub(super) fn key(message: &Message, errors: &mut Errors) {
    if message.strings().next().is_none() {
        errors.push(message.ident.span(), "a key is a struct with one field, a `WireString`");
    }
    for second in message.strings().skip(1) {
        let name = &second.name;
        errors.push(
            name.span(),
            format!("`{name}` is a second string; a key is one `WireString` and nothing else"),
        );
    }
    for slot in message.slots.iter().filter(|slot| !slot.is_field()) {
        errors.push(slot.name.span(), "a key is its string and nothing else; leave this out");
    }
    lengths(message, errors);
}

fn fixed(message: &Message, errors: &mut Errors) {
    for slot in message.slots.iter().filter(|slot| {
        matches!(slot.kind, SlotKind::String(_) | SlotKind::List { .. } | SlotKind::Table { .. })
    }) {
        errors.push(slot.name.span(), format!("`{}` varies, and a `fixed` struct does not", slot.name));
    }
}

fn row(message: &Message, errors: &mut Errors) {
    if message.slots.is_empty() {
        errors.push(message.ident.span(), "a row has one string at least");
    }
    for slot in message.slots.iter().filter(|slot| !matches!(slot.kind, SlotKind::String(_))) {
        let what = if slot.is_field() { format!("`{}` is no string; a", slot.name) } else { "a".to_owned() };
        errors.push(slot.name.span(), format!("{what} row has nothing but strings"));
    }
}

fn lengths(message: &Message, errors: &mut Errors) {
    for slot in message.strings() {
        if let SlotKind::String(text) = slot.kind
            && let (Some(min), Some(max)) = (text.min, text.max)
            && min.value > max.value
        {
            errors.push(min.span, format!("`min` is more than `max`, {}", max.value));
        }
    }
}

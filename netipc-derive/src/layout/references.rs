//! Do rules and lookups speak of fields that are there, and of values that these can have?

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::{Integer, LookupItem, Message, Requirement, Slot, SlotKind, Text, Value};

pub(super) fn check(message: &Message, errors: &mut Errors) {
    for rule in &message.rules {
        for condition in &rule.conditions {
            if let Some(slot) = field(message, &condition.field, errors) {
                comparable(slot, &condition.value, false, errors);
            }
        }
        for requirement in &rule.requirements {
            if let Some(slot) = field(message, &requirement.field, errors) {
                comparable(slot, &requirement.value, true, errors);
            }
        }
    }
    if let Some(lookup) = &message.lookup
        && !message.list().is_some_and(|(slot, _)| matches!(slot.kind, SlotKind::List { ordered: true, .. }))
    {
        errors.push(lookup.keys.span(), "a lookup has a list of items: a field with `directory = ordered`");
    }
    if let Some(snapshot) = &message.snapshot {
        if message.list().is_none_or(|(slot, _)| slot.name.unraw() != snapshot.items.unraw()) {
            errors.push(
                snapshot.items.span(),
                format!(
                    "`{}` is no list of `{}`: a field that is a `Vec` of items",
                    snapshot.items, message.ident
                ),
            );
        }
        if let Some(generation) = &snapshot.generation
            && let Some(slot) = field(message, generation, errors)
            && !matches!(slot.kind, SlotKind::Integer(Integer { signed: false, .. }))
        {
            errors.push(
                generation.span(),
                format!("`{generation}` is no u8, u16, u32 or u64, as a generation is"),
            );
        }
    }
    if let Some(item) = &message.lookup_item {
        markers(message, item, errors);
        for echo in &item.echo {
            field(message, echo, errors);
        }
        if let Some(status) = field(message, &item.status, errors)
            && !matches!(status.kind, SlotKind::Enum(..))
        {
            errors.push(item.status.span(), format!("`{}` is no enum; a status has `repr = …`", item.status));
        }
    }
}

/// Markers are made of the key and of nothing else: no rule asks more of them.
fn markers(message: &Message, item: &LookupItem, errors: &mut Errors) {
    let [exceeded, oversized] = [&item.payload_exceeded, &item.oversized_item];
    for slot in message.strings().filter(|slot| !item.echo.contains(&slot.name)) {
        let SlotKind::String(Text { min: Some(min), .. }) = slot.kind else { continue };
        if min.value > 0 {
            let name = &slot.name;
            errors.push(
                min.span,
                format!("`{name}` is empty in an item with `{exceeded}`, so that `min` rejects it; say it in a rule for the other items"),
            );
        }
    }
    for rule in &message.rules {
        if item.rule_holds(rule, exceeded) != item.rule_holds(rule, oversized) {
            let Some(Requirement { field, .. }) = rule.requirements.first() else { continue };
            errors.push(
                field.span(),
                format!("this rule tells `{exceeded}` from `{oversized}`; items with either look the same"),
            );
        } else if item.rule_holds(rule, exceeded) {
            for Requirement { field, value } in &rule.requirements {
                if matches!(value, Value::Name(word) if word == "not_empty") && !item.echo.contains(field) {
                    errors.push(
                        value.span(),
                        format!("`{field}` is empty in an item with `{exceeded}`, so that this rule rejects it; leave such items out of the rule"),
                    );
                }
            }
        }
    }
}

fn field<'a>(message: &'a Message, name: &Ident, errors: &mut Errors) -> Option<&'a Slot> {
    let found = message.slot(name).filter(|slot| slot.is_field());
    if found.is_none() {
        errors.push(name.span(), format!("`{}` has no field `{name}`", message.ident));
    }
    found
}

fn comparable(slot: &Slot, value: &Value, required: bool, errors: &mut Errors) {
    let name = &slot.name;
    let problem = match (&slot.kind, value) {
        (SlotKind::Enum(..), Value::Name(word)) if word != "empty" && word != "not_empty" => return,
        (SlotKind::Integer(integer), Value::Number(value, _)) if *value <= integer.max() => return,
        (SlotKind::String(_) | SlotKind::Table { .. }, Value::Name(word))
            if required && (word == "empty" || word == "not_empty") =>
        {
            return;
        }
        (SlotKind::Enum(..), _) => format!("`{name}` is an enum; compare it with a variant"),
        (SlotKind::Integer(_), Value::Number(..)) => format!("`{name}` is never so large"),
        (SlotKind::Integer(_), _) => format!("`{name}` is an integer; compare it with a number"),
        (SlotKind::String(_) | SlotKind::Table { .. }, _) if required => {
            format!("of `{name}` a rule can say that it is `empty` or `not_empty`")
        }
        _ => format!("a condition compares integers and enums, and `{name}` is neither"),
    };
    errors.push(value.span(), problem);
}

//! Do the slots describe every byte of the header once?

mod form;
mod references;

use crate::errors::Errors;
use crate::model::{Form, Message, Number, Slot, SlotKind, Text};

/// Orders the slots by position and reports what does not add up.
pub(crate) fn check(message: &mut Message, errors: &mut Errors) {
    if message.form == Form::Key {
        return form::key(message, errors);
    }
    message.slots.sort_by_key(|slot| (slot.at.value, slot.size));
    inside(message, errors);
    overlaps(message, errors);
    // With an overlap, or a field that sticks out, what is missing says nothing new.
    if errors.is_empty() {
        holes(message, errors);
    }
    tail(message, errors);
    form::check(message, errors);
    references::check(message, errors);
}

/// Nothing ends behind the header.
fn inside(message: &Message, errors: &mut Errors) {
    let header = message.header.value;
    for slot in message.slots.iter().filter(|slot| slot.end() > header) {
        let longer = format!("write `header = {}`", slot.end());
        let remedy = match header.checked_sub(slot.size) {
            Some(last) => format!("let it begin at {last} or earlier, or {longer}"),
            None => longer,
        };
        let at = slot.at.value;
        errors.push(
            slot.at.span,
            format!("{} at {at}, which is outside of the {header}-byte header; {remedy}", describe(slot)),
        );
    }
}

/// No byte belongs to two slots.
fn overlaps(message: &Message, errors: &mut Errors) {
    let mut covered: Option<&Slot> = None;
    for slot in &message.slots {
        if let Some(other) = covered.filter(|other| other.end() > slot.at.value) {
            let free = next_free(message, slot);
            let longer = match free + slot.size {
                end if end > message.header.value => format!(", with `header = {end}`"),
                _ => String::new(),
            };
            errors.push(
                slot.at.span,
                format!(
                    "{} at {}, which overlaps `{}` ({}..{}); the next free offset is {free}{longer}",
                    describe(slot),
                    slot.at.value,
                    plain(other),
                    other.at.value,
                    other.end(),
                ),
            );
        }
        if covered.is_none_or(|other| other.end() < slot.end()) {
            covered = Some(slot);
        }
    }
}

/// Every byte belongs to a slot.
fn holes(message: &Message, errors: &mut Errors) {
    let header = message.header.value;
    let mut end = 0;
    let ends = message.slots.iter().map(|slot| (slot.at.value, slot.end())).chain([(header, header)]);
    for (start, next_end) in ends {
        if start > end {
            let len = start - end;
            let belong = match len {
                1 => format!("byte {end} of the {header}-byte header belongs"),
                _ => format!("bytes {end}..{start} of the {header}-byte header belong"),
            };
            errors.push(
                message.header.span,
                format!("{belong} to no field; add `reserved(at = {end}, len = {len})` or a field"),
            );
        }
        end = end.max(next_end);
    }
}

/// What follows the header is one thing, and where a layout fixes a string's offset, the encoder can put it there.
fn tail(message: &Message, errors: &mut Errors) {
    let lists: Vec<_> =
        message.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::List { .. })).collect();
    for second in lists.iter().skip(1) {
        errors.push(second.name.span(), format!("`{}` is a second list; a message has one", second.name));
    }
    if let [list, ..] = lists.as_slice() {
        for string in message.strings() {
            errors.push(
                string.name.span(),
                format!(
                    "`{}` is a string beside the list `{}`; behind a header come strings or a list, so make strings part of the items",
                    string.name, list.name,
                ),
            );
        }
    }
    if let Some(span) = message.string_rules.disjoint
        && message.strings().count() < 2
    {
        errors.push(span, "`disjoint` speaks of two strings or more");
    }
    for (index, string) in message.strings().enumerate() {
        if let SlotKind::String(Text { offset: Some(Number { value, span }), .. }) = string.kind {
            if index > 0 {
                errors.push(span, "only the first string has a fixed place; the next one follows its NUL");
            } else if value != message.header.value {
                errors.push(
                    span,
                    format!("the first string follows the header: `offset = {}`", message.header.value),
                );
            }
        }
    }
}

/// The first offset from which the slot would meet no other one.
fn next_free(message: &Message, slot: &Slot) -> usize {
    let others = || message.slots.iter().filter(|other| !std::ptr::eq(*other, slot));
    let is_free = |at: usize| others().all(|other| other.end() <= at || at + slot.size <= other.at.value);
    let mut ends: Vec<_> = others().map(Slot::end).collect();
    ends.sort_unstable();
    // Behind the last one there is room.
    ends.into_iter().find(|at| is_free(*at)).unwrap_or_default()
}

fn plain(slot: &Slot) -> String {
    match slot.kind {
        SlotKind::Reserved => "reserved".to_owned(),
        _ => slot.name.to_string(),
    }
}

fn describe(slot: &Slot) -> String {
    let bytes = if slot.size == 1 { "byte" } else { "bytes" };
    match slot.kind {
        SlotKind::List { .. } | SlotKind::Table { .. } => {
            format!("the count of `{}` is {} {bytes}", slot.name, slot.size)
        }
        _ => format!("`{}` is {} {bytes}", plain(slot), slot.size),
    }
}

//! `snapshot(…)`: what makes a message a data set whose items are looked up by a key.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;

use super::arguments::once;
use super::named::{FieldNames, Missing, each_named};
use crate::errors::Errors;
use crate::model::Snapshot;

const SNAPSHOT: &str = "snapshot(items = list, key = (field, field))";

/// `items = list, key = field`, or `key = (field, field)`, and perhaps `generation = field`
pub(super) fn snapshot(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> Snapshot {
    let (mut items, mut key, mut generation) = (None, None, None);
    let result = each_named(meta, SNAPSHOT, |name, content| {
        match name.to_string().as_str() {
            "items" => once(&mut items, content.parse()?, name, errors),
            "key" => once(&mut key, content.parse::<FieldNames>()?, name, errors),
            "generation" => once(&mut generation, content.parse()?, name, errors),
            _ => return Ok(false),
        }
        Ok(true)
    });
    if let Some(key) = &key {
        if key.names.is_empty() {
            errors.push(key.span, "a key has one field of the item at least");
        }
        for (index, field) in key.names.iter().enumerate() {
            if key.names.iter().take(index).any(|other| other.unraw() == field.unraw()) {
                errors.push(field.span(), format!("`{field}` is in the key twice"));
            }
        }
    }
    let mut missing = Missing::new(meta, SNAPSHOT, result, errors);
    Snapshot { items: missing.or(items, "items"), key: missing.or(key, "key").names, generation }
}

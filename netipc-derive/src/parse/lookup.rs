//! `lookup(…)` and `lookup_item(…)`: what makes a message the response of a lookup, or an item of one.

use syn::meta::ParseNestedMeta;

use super::arguments::once;
use super::named::{FieldNames, Missing, each_named};
use crate::errors::Errors;
use crate::model::{Lookup, LookupItem};

const LOOKUP: &str = "lookup(request = Type, keys = list)";
const LOOKUP_ITEM: &str = "lookup_item(key = Type, echo = field, status = field, payload_exceeded = Variant, oversized_item = Variant)";

/// `request = Type, keys = list`
pub(super) fn lookup(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> Lookup {
    let (mut request, mut keys) = (None, None);
    let result = each_named(meta, LOOKUP, |name, content| {
        match name.to_string().as_str() {
            "request" => once(&mut request, content.parse()?, name, errors),
            "keys" => once(&mut keys, content.parse()?, name, errors),
            _ => return Ok(false),
        }
        Ok(true)
    });
    let mut missing = Missing::new(meta, LOOKUP, result, errors);
    Lookup { request: missing.or(request, "request"), keys: missing.or(keys, "keys") }
}

/// `key = Type, echo = field, status = field, payload_exceeded = Variant, oversized_item = Variant`
pub(super) fn lookup_item(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> LookupItem {
    let (mut key, mut echo, mut status) = (None, None, None);
    let (mut payload_exceeded, mut oversized_item) = (None, None);
    let result = each_named(meta, LOOKUP_ITEM, |name, content| {
        match name.to_string().as_str() {
            "key" => once(&mut key, content.parse()?, name, errors),
            "echo" => once(&mut echo, content.parse::<FieldNames>()?, name, errors),
            "status" => once(&mut status, content.parse()?, name, errors),
            "payload_exceeded" => once(&mut payload_exceeded, content.parse()?, name, errors),
            "oversized_item" => once(&mut oversized_item, content.parse()?, name, errors),
            _ => return Ok(false),
        }
        Ok(true)
    });
    if let Some(echo) = echo.as_ref().filter(|echo| echo.names.is_empty()) {
        errors.push(echo.span, "an item echoes its key: one field of it at least");
    }
    let mut missing = Missing::new(meta, LOOKUP_ITEM, result, errors);
    let item = LookupItem {
        key: missing.or(key, "key"),
        echo: missing.or(echo, "echo").names,
        status: missing.or(status, "status"),
        payload_exceeded: missing.or(payload_exceeded, "payload_exceeded"),
        oversized_item: missing.or(oversized_item, "oversized_item"),
    };
    if missing.legible && item.payload_exceeded == item.oversized_item {
        errors.push(
            item.oversized_item.span(),
            format!(
                "`{}` cannot mean both: the client asks again after one, and not after the other",
                item.oversized_item
            ),
        );
    }
    item
}

//! Numbers in attributes.

use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{LitInt, Result};

use crate::model::Number;

/// `= N`.
pub(super) fn value(meta: &ParseNestedMeta<'_>) -> Result<Number> {
    literal(meta.value()?)
}

/// `N`.
pub(super) fn literal(input: ParseStream<'_>) -> Result<Number> {
    let literal: LitInt = input.parse()?;
    // Offsets and lengths of payloads are u32, and the host that compiles has at least these.
    let value: u32 = literal.base10_parse()?;
    Ok(Number { value: value as usize, span: literal.span() })
}

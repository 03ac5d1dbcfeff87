//! `rule(…)`: what fields have to do with one another.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Lit, Result, Token};

use super::arguments::{number, or_form};
use crate::model::{Condition, Requirement, Rule, Value};

pub(super) const FORM: &str = "rule(field == Variant => field = value, field = empty)";

/// `condition && condition => requirement, requirement`
pub(super) fn rule(content: ParseStream<'_>) -> Result<Rule> {
    let mut conditions = vec![condition(content)?];
    while content.peek(Token![&&]) {
        content.parse::<Token![&&]>()?;
        conditions.push(condition(content)?);
    }
    or_form(content.parse::<Token![=>]>(), FORM)?;
    let mut requirements = vec![requirement(content)?];
    while content.peek(Token![,]) && content.peek2(syn::Ident) {
        content.parse::<Token![,]>()?;
        requirements.push(requirement(content)?);
    }
    let text = conditions.iter().map(Condition::text).collect::<Vec<_>>().join(" && ");
    Ok(Rule { text, conditions, requirements })
}

/// `field == value` or `field != value`
fn condition(content: ParseStream<'_>) -> Result<Condition> {
    let field = or_form(content.parse(), FORM)?;
    let equal = content.peek(Token![==]);
    if equal {
        content.parse::<Token![==]>()?;
    } else {
        or_form(content.parse::<Token![!=]>(), FORM)?;
    }
    Ok(Condition { field, equal, value: value(content)? })
}

/// `field = value`
fn requirement(content: ParseStream<'_>) -> Result<Requirement> {
    let field = or_form(content.parse(), FORM)?;
    or_form(content.parse::<Token![=]>(), FORM)?;
    Ok(Requirement { field, value: value(content)? })
}

fn value(content: ParseStream<'_>) -> Result<Value> {
    if content.peek(Lit) {
        let (value, span) = number(content, u64::MAX)?;
        return Ok(Value::Number(value, span));
    }
    Ok(Value::Name(or_form(content.parse::<Ident>(), FORM)?))
}

impl Condition {
    fn text(&self) -> String {
        format!("{} {} {}", self.field, if self.equal { "==" } else { "!=" }, self.value.text())
    }
}

impl Value {
    /// As it was written.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Name(name) => name.to_token_stream().to_string(),
            Self::Number(value, _) => value.to_string(),
        }
    }
}

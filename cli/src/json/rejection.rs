//! Why bytes, or a value, were rejected: one form for the errors of all layers.

use std::fmt;

use netipc::codec::{Class, Rule};
use netipc::transport::BatchError;
use netipc::{DecodeError, EncodeError};
use netipc_wire::DirectoryError;
use serde_json::{Map, Value};

use super::envelope::Rejected;

/// A rejection: the contract's class, and what it was that broke which rule.
#[derive(Debug)]
pub(crate) struct Rejection {
    pub(super) class: Class,
    rule: String,
    field: Option<&'static str>,
    at: Option<usize>,
    item: Option<u32>,
    /// The error in its own words.
    sentence: String,
}

impl Rejection {
    /// The rejection for programs. `field` and `at` are null where it is nothing in particular; `item` is only there
    /// where it is an item.
    pub(crate) fn json(&self) -> Value {
        let mut json = Map::new();
        json.insert("error".into(), self.class.name().into());
        json.insert("rule".into(), self.rule.as_str().into());
        json.insert("field".into(), self.field.into());
        json.insert("at".into(), self.at.into());
        if let Some(item) = self.item {
            json.insert("item".into(), item.into());
        }
        json.into()
    }

    /// An error that speaks of the whole.
    fn of_all(class: Class, error: impl fmt::Display) -> Self {
        let rule = error.to_string();
        let sentence = format!("{class}: {rule}");
        Self { class, rule, field: None, at: None, item: None, sentence }
    }

    /// Another number of items than was announced.
    pub(super) fn item_count(announced: u32, found: usize) -> Self {
        Self::of_all(Class::BadItemCount, format_args!("{announced} items were announced, there are {found}"))
    }

    /// A directory's entries do not fit in the bytes.
    pub(super) fn short_directory(needed: u64, found: usize) -> Self {
        let rule = format_args!("the directory has {needed} bytes, there are {found}");
        Self { field: Some("directory"), at: Some(0), ..Self::of_all(Class::Truncated, rule) }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl From<DecodeError> for Rejection {
    fn from(error: DecodeError) -> Self {
        Self {
            class: error.class(),
            rule: error.rule().to_string(),
            field: Some(error.field()).filter(|field| !field.is_empty()),
            at: Some(error.at()),
            item: error.item(),
            sentence: error.to_string(),
        }
    }
}

impl From<EncodeError> for Rejection {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Rule(error) => error.into(),
            EncodeError::TooManyRows { field, .. } => {
                Self { field: Some(field), ..Self::of_all(Class::Overflow, error) }
            }
            EncodeError::ItemCount { .. } => Self::of_all(Class::BadItemCount, error),
            EncodeError::WrongEcho { .. } => Self::of_all(Class::BadLayout, error),
            // What is left is that it does not fit, which says so itself.
            _ => Self { sentence: error.to_string(), ..Self::of_all(Class::Overflow, error) },
        }
    }
}

/// Positions count from the start of the directory, which is that of the payload here.
impl From<DirectoryError> for Rejection {
    fn from(error: DirectoryError) -> Self {
        Self {
            field: Some("directory"),
            at: Some(error.at),
            item: Some(error.index),
            ..Self::of_all(error.class(), error)
        }
    }
}

impl From<BatchError> for Rejection {
    fn from(error: BatchError) -> Self {
        Self::of_all(Class::Overflow, error)
    }
}

impl From<Rejected> for Rejection {
    fn from(Rejected { error, len, fixed }: Rejected) -> Self {
        let field = Some(error.field());
        let found = error.found();
        let place = fixed.iter().find(|place| Some(place.field) == field);
        let rule = match place.map(|place| place.value) {
            None => Rule::HeaderLength { needed: len, found: usize::try_from(found).unwrap_or(usize::MAX) },
            Some(Some(expected)) => Rule::Constant { expected, found },
            Some(None) => Rule::Unlisted { found },
        };
        Self {
            class: error.class(),
            rule: rule.to_string(),
            field: place.map(|place| place.field),
            at: Some(place.map_or(0, |place| place.at)),
            item: None,
            sentence: error.to_string(),
        }
    }
}

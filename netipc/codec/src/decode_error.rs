//! Why a payload was rejected.

use core::fmt;

use netipc_wire::{Class, DirectoryError, DirectoryFault, Order};

/// The rule that a payload breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Shorter than the fixed header.
    HeaderLength {
        /// Bytes that the header has.
        needed: usize,
        /// Bytes that there are.
        found: usize,
    },
    /// A field that the layout fixes has another value.
    Constant {
        /// What the layout says.
        expected: u64,
        /// What stands there.
        found: u64,
    },
    /// A reserved byte is not 0.
    Reserved,
    /// A string is not where the layout puts it.
    StringPlace {
        /// The offset that the layout fixes.
        expected: u32,
        /// The offset that stands there.
        found: u32,
    },
    /// A string's offset points into the fixed header.
    StringInHeader {
        /// The offset that stands there.
        offset: u32,
    },
    /// A string, its NUL included, ends outside of the payload or the item.
    StringBounds {
        /// The offset that stands there.
        offset: u32,
        /// The length that stands there.
        length: u32,
    },
    /// No NUL behind a string.
    StringTerminator,
    /// A NUL inside a string that may have none.
    StringInnerNul,
    /// A string is shorter or longer than the layout allows.
    StringLength {
        /// The shortest that is allowed.
        min: u32,
        /// The longest that is allowed.
        max: u32,
        /// The length that stands there.
        found: u32,
    },
    /// A value that the enum does not list.
    Unlisted {
        /// What stands there.
        found: u64,
    },
    /// A rule between fields, as the layout words it.
    Between(&'static str),
    /// A table does not fit in its item.
    TableBounds,
    /// A byte before a table is not 0.
    TablePadding,
    /// The item does not end where its content does.
    ItemEnd {
        /// Where its content ends, counted from its start.
        expected: usize,
    },
    /// Two strings share bytes.
    StringsOverlap {
        /// The other string.
        other: &'static str,
    },
    /// A directory's entries are longer than the payload.
    DirectoryLength,
    /// An item's offset is not a multiple of 8.
    ItemAlignment,
    /// An item is shorter than its fixed header.
    ItemLength,
    /// An item is longer than its kind can be or, in an ordered directory, shorter.
    ItemSize,
    /// An item ends outside of the payload.
    ItemBounds,
    /// An item begins before the end of the one before it.
    ItemOrder,
    /// Items that share bytes, where each is searched from end to end, are together longer than the bytes that
    /// hold them: checking them would take more time than the payload's length allows.
    ItemsShared,
}

impl Rule {
    /// The contract's class of a payload that breaks this rule.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::HeaderLength { .. } | Self::DirectoryLength | Self::ItemLength => Class::Truncated,
            Self::Constant { .. }
            | Self::Reserved
            | Self::StringPlace { .. }
            | Self::StringsOverlap { .. }
            | Self::StringInnerNul
            | Self::StringLength { .. }
            | Self::Unlisted { .. }
            | Self::Between(_)
            | Self::TableBounds
            | Self::TablePadding
            | Self::ItemEnd { .. }
            | Self::ItemSize
            | Self::ItemOrder
            | Self::ItemsShared => Class::BadLayout,
            Self::StringInHeader { .. } | Self::StringBounds { .. } | Self::ItemBounds => Class::OutOfBounds,
            Self::ItemAlignment => Class::Misaligned,
            Self::StringTerminator => Class::MissingNul,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::HeaderLength { needed, found } => {
                write!(f, "{needed} bytes are needed for the fixed header, found: {found}")
            }
            Self::Constant { expected, found } => write!(f, "must be {expected}, is {found}"),
            Self::Reserved => f.write_str("reserved bytes must be 0"),
            Self::StringPlace { expected, found } => {
                write!(f, "the string begins at offset {expected}, not at {found}")
            }
            Self::StringInHeader { offset } => write!(f, "offset {offset} points into the fixed header"),
            Self::StringBounds { offset, length } => {
                write!(f, "{length} bytes and a NUL at offset {offset} do not fit in what there is")
            }
            Self::StringTerminator => f.write_str("no NUL behind the string"),
            Self::StringInnerNul => f.write_str("a NUL inside the string"),
            Self::StringLength { min, max: u32::MAX, found } => {
                write!(f, "the string has {found} bytes, {min} or more are needed")
            }
            Self::StringLength { min, max, found } => {
                write!(f, "the string has {found} bytes, not {min} to {max}")
            }
            Self::Unlisted { found } => write!(f, "{found} is not a listed value"),
            Self::Between(rule) => write!(f, "breaks the rule `{rule}`"),
            Self::TableBounds => f.write_str("the table does not fit in the item"),
            Self::TablePadding => f.write_str("the bytes before the table must be 0"),
            Self::ItemEnd { expected } => {
                write!(f, "the item's content ends at {expected} and the item does not")
            }
            Self::StringsOverlap { other } => write!(f, "shares bytes with `{other}`"),
            Self::DirectoryLength => f.write_str("the directory is longer than the payload"),
            Self::ItemAlignment => f.write_str("the item's offset is not a multiple of 8"),
            Self::ItemLength => f.write_str("the item is shorter than its fixed header"),
            Self::ItemSize => f.write_str("the item has a length that its kind cannot have"),
            Self::ItemBounds => f.write_str("the item ends outside of the payload"),
            Self::ItemOrder => f.write_str("the item begins before the end of the one before it"),
            Self::ItemsShared => {
                f.write_str("the items share bytes, and are together longer than all of them")
            }
        }
    }
}

/// A payload was rejected: the rule it breaks, the field, and the byte, so that a person can find it in a hex dump.
///
/// ```
/// # use netipc_codec::{Class, WireMessage};
/// # #[derive(WireMessage)]
/// # #[wire(crate = netipc_codec, header = 4, constant(layout_version: u16 = 1, at = 0), reserved(at = 2, len = 2))]
/// # struct Request {}
/// let error = Request::decode(&[2, 0, 0, 0]).unwrap_err();
/// assert_eq!(error.class(), Class::BadLayout);
/// assert_eq!(error.to_string(), "bad layout: `Request.layout_version` at byte 0: must be 1, is 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    rule: Rule,
    message: &'static str,
    field: &'static str,
    at: usize,
    item: Option<u32>,
}

impl DecodeError {
    pub(crate) const fn new(rule: Rule, message: &'static str, field: &'static str, at: usize) -> Self {
        Self { rule, message, field, at, item: None }
    }

    /// The error of an item, told of the payload that holds it: `base` is where the item begins.
    pub(crate) const fn in_item(self, index: u32, base: usize) -> Self {
        Self { at: base.saturating_add(self.at), item: Some(index), ..self }
    }

    pub(crate) const fn of_directory(
        error: DirectoryError,
        message: &'static str,
        field: &'static str,
        base: usize,
        order: Order,
    ) -> Self {
        let rule = match error.fault {
            DirectoryFault::TooLong => Rule::ItemSize,
            DirectoryFault::TooShort if matches!(order, Order::Ascending) => Rule::ItemSize,
            DirectoryFault::Misaligned => Rule::ItemAlignment,
            DirectoryFault::TooShort => Rule::ItemLength,
            DirectoryFault::OutOfBounds => Rule::ItemBounds,
            DirectoryFault::OutOfOrder => Rule::ItemOrder,
            _ => return Self::new(Rule::DirectoryLength, message, field, base),
        };
        Self { item: Some(error.index), ..Self::new(rule, message, field, base.saturating_add(error.at)) }
    }

    /// The contract's class of the error.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.rule.class()
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The message type that has the field; that of the item, where the field is an item's.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.message
    }

    /// The field that breaks the rule; empty where it is the message as a whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// The byte where that field, or its directory entry, begins, counted from the start of the payload.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The index of the item, where the error is one of an item or of its directory entry.
    #[must_use]
    pub const fn item(&self) -> Option<u32> {
        self.item
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}", self.class(), self.message)?;
        if !self.field.is_empty() {
            write!(f, ".{}", self.field)?;
        }
        f.write_str("`")?;
        if let Some(index) = self.item {
            write!(f, " of item {index}")?;
        }
        write!(f, " at byte {}: {}", self.at, self.rule)
    }
}

impl core::error::Error for DecodeError {}

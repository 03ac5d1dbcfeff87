//! A message, as its struct describes it.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Path, Type, Visibility};

/// A struct and its layout.
pub(crate) struct Message {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) doc: String,
    /// The path to what generated code stands on.
    pub(crate) root: TokenStream,
    pub(crate) method: Option<u16>,
    pub(crate) header: Number,
    /// All of the header; after the layout check in order of position.
    pub(crate) slots: Vec<Slot>,
    pub(crate) form: Form,
    pub(crate) string_rules: StringRules,
    /// The span of `end = exact`, where it is said.
    pub(crate) exact_end: Option<Span>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) lookup: Option<Lookup>,
    pub(crate) lookup_item: Option<LookupItem>,
    pub(crate) snapshot: Option<Snapshot>,
    /// Whether there were no mistakes. If there were, types, names and signatures are made all the same, with nothing
    /// in them, so that one mistake brings no further errors wherever the message is used.
    pub(crate) sound: bool,
}

/// What a struct stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A fixed header, and what follows it.
    Header,
    /// The same, and nothing follows: as an item of a list it has exactly the header's length.
    Fixed,
    /// One string and its NUL, which the length of a directory entry counts.
    Key,
    /// A row of a table.
    Row,
}

/// What holds for all strings of a message: the spans of the words that say so.
#[derive(Clone, Copy, Default)]
pub(crate) struct StringRules {
    /// No two of them share bytes.
    pub(crate) disjoint: Option<Span>,
    /// None has a NUL inside.
    pub(crate) no_nul: Option<Span>,
}

/// A rule between fields: where the conditions hold, so must the requirements.
pub(crate) struct Rule {
    /// As it was written.
    pub(crate) text: String,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) requirements: Vec<Requirement>,
}

/// `field == value` or `field != value`.
pub(crate) struct Condition {
    pub(crate) field: Ident,
    pub(crate) equal: bool,
    pub(crate) value: Value,
}

/// `field = value`.
pub(crate) struct Requirement {
    pub(crate) field: Ident,
    pub(crate) value: Value,
}

/// What a field is compared with.
pub(crate) enum Value {
    /// A variant of the field's enum; `empty` or `not_empty` of a string or a table.
    Name(Ident),
    Number(u64, Span),
}

/// `lookup(request = Type, keys = list)`: the response of a lookup.
pub(crate) struct Lookup {
    pub(crate) request: Path,
    pub(crate) keys: Ident,
}

/// `lookup_item(…)`: an item of such a response.
pub(crate) struct LookupItem {
    pub(crate) key: Path,
    /// The fields that repeat the key.
    pub(crate) echo: Vec<Ident>,
    pub(crate) status: Ident,
    pub(crate) payload_exceeded: Ident,
    pub(crate) oversized_item: Ident,
}

/// `snapshot(items = list, key = (field, field), generation = field)`: a whole data set, whose items are looked up by a key.
pub(crate) struct Snapshot {
    pub(crate) items: Ident,
    /// The fields of an item that tell it from the others.
    pub(crate) key: Vec<Ident>,
    pub(crate) generation: Option<Ident>,
}

/// A number and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    pub(crate) value: usize,
    pub(crate) span: Span,
}

/// Some bytes of the header.
pub(crate) struct Slot {
    pub(crate) name: Ident,
    pub(crate) vis: Visibility,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) at: Number,
    pub(crate) size: usize,
    pub(crate) kind: SlotKind,
}

/// What they are.
pub(crate) enum SlotKind {
    Integer(Integer),
    Constant(Integer, u64),
    Reserved,
    /// An integer whose values have names.
    Enum(Integer, Box<Type>),
    String(Text),
    /// The number of items of the list behind the header.
    List {
        item: Box<Type>,
        ordered: bool,
    },
    /// The number of rows of the table behind the strings.
    Table {
        row: Box<Type>,
        count: Integer,
        align: usize,
    },
    /// A field of a type that no layout knows. There is none in a sound message.
    Illegible(Box<Type>),
}

/// A string.
#[derive(Clone, Copy, Default)]
pub(crate) struct Text {
    /// The offset that the layout fixes.
    pub(crate) offset: Option<Number>,
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
}

/// An integer type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Integer {
    pub(crate) size: usize,
    pub(crate) signed: bool,
}

impl Message {
    /// The strings, in the order of their places.
    pub(crate) fn strings(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::String(_)))
    }

    /// The list and the type of its items.
    pub(crate) fn list(&self) -> Option<(&Slot, &Type)> {
        self.slots.iter().find_map(|slot| match &slot.kind {
            SlotKind::List { item, .. } => Some((slot, &**item)),
            _ => None,
        })
    }

    /// The table and the type of its rows.
    pub(crate) fn table(&self) -> Option<(&Slot, &Type)> {
        self.slots.iter().find_map(|slot| match &slot.kind {
            SlotKind::Table { row, .. } => Some((slot, &**row)),
            _ => None,
        })
    }

    /// The slot with this name.
    pub(crate) fn slot(&self, name: &Ident) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == *name)
    }

    /// Whether views and inputs borrow anything besides the header.
    pub(crate) fn has_tail(&self) -> bool {
        self.strings().next().is_some() || self.list().is_some() || self.table().is_some()
    }
}

impl LookupItem {
    /// Whether the conditions of a rule hold for every item with this status.
    pub(crate) fn rule_holds(&self, rule: &Rule, status: &Ident) -> bool {
        rule.conditions.iter().all(|Condition { field, equal, value }| {
            let Value::Name(variant) = value else { return false };
            *field == self.status && (variant == status) == *equal
        })
    }
}

impl Text {
    /// Lengths that are allowed, where not all are.
    pub(crate) fn lengths(&self) -> Option<(u32, u32)> {
        let narrow = |number: Number| u32::try_from(number.value).unwrap_or(u32::MAX);
        let (min, max) = (self.min.map(narrow), self.max.map(narrow));
        (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0), max.unwrap_or(u32::MAX)))
    }
}

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span(),
            Self::Number(_, span) => *span,
        }
    }
}

impl Slot {
    /// Its first byte after the last one.
    pub(crate) fn end(&self) -> usize {
        self.at.value.saturating_add(self.size)
    }

    /// Whether it is a field whose value stands in the header.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self.kind, SlotKind::Integer(_) | SlotKind::Enum(..))
    }

    /// Whether a person wrote it as a field of the struct.
    pub(crate) fn is_field(&self) -> bool {
        !matches!(self.kind, SlotKind::Constant(..) | SlotKind::Reserved)
    }
}

impl Integer {
    pub(crate) const U16: Self = Self { size: 2, signed: false };
    pub(crate) const U32: Self = Self { size: 4, signed: false };

    /// The integer type of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (signed, bits) = match name.split_at_checked(1)? {
            ("u", bits) => (false, bits),
            ("i", bits) => (true, bits),
            _ => return None,
        };
        let size = match bits {
            "8" => 1,
            "16" => 2,
            "32" => 4,
            "64" => 8,
            _ => return None,
        };
        Some(Self { size, signed })
    }

    /// The unsigned integer type of this name.
    pub(crate) fn unsigned(name: &Ident) -> Option<Self> {
        Self::named(&name.to_string()).filter(|integer| !integer.signed)
    }

    /// `u32` and the like.
    pub(crate) fn name(self) -> String {
        format!("{}{}", if self.signed { 'i' } else { 'u' }, self.size * 8)
    }

    /// The largest value.
    pub(crate) fn max(self) -> u64 {
        u64::MAX >> (64 - self.size * 8 + usize::from(self.signed))
    }
}

//! A message, as its struct describes it.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Type, Visibility};

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
    /// The span of `strings(disjoint)`, where it is said.
    pub(crate) disjoint: Option<Span>,
    /// Whether there were no mistakes. If there were, types, names and signatures are made all the same, with nothing
    /// in them, so that one mistake brings no further errors wherever the message is used.
    pub(crate) sound: bool,
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
    String {
        offset: Option<Number>,
    },
    /// The number of items of the list behind the header.
    List {
        item: Box<Type>,
    },
    /// A field of a type that no layout knows. There is none in a sound message.
    Illegible(Box<Type>),
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
        self.slots.iter().filter(|slot| matches!(slot.kind, SlotKind::String { .. }))
    }

    /// The list and the type of its items.
    pub(crate) fn list(&self) -> Option<(&Slot, &Type)> {
        self.slots.iter().find_map(|slot| match &slot.kind {
            SlotKind::List { item } => Some((slot, &**item)),
            _ => None,
        })
    }

    /// Whether views and inputs borrow anything besides the header.
    pub(crate) fn has_tail(&self) -> bool {
        self.strings().next().is_some() || self.list().is_some()
    }
}

impl Slot {
    /// Its first byte after the last one.
    pub(crate) fn end(&self) -> usize {
        self.at.value.saturating_add(self.size)
    }

    /// Whether a person wrote it as a field of the struct.
    pub(crate) fn is_field(&self) -> bool {
        !matches!(self.kind, SlotKind::Constant(..) | SlotKind::Reserved)
    }
}

impl Integer {
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

    /// `u32` and the like.
    pub(crate) fn name(self) -> String {
        format!("{}{}", if self.signed { 'i' } else { 'u' }, self.size * 8)
    }

    /// The largest value of an unsigned one.
    pub(crate) fn max(self) -> u64 {
        u64::MAX >> (64 - self.size * 8)
    }
}

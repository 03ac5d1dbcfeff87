//! A message's bytes, described.

use core::fmt;

use netipc_wire::Order;

/// Every byte of a message: what tables in documentation and tools are printed from. `Display` is such a table.
///
/// ```
/// # use netipc_codec::WireMessage;
/// /// A number.
/// #[derive(WireMessage)]
/// #[wire(crate = netipc_codec, header = 8, reserved(at = 4, len = 4))]
/// struct Number {
///     /// Its value.
///     #[wire(at = 0)]
///     value: u32,
/// }
/// assert_eq!(Number::LAYOUT.header_len, 8);
/// assert_eq!(
///     Number::LAYOUT.to_string(),
///     "Number: 8 bytes\n  at  size  field     kind\n   0     4  value     u32, Its value.\n   4     4  reserved  0\n"
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The struct's name.
    pub name: &'static str,
    /// What its documentation says first.
    pub doc: &'static str,
    /// The method's code, of requests and responses.
    pub method: Option<u16>,
    /// Bytes of the fixed header.
    pub header_len: usize,
    /// All of the header, in order of position, without holes.
    pub fields: &'static [Field],
    /// What follows the header.
    pub tail: Tail,
    /// Rules between fields, as the struct words them.
    pub rules: &'static [&'static str],
}

impl Layout {
    /// Where the header tells the number of items, a u32, of a message with a directory.
    #[must_use]
    pub fn count_at(&self) -> Option<usize> {
        if !matches!(self.tail, Tail::Directory { .. }) {
            return None;
        }
        self.fields.iter().find(|field| matches!(field.kind, FieldKind::Count(_))).map(|field| field.at)
    }
}

/// Some bytes of a fixed header.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field's name; `reserved` for reserved bytes.
    pub name: &'static str,
    /// Its first byte.
    pub at: usize,
    /// Its bytes.
    pub size: usize,
    /// What they mean.
    pub kind: FieldKind,
    /// What its documentation says first.
    pub doc: &'static str,
}

/// What the bytes of a field mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// An unsigned integer.
    Unsigned,
    /// A signed integer.
    Signed,
    /// An unsigned integer that always has this value.
    Constant(u64),
    /// An unsigned integer whose values have names.
    Enum {
        /// The names and their values.
        variants: &'static [(&'static str, u64)],
        /// Whether other values are rejected.
        closed: bool,
    },
    /// Bytes that are 0.
    Reserved,
    /// Offset and length of a string behind the header.
    String {
        /// The offset that it must have, where the layout fixes one.
        place: Option<u32>,
        /// Bytes that it has at least.
        min: u32,
        /// Bytes that it has at most.
        max: u32,
    },
    /// The number of items of the list with this name.
    Count(&'static str),
}

/// What follows a fixed header.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Tail {
    /// Nothing.
    Empty,
    /// The strings, each with its NUL.
    Strings {
        /// Whether decoders check that no two of them share bytes.
        disjoint: bool,
        /// Whether they check that none has a NUL inside.
        no_nul: bool,
        /// The table that follows the strings, and its rows.
        table: Option<(&'static str, &'static Layout)>,
    },
    /// A string and its NUL, and nothing else.
    Key {
        /// The string.
        name: &'static str,
        /// Bytes that it has at least.
        min: u32,
        /// Bytes that it has at most.
        max: u32,
    },
    /// A directory and its items, each at a multiple of 8.
    Directory {
        /// The list's name.
        name: &'static str,
        /// Whether the order of the entries is checked.
        order: Order,
        /// The items.
        item: &'static Layout,
    },
}

impl Tail {
    /// Whether checking it takes time that grows with its length: strings searched for NULs, rows, items.
    pub(crate) const fn is_searched(&self) -> bool {
        match self {
            Self::Empty => false,
            Self::Strings { no_nul, table, .. } => *no_nul || table.is_some(),
            Self::Key { .. } | Self::Directory { .. } => true,
        }
    }
}

impl fmt::Display for Field {
    /// The kind, as a table shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.size * 8;
        match self.kind {
            FieldKind::Unsigned => write!(f, "u{bits}")?,
            FieldKind::Signed => write!(f, "i{bits}")?,
            FieldKind::Constant(value) => write!(f, "u{bits}, const {value}")?,
            FieldKind::Reserved => f.write_str("0")?,
            FieldKind::Enum { variants, closed } => {
                write!(f, "u{bits}")?;
                for (name, value) in variants {
                    write!(f, ", {value} {name}")?;
                }
                f.write_str(if closed { "; no others" } else { "; others are handed on" })?;
            }
            FieldKind::String { place, min, max } => {
                f.write_str("str: u32 offset")?;
                if let Some(place) = place {
                    write!(f, ", always {place}")?;
                }
                f.write_str(", u32 length")?;
                lengths(f, min, max)?;
            }
            FieldKind::Count(list) => write!(f, "u{bits}, number of `{list}`")?,
        }
        if !self.doc.is_empty() {
            write!(f, ", {}", self.doc)?;
        }
        Ok(())
    }
}

/// Lengths that are allowed, where not all are.
fn lengths(f: &mut fmt::Formatter<'_>, min: u32, max: u32) -> fmt::Result {
    match (min, max) {
        (0, u32::MAX) => Ok(()),
        (min, u32::MAX) => write!(f, ", {min} or more"),
        (min, max) => write!(f, ", {min} to {max}"),
    }
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Strings { disjoint, no_nul, table } => {
                f.write_str("then the strings, each with its NUL")?;
                f.write_str(if *no_nul { " and none inside" } else { "" })?;
                f.write_str(if *disjoint { "; no two share bytes" } else { "" })?;
                match table {
                    Some((name, row)) => write!(f, "; then the table `{name}` of {}", row.name),
                    None => Ok(()),
                }
            }
            Self::Key { name, min, max } => {
                write!(f, "`{name}` and a NUL, which the directory's length counts")?;
                lengths(f, *min, *max)
            }
            Self::Directory { name, order, item } => {
                write!(f, "then the directory of `{name}`, and each {} at a multiple of 8", item.name)?;
                f.write_str(if *order == Order::Ascending { ", ascending" } else { "" })
            }
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} bytes", self.name, self.header_len)?;
        if let Some(method) = self.method {
            write!(f, ", method {method}")?;
        }
        let width = self.fields.iter().map(|field| field.name.len()).fold("field".len(), usize::max);
        writeln!(f, "\n  at  size  {:width$}  kind", "field")?;
        for field in self.fields {
            writeln!(f, "{:4}  {:4}  {:width$}  {field}", field.at, field.size, field.name)?;
        }
        for rule in self.rules {
            writeln!(f, "  rule: {rule}")?;
        }
        match self.tail {
            Tail::Empty => Ok(()),
            Tail::Strings { table: Some((_, row)), .. } => write!(f, "  {}\n\n{row}", self.tail),
            Tail::Strings { .. } | Tail::Key { .. } => writeln!(f, "  {}", self.tail),
            Tail::Directory { item, .. } => write!(f, "  {}\n\n{item}", self.tail),
        }
    }
}

//! The classes of rejection that every implementation shares.

use core::fmt;

/// Why bytes were rejected, in the words that all implementations of the contract share (`docs/contract/codec.md`,
/// "Decode rejects"). `Display` gives exactly the contract's name.
///
/// ```
/// assert_eq!(netipc_wire::Class::MissingNul.to_string(), "missing NUL");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Shorter than the fixed header, or a directory longer than its payload.
    Truncated,
    /// A version, flag, reserved byte, status, order or place that the layout does not allow.
    BadLayout,
    /// An offset and length outside of the payload or the item.
    OutOfBounds,
    /// An item offset that is not a multiple of 8.
    Misaligned,
    /// No NUL behind a string.
    MissingNul,
    /// Another number of items than was announced or asked for.
    BadItemCount,
    /// Encoding: it does not fit.
    Overflow,
    /// Not the magic number of this header.
    BadMagic,
    /// A header version other than the one this implementation speaks.
    BadVersion,
    /// A header that announces another length than its own.
    BadHeaderLength,
    /// A message kind that does not exist, or not in this direction.
    BadKind,
}

impl Class {
    /// The contract's name of the class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::BadLayout => "bad layout",
            Self::OutOfBounds => "out of bounds",
            Self::Misaligned => "misaligned",
            Self::MissingNul => "missing NUL",
            Self::BadItemCount => "bad item count",
            Self::Overflow => "overflow",
            Self::BadMagic => "bad magic",
            Self::BadVersion => "bad version",
            Self::BadHeaderLength => "bad header length",
            Self::BadKind => "bad kind",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

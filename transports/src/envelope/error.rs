//! Why bytes are not what they should be.

use std::fmt;

use netipc_wire::Class;

/// A header or handshake payload was rejected: which structure, which field, and what was found there.
///
/// ```
/// use netipc_transport::envelope::MessageHeader;
/// let error = MessageHeader::decode(b"GET / HTTP/1.1\r\nHost: localhost\r\n").unwrap_err();
/// assert_eq!(error.class().name(), "bad magic");
/// assert_eq!(error.field(), "magic");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeError {
    class: Class,
    structure: &'static str,
    field: &'static str,
    found: u64,
}

impl EnvelopeError {
    pub(super) const fn new(class: Class, structure: &'static str, field: &'static str, found: u64) -> Self {
        Self { class, structure, field, found }
    }

    pub(super) const fn truncated(structure: &'static str, len: usize) -> Self {
        Self::new(Class::Truncated, structure, "length", len as u64)
    }

    /// The contract's class of the fault.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The field that was rejected, by the contract's name; "length" where there are too few bytes.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What was rejected: "message header", "chunk header", "HELLO" or "`HELLO_ACK`".
    #[must_use]
    pub const fn structure(&self) -> &'static str {
        self.structure
    }

    /// The value that was found in the field.
    #[must_use]
    pub const fn found(&self) -> u64 {
        self.found
    }
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, structure, field, found } = self;
        if *class == Class::Truncated {
            return write!(f, "{structure}: {class}, {field} is {found}");
        }
        write!(f, "{structure}: {class}, {field} is {found:#x}")
    }
}

impl std::error::Error for EnvelopeError {}

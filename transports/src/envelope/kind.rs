//! What a message is.

use std::fmt;

/// What a message is; its code is a method for the first two and a control opcode for the third.
///
/// Contract: `docs/contract/envelope.md`, "Message header".
///
/// ```
/// use netipc_transport::Kind;
/// assert_eq!(Kind::from_wire(2), Some(Kind::Response));
/// assert_eq!(Kind::from_wire(4), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// From a client to a server.
    Request = 1,
    /// From a server to a client.
    Response = 2,
    /// The handshake, either way.
    Control = 3,
}

impl Kind {
    /// The kind with this number.
    #[must_use]
    #[inline]
    pub const fn from_wire(number: u16) -> Option<Self> {
        match number {
            1 => Some(Self::Request),
            2 => Some(Self::Response),
            3 => Some(Self::Control),
            _ => None,
        }
    }

    /// Its number on the wire.
    #[must_use]
    #[inline]
    pub const fn to_wire(self) -> u16 {
        self as u16
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "REQUEST",
            Self::Response => "RESPONSE",
            Self::Control => "CONTROL",
        })
    }
}

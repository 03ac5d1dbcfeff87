//! The outcome of a message as far as the envelope is concerned.

use std::fmt;

/// The transport status: it speaks of the envelope, never of business outcomes.
///
/// Contract: `docs/contract/envelope.md`, "Message header".
///
/// ```
/// use netipc_transport::Status;
/// assert_eq!(Status::from_wire(5), Status::LimitExceeded);
/// assert_eq!(Status::from_wire(99), Status::Other(99));
/// assert_eq!(Status::Other(99).to_wire(), 99);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// All is well.
    Ok,
    /// Malformed header or payload.
    BadEnvelope,
    /// Token refused.
    AuthFailed,
    /// Version, layout or packet size cannot be agreed.
    Incompatible,
    /// No common profile, or a method that is not served here.
    Unsupported,
    /// Payload or item count over the agreed limit.
    LimitExceeded,
    /// The handler failed, or nothing better fits.
    InternalError,
    /// A number that the contract does not name.
    Other(u16),
}

impl Status {
    /// The status with this number.
    #[must_use]
    #[inline]
    pub const fn from_wire(number: u16) -> Self {
        match number {
            0 => Self::Ok,
            1 => Self::BadEnvelope,
            2 => Self::AuthFailed,
            3 => Self::Incompatible,
            4 => Self::Unsupported,
            5 => Self::LimitExceeded,
            6 => Self::InternalError,
            other => Self::Other(other),
        }
    }

    /// Its number on the wire.
    #[must_use]
    #[inline]
    pub const fn to_wire(self) -> u16 {
        match self {
            Self::Ok => 0,
            Self::BadEnvelope => 1,
            Self::AuthFailed => 2,
            Self::Incompatible => 3,
            Self::Unsupported => 4,
            Self::LimitExceeded => 5,
            Self::InternalError => 6,
            Self::Other(number) => number,
        }
    }

    /// Whether it is [`Status::Ok`].
    #[must_use]
    #[inline]
    pub const fn is_ok(self) -> bool {
        self.to_wire() == 0
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::BadEnvelope => "BAD_ENVELOPE",
            Self::AuthFailed => "AUTH_FAILED",
            Self::Incompatible => "INCOMPATIBLE",
            Self::Unsupported => "UNSUPPORTED",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::Other(number) => return write!(f, "status {number}"),
        })
    }
}

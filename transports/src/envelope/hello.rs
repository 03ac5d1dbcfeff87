//! The client's proposal.
//!
//! ```text
//! at  size  field
//!  0     2  layout_version
//!  2     2  flags = 0
//!  4     4  supported_profiles
//!  8     4  preferred_profiles
//! 12     4  max_request_payload_bytes
//! 16     4  max_request_batch_items
//! 20     4  max_response_payload_bytes
//! 24     4  max_response_batch_items
//! 28     4  padding = 0
//! 32     8  auth_token
//! 40     4  packet_size
//! ```

use std::fmt;
use std::mem::offset_of;

use netipc_wire::Class;
use zerocopy::native_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{EnvelopeError, VERSION};
use crate::Profiles;

const NAME: &str = "HELLO";

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    layout_version: U16,
    flags: U16,
    supported_profiles: U32,
    preferred_profiles: U32,
    max_request_payload_bytes: U32,
    max_request_batch_items: U32,
    max_response_payload_bytes: U32,
    max_response_batch_items: U32,
    padding: U32,
    auth_token: U64,
    packet_size: U32,
}

const _: () = {
    assert!(offset_of!(Wire, layout_version) == 0);
    assert!(offset_of!(Wire, flags) == 2);
    assert!(offset_of!(Wire, supported_profiles) == 4);
    assert!(offset_of!(Wire, preferred_profiles) == 8);
    assert!(offset_of!(Wire, max_request_payload_bytes) == 12);
    assert!(offset_of!(Wire, max_request_batch_items) == 16);
    assert!(offset_of!(Wire, max_response_payload_bytes) == 20);
    assert!(offset_of!(Wire, max_response_batch_items) == 24);
    assert!(offset_of!(Wire, padding) == 28);
    assert!(offset_of!(Wire, auth_token) == 32);
    assert!(offset_of!(Wire, packet_size) == 40);
    assert!(size_of::<Wire>() == Hello::LEN);
};

/// The payload of HELLO, the client's first message. Layout version, flags and padding are always right. `Debug` does
/// not show the token.
///
/// Contract: `docs/contract/envelope.md`, "HELLO".
///
/// ```
/// use netipc_transport::{Profiles, envelope::Hello};
/// let hello = Hello {
///     supported_profiles: Profiles::BASELINE,
///     preferred_profiles: Profiles::NONE,
///     max_request_payload_bytes: 1_024,
///     max_request_batch_items: 1,
///     max_response_payload_bytes: 65_536,
///     max_response_batch_items: 1,
///     auth_token: 42,
///     packet_size: 212_960,
/// };
/// assert_eq!(Hello::decode(&hello.encode()), Ok(hello));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// What the client can carry.
    pub supported_profiles: Profiles,
    /// What it would rather have.
    pub preferred_profiles: Profiles,
    /// What it wants to send at most in one payload.
    pub max_request_payload_bytes: u32,
    /// Items it wants to send at most in one batch.
    pub max_request_batch_items: u32,
    /// A hint.
    pub max_response_payload_bytes: u32,
    /// A hint.
    pub max_response_batch_items: u32,
    /// The caller's token.
    pub auth_token: u64,
    /// The client's packet size.
    pub packet_size: u32,
}

impl Hello {
    /// Bytes of the payload; a longer one is accepted.
    pub const LEN: usize = 44;

    /// Reads the payload.
    ///
    /// # Errors
    /// Too few bytes, another layout version, or flags or padding that are not 0, in this order.
    pub fn decode(payload: &[u8]) -> Result<Self, EnvelopeError> {
        let (wire, _) =
            Wire::ref_from_prefix(payload).map_err(|_| EnvelopeError::truncated(NAME, payload.len()))?;
        let bad_layout = |field, found| Err(EnvelopeError::new(Class::BadLayout, NAME, field, found));
        if wire.layout_version != VERSION {
            return bad_layout("layout_version", wire.layout_version.get().into());
        }
        if wire.flags != 0 {
            return bad_layout("flags", wire.flags.get().into());
        }
        if wire.padding != 0 {
            return bad_layout("padding", wire.padding.get().into());
        }
        Ok(Self {
            supported_profiles: Profiles::from_bits(wire.supported_profiles.get()),
            preferred_profiles: Profiles::from_bits(wire.preferred_profiles.get()),
            max_request_payload_bytes: wire.max_request_payload_bytes.get(),
            max_request_batch_items: wire.max_request_batch_items.get(),
            max_response_payload_bytes: wire.max_response_payload_bytes.get(),
            max_response_batch_items: wire.max_response_batch_items.get(),
            auth_token: wire.auth_token.get(),
            packet_size: wire.packet_size.get(),
        })
    }

    /// The bytes of the payload.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(Wire {
            layout_version: VERSION.into(),
            flags: U16::ZERO,
            supported_profiles: self.supported_profiles.bits().into(),
            preferred_profiles: self.preferred_profiles.bits().into(),
            max_request_payload_bytes: self.max_request_payload_bytes.into(),
            max_request_batch_items: self.max_request_batch_items.into(),
            max_response_payload_bytes: self.max_response_payload_bytes.into(),
            max_response_batch_items: self.max_response_batch_items.into(),
            padding: U32::ZERO,
            auth_token: self.auth_token.into(),
            packet_size: self.packet_size.into(),
        })
    }
}

impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(NAME)
            .field("supported_profiles", &self.supported_profiles)
            .field("preferred_profiles", &self.preferred_profiles)
            .field("max_request_payload_bytes", &self.max_request_payload_bytes)
            .field("max_request_batch_items", &self.max_request_batch_items)
            .field("max_response_payload_bytes", &self.max_response_payload_bytes)
            .field("max_response_batch_items", &self.max_response_batch_items)
            .field("packet_size", &self.packet_size)
            .finish_non_exhaustive()
    }
}

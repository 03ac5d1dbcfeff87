//! The server's answer.
//!
//! ```text
//! at  size  field
//!  0     2  layout_version
//!  2     2  flags = 0
//!  4     4  server_supported_profiles
//!  8     4  intersection_profiles
//! 12     4  selected_profile
//! 16     4  agreed_max_request_payload_bytes
//! 20     4  agreed_max_request_batch_items
//! 24     4  agreed_max_response_payload_bytes
//! 28     4  agreed_max_response_batch_items
//! 32     4  agreed_packet_size
//! 36     4  padding
//! 40     8  session_id
//! ```

use std::mem::offset_of;

use netipc_wire::Class;
use zerocopy::native_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{EnvelopeError, VERSION};
use crate::Profiles;

const NAME: &str = "HELLO_ACK";

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    layout_version: U16,
    flags: U16,
    server_supported_profiles: U32,
    intersection_profiles: U32,
    selected_profile: U32,
    agreed_max_request_payload_bytes: U32,
    agreed_max_request_batch_items: U32,
    agreed_max_response_payload_bytes: U32,
    agreed_max_response_batch_items: U32,
    agreed_packet_size: U32,
    padding: U32,
    session_id: U64,
}

const _: () = {
    assert!(offset_of!(Wire, layout_version) == 0);
    assert!(offset_of!(Wire, flags) == 2);
    assert!(offset_of!(Wire, server_supported_profiles) == 4);
    assert!(offset_of!(Wire, intersection_profiles) == 8);
    assert!(offset_of!(Wire, selected_profile) == 12);
    assert!(offset_of!(Wire, agreed_max_request_payload_bytes) == 16);
    assert!(offset_of!(Wire, agreed_max_request_batch_items) == 20);
    assert!(offset_of!(Wire, agreed_max_response_payload_bytes) == 24);
    assert!(offset_of!(Wire, agreed_max_response_batch_items) == 28);
    assert!(offset_of!(Wire, agreed_packet_size) == 32);
    assert!(offset_of!(Wire, padding) == 36);
    assert!(offset_of!(Wire, session_id) == 40);
    assert!(size_of::<Wire>() == HelloAck::LEN);
};

/// The payload of `HELLO_ACK`: what the server decided. Layout version and flags are always right. All zeros, as
/// `HelloAck::default()` gives it, goes with a rejection.
///
/// Contract: `docs/contract/envelope.md`, "`HELLO_ACK`".
///
/// ```
/// use netipc_transport::envelope::HelloAck;
/// let rejection = HelloAck::default();
/// assert_eq!(HelloAck::decode(&rejection.encode()), Ok(rejection));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HelloAck {
    /// What the server can carry.
    pub server_supported_profiles: Profiles,
    /// What both can carry.
    pub intersection_profiles: Profiles,
    /// The profile of this session.
    pub selected_profile: Profiles,
    /// Bytes of a request payload at most.
    pub agreed_max_request_payload_bytes: u32,
    /// Items of a request at most.
    pub agreed_max_request_batch_items: u32,
    /// Bytes of a response payload at most.
    pub agreed_max_response_payload_bytes: u32,
    /// Items of a response at most.
    pub agreed_max_response_batch_items: u32,
    /// Bytes of a packet at most.
    pub agreed_packet_size: u32,
    /// Counts the connections of the listener.
    pub session_id: u64,
}

impl HelloAck {
    /// Bytes of the payload; a longer one is accepted.
    pub const LEN: usize = 48;

    /// Reads the payload. The padding is not looked at, and neither is whether the answer fits a proposal.
    ///
    /// # Errors
    /// Too few bytes, another layout version, or flags that are not 0, in this order.
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
        Ok(Self {
            server_supported_profiles: Profiles::from_bits(wire.server_supported_profiles.get()),
            intersection_profiles: Profiles::from_bits(wire.intersection_profiles.get()),
            selected_profile: Profiles::from_bits(wire.selected_profile.get()),
            agreed_max_request_payload_bytes: wire.agreed_max_request_payload_bytes.get(),
            agreed_max_request_batch_items: wire.agreed_max_request_batch_items.get(),
            agreed_max_response_payload_bytes: wire.agreed_max_response_payload_bytes.get(),
            agreed_max_response_batch_items: wire.agreed_max_response_batch_items.get(),
            agreed_packet_size: wire.agreed_packet_size.get(),
            session_id: wire.session_id.get(),
        })
    }

    /// The bytes of the payload.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(Wire {
            layout_version: VERSION.into(),
            flags: U16::ZERO,
            server_supported_profiles: self.server_supported_profiles.bits().into(),
            intersection_profiles: self.intersection_profiles.bits().into(),
            selected_profile: self.selected_profile.bits().into(),
            agreed_max_request_payload_bytes: self.agreed_max_request_payload_bytes.into(),
            agreed_max_request_batch_items: self.agreed_max_request_batch_items.into(),
            agreed_max_response_payload_bytes: self.agreed_max_response_payload_bytes.into(),
            agreed_max_response_batch_items: self.agreed_max_response_batch_items.into(),
            agreed_packet_size: self.agreed_packet_size.into(),
            padding: U32::ZERO,
            session_id: self.session_id.into(),
        })
    }
}

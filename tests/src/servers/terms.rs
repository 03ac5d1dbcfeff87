//! What a side has agreed on, to compare it with what the other side has.

use netipc_transport::Agreed;
use serde::{Deserialize, Serialize};

/// [`Agreed`], which nobody can make but a handshake, as numbers that can be told to another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Its bits.
    pub profile: u32,
    pub session_id: u64,
    pub packet_size: u32,
    pub max_request_payload_bytes: u32,
    pub max_request_batch_items: u32,
    pub max_response_payload_bytes: u32,
    pub max_response_batch_items: u32,
}

impl From<&Agreed> for Terms {
    fn from(agreed: &Agreed) -> Self {
        Self {
            profile: agreed.profile.bits(),
            session_id: agreed.session_id,
            packet_size: agreed.packet_size,
            max_request_payload_bytes: agreed.max_request_payload_bytes,
            max_request_batch_items: agreed.max_request_batch_items,
            max_response_payload_bytes: agreed.max_response_payload_bytes,
            max_response_batch_items: agreed.max_response_batch_items,
        }
    }
}

//! What is told to whoever observes the program, with the feature `tracing`. Nothing here is on the way of a message.
#![cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "nobody is told"))]

use crate::Endpoint;
use crate::envelope::MessageHeader;

/// A client is answered with a rejection, whose header this is.
pub(crate) fn handshake_rejected(endpoint: &Endpoint, session_id: u64, ack: &[u8; MessageHeader::LEN]) {
    #[cfg(feature = "tracing")]
    if let Ok(MessageHeader { transport_status, .. }) = MessageHeader::decode(ack) {
        tracing::warn!(%endpoint, session_id, status = %transport_status, "a handshake is rejected");
    }
}

/// A session that should use shared memory has to do without.
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "there is no shared memory"))]
pub(crate) fn region_not_made(endpoint: &Endpoint, session_id: u64, error: &impl std::fmt::Display) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%endpoint, session_id, %error, "a session has to do without shared memory");
}

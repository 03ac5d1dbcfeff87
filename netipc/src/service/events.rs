//! What is told to whoever observes the program, with the feature `tracing`. Nothing here is on the way of a message
//! that is well.
#![cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "nobody is told"))]

#[cfg(feature = "tracing")]
use std::error::Error;

use netipc_transport::{Agreed, ConnectError, Credentials, Endpoint, MessageHeader, Status};

use super::client::CallError;

/// A client has a session.
pub(super) fn connected(endpoint: &Endpoint, agreed: &Agreed) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        %endpoint,
        session_id = agreed.session_id,
        profile = %agreed.profile,
        packet_size = agreed.packet_size,
        max_request_payload_bytes = agreed.max_request_payload_bytes,
        max_response_payload_bytes = agreed.max_response_payload_bytes,
        "connected"
    );
}

/// A client has none.
pub(super) fn not_connected(endpoint: &Endpoint, error: &ConnectError) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%endpoint, %error, "not connected");
}

/// A server has refused a proposal, and this is the next one.
pub(super) fn proposal_taken_back(endpoint: &Endpoint, max_request_payload_bytes: u32) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%endpoint, max_request_payload_bytes, "a refused proposal is taken back");
}

/// A client does without shared memory from now on.
pub(super) fn shared_memory_dropped(endpoint: &Endpoint, error: &ConnectError) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%endpoint, error = error as &dyn Error, "shared memory cannot be attached and is not used any more");
}

/// A client's session allows more than the one before it.
pub(super) fn grown(endpoint: &Endpoint, agreed: &Agreed) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        %endpoint,
        session_id = agreed.session_id,
        max_request_payload_bytes = agreed.max_request_payload_bytes,
        max_response_payload_bytes = agreed.max_response_payload_bytes,
        "a session allows more than the one before it"
    );
}

/// A client makes another session because of this.
pub(super) fn session_lost(endpoint: &Endpoint, error: &CallError) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%endpoint, error = error as &dyn Error, "a session is made again");
}

/// A client's session is over.
pub(super) fn session_closed(endpoint: &Endpoint) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%endpoint, "a session is over");
}

/// A server has a session.
pub(super) fn session_begun(endpoint: &Endpoint, agreed: &Agreed, peer: Credentials) {
    #[cfg(feature = "tracing")]
    tracing::info!(
        %endpoint,
        session_id = agreed.session_id,
        profile = %agreed.profile,
        packet_size = agreed.packet_size,
        max_request_payload_bytes = agreed.max_request_payload_bytes,
        max_response_payload_bytes = agreed.max_response_payload_bytes,
        pid = peer.pid,
        uid = uid(peer),
        "a session begins"
    );
}

/// The peer's user ID, where there is such a thing.
#[cfg(feature = "tracing")]
#[allow(clippy::unnecessary_wraps, reason = "only some systems have them")]
fn uid(peer: Credentials) -> Option<u32> {
    #[cfg(unix)]
    return Some(peer.uid);
    #[cfg(not(unix))]
    {
        let _ = peer;
        None
    }
}

/// A server's session is over.
pub(super) fn session_ended(endpoint: &Endpoint, session_id: u64) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%endpoint, session_id, "a session ends");
}

/// A server answers a request with a failure.
pub(super) fn request_rejected(
    endpoint: &Endpoint,
    session_id: u64,
    request: &MessageHeader,
    status: Status,
) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%endpoint, session_id, %request, %status, "a request is rejected");
}

/// A server accepts nobody for a moment.
pub(super) fn accepting_rests(endpoint: &Endpoint, error: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%endpoint, %error, "nobody is accepted for a moment");
}

/// A handler has failed.
pub(super) fn handler_failed(endpoint: &Endpoint, session_id: u64, error: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%endpoint, session_id, %error, "a handler has failed");
}

/// A server offers more to later sessions.
pub(super) fn response_limit_raised(endpoint: &Endpoint, max_response_payload_bytes: u32) {
    #[cfg(feature = "tracing")]
    tracing::info!(%endpoint, max_response_payload_bytes, "a response did not fit, and later sessions get more room");
}

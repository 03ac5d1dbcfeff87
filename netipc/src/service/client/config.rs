//! How a client connects and calls.

use std::time::Duration;

use netipc_codec::{MethodMessage, Tail};
use netipc_transport::{ConnectOptions, Profiles, defaults};

/// How a client connects and calls. Every 0 (and an empty set of supported profiles) means the named default.
///
/// ```
/// use netipc::ClientConfig;
/// let config = ClientConfig { auth_token: 42, ..ClientConfig::default() };
/// ```
///
/// Contract: `docs/contract/service.md`, "Client"; `docs/contract/envelope.md`, "Named defaults".
#[derive(Clone, Debug, Default)]
pub struct ClientConfig {
    /// The token that the server expects.
    pub auth_token: u64,
    /// Profiles that may be used. Default: all that this build can carry.
    pub supported_profiles: Profiles,
    /// Profiles that are preferred. Default: the highest that both sides have.
    pub preferred_profiles: Profiles,
    /// Bytes of a request's payload that are proposed to the server. Default: 1,024, or what the request needs if it
    /// always has the same length.
    pub max_request_payload_bytes: u32,
    /// Bytes of a response's payload that are accepted at most. Default: 1,048,576.
    pub max_response_payload_bytes: u32,
    /// Bytes of a packet at most, its header included. Default: what the socket can carry.
    pub packet_size: u32,
    /// Time for a call that names no deadline. Default: 30 s.
    pub call_timeout: Duration,
    /// Time for [`refresh`](crate::Client::refresh) to connect and to finish the handshake. Default: 5 s.
    pub handshake_timeout: Duration,
}

impl ClientConfig {
    pub(super) fn call_timeout(&self) -> Duration {
        if self.call_timeout.is_zero() { CALL_TIMEOUT } else { self.call_timeout }
    }

    pub(super) fn handshake_timeout(&self) -> Duration {
        if self.handshake_timeout.is_zero() { defaults::HANDSHAKE_TIMEOUT } else { self.handshake_timeout }
    }

    /// What Level 1 proposes for requests of type `Req`.
    pub(super) fn connect_options<Req: MethodMessage>(&self) -> ConnectOptions {
        let or = |configured: u32, default: u32| if configured == 0 { default } else { configured };
        ConnectOptions {
            auth_token: self.auth_token,
            supported_profiles: self.supported_profiles,
            preferred_profiles: self.preferred_profiles,
            max_request_payload_bytes: or(self.max_request_payload_bytes, first_proposal::<Req>()),
            max_response_payload_bytes: or(
                self.max_response_payload_bytes,
                defaults::AUTOMATIC_CEILING_BYTES,
            ),
            packet_size: self.packet_size,
            ..ConnectOptions::default()
        }
    }
}

/// `docs/contract/service.md`: "default call timeout (30 s)".
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Providers that were configured with nothing accept the default and no more; only a request that never fits in it
/// is worth a larger proposal.
fn first_proposal<Req: MethodMessage>() -> u32 {
    let fixed = match Req::LAYOUT.tail {
        Tail::Empty => u32::try_from(Req::LAYOUT.header_len).unwrap_or(u32::MAX),
        _ => 0,
    };
    fixed.max(defaults::MAX_REQUEST_PAYLOAD_BYTES)
}

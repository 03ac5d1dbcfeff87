//! What a server accepts.

use std::fmt;
use std::time::Duration;

use netipc_transport::{ListenOptions, Profiles, Waiting, defaults};

/// What a server accepts. Every 0 (and an empty set of supported profiles) means the named default.
///
/// ```
/// use netipc::ServerConfig;
/// let config = ServerConfig { auth_token: 42, max_sessions: 8, ..ServerConfig::default() };
/// ```
///
/// A session costs a thread and some 35 KiB of memory while it is idle, most of it the thread's, and some 50 KiB once it
/// has served small messages (measured with 500 sessions on Linux). Its buffers are made when the first request comes:
/// the one for requests grows to the longest so far, and of the one for responses, which has the agreed size, the OS
/// provides what is used. In shared memory both sides besides have a region in common, of the agreed sizes and a few hundred
/// bytes: 65 KiB with the defaults. It is reserved as a whole when the session begins, so that no access to it can fail.
///
/// Contract: `docs/contract/service.md`, "Managed server"; `docs/contract/envelope.md`, "Named defaults".
#[derive(Clone, Default)]
pub struct ServerConfig {
    /// The token that clients have to bring.
    pub auth_token: u64,
    /// Profiles that may be used. Default: the baseline.
    pub supported_profiles: Profiles,
    /// Profiles that are preferred. Default: the highest that both sides have.
    pub preferred_profiles: Profiles,
    /// Proposals for requests are accepted up to so many bytes of payload. Default: 1,048,576.
    pub max_request_payload_bytes: u32,
    /// Bytes of a response's payload that are offered. Default: 65,536, and twice as much to later sessions whenever a
    /// response did not fit, up to 1,048,576.
    pub max_response_payload_bytes: u32,
    /// Bytes of a packet at most, its header included. Default: what the socket can carry.
    pub packet_size: u32,
    /// Sessions at the same time; further clients are answered LIMIT_EXCEEDED. Default: 64.
    pub max_sessions: u32,
    /// Sessions of one user, told by the effective user ID of the process that connects; further ones are answered
    /// LIMIT_EXCEEDED. Default: no limit but `max_sessions`.
    pub max_sessions_per_user: u32,
    /// How a session waits for requests.
    pub waiting: Waiting,
    /// Time that a client has for its handshake. Default: 5 s.
    pub handshake_timeout: Duration,
    /// Time that a client has to take a response; one that does not read loses its session. Default: 30 s.
    pub response_timeout: Duration,
}

/// Everything but the token.
impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("supported_profiles", &self.supported_profiles)
            .field("preferred_profiles", &self.preferred_profiles)
            .field("max_request_payload_bytes", &self.max_request_payload_bytes)
            .field("max_response_payload_bytes", &self.max_response_payload_bytes)
            .field("packet_size", &self.packet_size)
            .field("max_sessions", &self.max_sessions)
            .field("max_sessions_per_user", &self.max_sessions_per_user)
            .field("waiting", &self.waiting)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("response_timeout", &self.response_timeout)
            .finish_non_exhaustive()
    }
}

/// As long as a client waits for a response, by default.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

impl ServerConfig {
    pub(super) fn listen_options(&self) -> ListenOptions {
        ListenOptions {
            auth_token: self.auth_token,
            supported_profiles: self.supported_profiles,
            preferred_profiles: self.preferred_profiles,
            max_request_payload_bytes: self.max_request_payload_bytes,
            max_response_payload_bytes: self.max_response_payload_bytes,
            packet_size: self.packet_size,
            waiting: self.waiting,
            max_sessions: self.max_sessions,
            max_sessions_per_user: self.max_sessions_per_user,
            handshake_timeout: self.handshake_timeout(),
            ..ListenOptions::default()
        }
    }

    /// How far the offer for responses grows: as configured, it stays.
    pub(super) fn response_ceiling(&self) -> u32 {
        match self.max_response_payload_bytes {
            0 => defaults::AUTOMATIC_CEILING_BYTES,
            configured => configured,
        }
    }

    pub(super) fn handshake_timeout(&self) -> Duration {
        if self.handshake_timeout.is_zero() { defaults::HANDSHAKE_TIMEOUT } else { self.handshake_timeout }
    }

    pub(super) fn response_timeout(&self) -> Duration {
        if self.response_timeout.is_zero() { RESPONSE_TIMEOUT } else { self.response_timeout }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_token() {
        let config = ServerConfig { auth_token: 0x1234_5678_9abc_def0, ..ServerConfig::default() };
        let shown = format!("{config:?}");
        assert!(shown.contains("max_sessions") && !shown.contains("1311768467463790320"), "{shown}");
    }
}

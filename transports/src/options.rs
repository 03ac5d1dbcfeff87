//! What either side may configure.

use std::time::Duration;

use crate::{Profiles, Waiting, defaults};

/// What a client proposes. A 0 (or an empty set of supported profiles) means the named default.
///
/// Contract: `docs/contract/envelope.md`, "HELLO" and "Named defaults".
///
/// ```
/// use netipc_transport::ConnectOptions;
/// let options = ConnectOptions { auth_token: 42, max_request_payload_bytes: 16_384, ..ConnectOptions::default() };
/// assert_eq!(options.max_response_payload_bytes, 65_536);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConnectOptions {
    /// The token that the server expects. Never read from the environment or a file.
    pub auth_token: u64,
    /// What may be used; what this build cannot carry is left out. Default: the baseline.
    pub supported_profiles: Profiles,
    /// What is preferred; empty means the highest that both have.
    pub preferred_profiles: Profiles,
    /// Bytes of a request's payload at most, a batch's directory and padding included. Default: 1,024.
    pub max_request_payload_bytes: u32,
    /// Items of a request at most. Default: 1.
    pub max_request_batch_items: u32,
    /// Bytes of a response's payload at most: a hint to the server and a ceiling here. Default: 65,536.
    pub max_response_payload_bytes: u32,
    /// Items of a response at most: a hint. Default: 1.
    pub max_response_batch_items: u32,
    /// Bytes of a packet at most, its header included. Default: on POSIX what the socket's send buffer can carry, and a
    /// larger one is cut to that; on Windows 65,536.
    pub packet_size: u32,
    /// Requests in flight at the same time; one more is refused with
    /// [`SendError::TooManyInFlight`](crate::SendError::TooManyInFlight). Default: 128. A client that sends very many
    /// before it receives fills the buffers of both directions, and then both sides wait for each other. In shared
    /// memory one is in flight at most, whatever this says.
    pub max_in_flight: u32,
    /// How long to spin for what the server sends.
    pub waiting: Waiting,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            auth_token: 0,
            supported_profiles: Profiles::BASELINE,
            preferred_profiles: Profiles::NONE,
            max_request_payload_bytes: defaults::MAX_REQUEST_PAYLOAD_BYTES,
            max_request_batch_items: defaults::MAX_BATCH_ITEMS,
            max_response_payload_bytes: defaults::MAX_RESPONSE_PAYLOAD_BYTES,
            max_response_batch_items: defaults::MAX_BATCH_ITEMS,
            packet_size: 0,
            max_in_flight: defaults::MAX_IN_FLIGHT,
            waiting: Waiting::default(),
        }
    }
}

impl ConnectOptions {
    /// Whether something is left to propose to a server to which a session can be carried so. What this build carries nothing
    /// of, a server may judge.
    pub(crate) fn reaches(&self, carried: Profiles) -> bool {
        let offered = self.supported_profiles.offered();
        offered.is_empty() || !offered.intersection(carried).is_empty()
    }

    /// The same with every 0 replaced by its default, and with the packet size that the connection makes of the configured
    /// one.
    pub(crate) fn resolved(&self, packet_size: u32, carried: Profiles) -> Self {
        Self {
            supported_profiles: self.supported_profiles.offered().intersection(carried),
            preferred_profiles: self.preferred_profiles.intersection(carried),
            max_request_payload_bytes: or(
                self.max_request_payload_bytes,
                defaults::MAX_REQUEST_PAYLOAD_BYTES,
            ),
            max_request_batch_items: or(self.max_request_batch_items, defaults::MAX_BATCH_ITEMS),
            max_response_payload_bytes: or(
                self.max_response_payload_bytes,
                defaults::MAX_RESPONSE_PAYLOAD_BYTES,
            ),
            max_response_batch_items: or(self.max_response_batch_items, defaults::MAX_BATCH_ITEMS),
            packet_size,
            max_in_flight: or(self.max_in_flight, defaults::MAX_IN_FLIGHT),
            ..*self
        }
    }
}

/// Everything but the token.
impl std::fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("supported_profiles", &self.supported_profiles)
            .field("preferred_profiles", &self.preferred_profiles)
            .field("max_request_payload_bytes", &self.max_request_payload_bytes)
            .field("max_request_batch_items", &self.max_request_batch_items)
            .field("max_response_payload_bytes", &self.max_response_payload_bytes)
            .field("max_response_batch_items", &self.max_response_batch_items)
            .field("packet_size", &self.packet_size)
            .field("max_in_flight", &self.max_in_flight)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

/// What a listener accepts. A 0 (or an empty set of supported profiles, or a zero timeout) means the named default.
///
/// Contract: `docs/contract/envelope.md`, "Negotiation"; `docs/contract/posix.md`, "The baseline";
/// `docs/contract/service.md`, "Managed server".
///
/// ```
/// use netipc_transport::ListenOptions;
/// let options = ListenOptions { auth_token: 42, max_sessions: 8, ..ListenOptions::default() };
/// assert_eq!(options.backlog, 128);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListenOptions {
    /// The token that clients have to bring. Never read from the environment or a file.
    pub auth_token: u64,
    /// What may be used; what this build cannot carry is left out. Default: the baseline.
    pub supported_profiles: Profiles,
    /// What is preferred; empty means the highest that both have.
    pub preferred_profiles: Profiles,
    /// Proposals for requests are accepted up to so many bytes. Default: 1,048,576.
    pub max_request_payload_bytes: u32,
    /// Bytes of a response's payload that are offered at first; [`ResponseLimit`](crate::ResponseLimit) raises it.
    /// Default: 65,536.
    pub max_response_payload_bytes: u32,
    /// Bytes of a packet at most, its header included. Default: on POSIX what the socket's send buffer can carry, and a
    /// larger one is cut to that; on Windows 65,536.
    pub packet_size: u32,
    /// Connections that the kernel queues until they are accepted; at least 16. Default: 128. Pipes have no queue: on
    /// Windows a few instances wait for clients, whatever this says, and further clients try again.
    pub backlog: u32,
    /// Time that a client has for its handshake. Default: 5 s.
    pub handshake_timeout: Duration,
    /// Sessions that live at the same time; further clients are answered `LIMIT_EXCEEDED`. Default: 64.
    pub max_sessions: u32,
    /// Sessions of one user (on POSIX the peer's effective user ID, on Windows the user of its process) that live at the
    /// same time; further ones of that user are answered `LIMIT_EXCEEDED`. Users who cannot be found out count as one
    /// together: a server on Windows learns nothing of `LocalSystem` unless it may. Default: no limit but `max_sessions`.
    pub max_sessions_per_user: u32,
    /// How long sessions spin for what their clients send.
    pub waiting: Waiting,
    /// Handshakes in progress at the same time; when there is one more, the oldest is dropped. Default: 64.
    pub max_pending_handshakes: u32,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self {
            auth_token: 0,
            supported_profiles: Profiles::BASELINE,
            preferred_profiles: Profiles::NONE,
            max_request_payload_bytes: defaults::AUTOMATIC_CEILING_BYTES,
            max_response_payload_bytes: defaults::MAX_RESPONSE_PAYLOAD_BYTES,
            packet_size: 0,
            backlog: defaults::BACKLOG,
            handshake_timeout: defaults::HANDSHAKE_TIMEOUT,
            max_sessions: defaults::MAX_SESSIONS,
            max_sessions_per_user: 0,
            waiting: Waiting::default(),
            max_pending_handshakes: defaults::MAX_PENDING_HANDSHAKES,
        }
    }
}

/// The kernel's queue is never shorter than this, whatever is configured.
const LEAST_BACKLOG: u32 = 16;

impl ListenOptions {
    /// The same with every 0 replaced by its default, but for the packet size, which depends on each socket.
    pub(crate) fn resolved(&self) -> Self {
        let handshake_timeout = if self.handshake_timeout.is_zero() {
            defaults::HANDSHAKE_TIMEOUT
        } else {
            self.handshake_timeout
        };
        Self {
            supported_profiles: self.supported_profiles.offered(),
            preferred_profiles: self.preferred_profiles.intersection(Profiles::CARRIED),
            max_request_payload_bytes: or(self.max_request_payload_bytes, defaults::AUTOMATIC_CEILING_BYTES),
            max_response_payload_bytes: or(
                self.max_response_payload_bytes,
                defaults::MAX_RESPONSE_PAYLOAD_BYTES,
            ),
            backlog: or(self.backlog, defaults::BACKLOG).max(LEAST_BACKLOG),
            handshake_timeout,
            max_sessions: or(self.max_sessions, defaults::MAX_SESSIONS),
            max_pending_handshakes: or(self.max_pending_handshakes, defaults::MAX_PENDING_HANDSHAKES),
            ..*self
        }
    }
}

/// Everything but the token.
impl std::fmt::Debug for ListenOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListenOptions")
            .field("supported_profiles", &self.supported_profiles)
            .field("preferred_profiles", &self.preferred_profiles)
            .field("max_request_payload_bytes", &self.max_request_payload_bytes)
            .field("max_response_payload_bytes", &self.max_response_payload_bytes)
            .field("packet_size", &self.packet_size)
            .field("backlog", &self.backlog)
            .field("handshake_timeout", &self.handshake_timeout)
            .field("max_sessions", &self.max_sessions)
            .field("max_sessions_per_user", &self.max_sessions_per_user)
            .field("max_pending_handshakes", &self.max_pending_handshakes)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

fn or(configured: u32, default: u32) -> u32 {
    if configured == 0 { default } else { configured }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_mean_the_defaults_of_a_client() {
        let zeros = ConnectOptions {
            auth_token: 0,
            supported_profiles: Profiles::NONE,
            preferred_profiles: Profiles::NONE,
            max_request_payload_bytes: 0,
            max_request_batch_items: 0,
            max_response_payload_bytes: 0,
            max_response_batch_items: 0,
            packet_size: 0,
            max_in_flight: 0,
            waiting: Waiting::default(),
        };
        let resolved = zeros.resolved(5_000, Profiles::CARRIED);
        assert_eq!(resolved, ConnectOptions { packet_size: 5_000, ..ConnectOptions::default() });
    }

    #[test]
    fn what_cannot_be_carried_to_this_server_is_not_proposed() {
        let both = Profiles::BASELINE | Profiles::SHM_HYBRID;
        let options = ConnectOptions {
            supported_profiles: both,
            preferred_profiles: Profiles::SHM_HYBRID,
            ..ConnectOptions::default()
        };
        let resolved = options.resolved(5_000, Profiles::BASELINE);
        assert_eq!(resolved.supported_profiles, Profiles::BASELINE);
        assert_eq!(resolved.preferred_profiles, Profiles::NONE);
    }

    #[test]
    fn shared_memory_alone_does_not_reach_a_server_to_which_there_is_none() {
        let options = |supported_profiles| ConnectOptions { supported_profiles, ..ConnectOptions::default() };
        // Where this build has shared memory.
        let shared = options(Profiles::SHM_HYBRID);
        assert_eq!(shared.reaches(Profiles::BASELINE), Profiles::CARRIED == Profiles::BASELINE);
        assert!(shared.reaches(Profiles::CARRIED));
        assert!(options(Profiles::BASELINE | Profiles::SHM_HYBRID).reaches(Profiles::BASELINE));
        assert!(options(Profiles::NONE).reaches(Profiles::BASELINE));
    }

    #[test]
    fn zeros_mean_the_defaults_of_a_listener() {
        let zeros = ListenOptions {
            auth_token: 0,
            supported_profiles: Profiles::NONE,
            preferred_profiles: Profiles::NONE,
            max_request_payload_bytes: 0,
            max_response_payload_bytes: 0,
            packet_size: 0,
            backlog: 0,
            handshake_timeout: Duration::ZERO,
            max_sessions: 0,
            max_sessions_per_user: 0,
            waiting: Waiting::default(),
            max_pending_handshakes: 0,
        };
        assert_eq!(zeros.resolved(), ListenOptions::default());
    }

    #[test]
    fn no_backlog_is_shorter_than_16() {
        let options = ListenOptions { backlog: 1, ..ListenOptions::default() };
        assert_eq!(options.resolved().backlog, 16);
    }

    #[test]
    fn debug_does_not_show_the_token() {
        let client = ConnectOptions { auth_token: 987_654, ..ConnectOptions::default() };
        let server = ListenOptions { auth_token: 987_654, ..ListenOptions::default() };
        assert!(!format!("{client:?}{server:?}").contains("987654"));
    }
}

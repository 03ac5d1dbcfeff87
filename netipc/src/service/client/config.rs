//! How a client connects and calls.

use std::fmt;
use std::time::Duration;

use netipc_codec::{Field, FieldKind, Layout, MethodMessage, Tail};
use netipc_transport::{ConnectOptions, Profiles, Waiting, defaults};

use super::growth::Growth;
use crate::service::lookup::Ceilings;

/// How a client connects and calls. Every 0 (and an empty set of supported profiles) means the named default.
///
/// ```
/// use netipc::ClientConfig;
/// let config = ClientConfig { auth_token: 42, ..ClientConfig::default() };
/// ```
///
/// Contract: `docs/contract/service.md`, "Client"; `docs/contract/envelope.md`, "Named defaults".
#[derive(Clone, Default)]
pub struct ClientConfig {
    /// The token that the server expects.
    pub auth_token: u64,
    /// Profiles that may be used. Default: the baseline.
    pub supported_profiles: Profiles,
    /// Profiles that are preferred. Default: the highest that both sides have.
    pub preferred_profiles: Profiles,
    /// Ceiling of a request's payload, in bytes. What is proposed to the server begins at 1,024, or at what the
    /// request needs if its schema tells, and grows up to this when a request is larger. Default: 1,048,576.
    pub max_request_payload_bytes: u32,
    /// Ceiling of a response's payload, in bytes: what the server is told, and what is accepted at most. Default:
    /// 1,048,576.
    pub max_response_payload_bytes: u32,
    /// Requests of one [`call_batch`](crate::Client::call_batch) at most. Default: 1.
    pub max_request_batch_items: u32,
    /// Keys of one [`call_lookup`](crate::Client::call_lookup) at most. Default: 65,536.
    pub max_lookup_keys: u32,
    /// Messages that one lookup call takes at most. Default: 4,096.
    pub max_lookup_messages: u32,
    /// Bytes of the items of one lookup call together at most, where they come in several messages. Default: 64 MiB.
    pub max_lookup_bytes: u32,
    /// Bytes of a packet at most, its header included. Default: what the socket can carry.
    pub packet_size: u32,
    /// How a call waits for its response.
    pub waiting: Waiting,
    /// Time for a call that names no deadline. Default: 30 s.
    pub call_timeout: Duration,
    /// Time for [`refresh`](crate::Client::refresh) to connect and to finish the handshake. Default: 5 s.
    pub handshake_timeout: Duration,
}

/// Everything but the token.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("supported_profiles", &self.supported_profiles)
            .field("preferred_profiles", &self.preferred_profiles)
            .field("max_request_payload_bytes", &self.max_request_payload_bytes)
            .field("max_response_payload_bytes", &self.max_response_payload_bytes)
            .field("max_request_batch_items", &self.max_request_batch_items)
            .field("max_lookup_keys", &self.max_lookup_keys)
            .field("max_lookup_messages", &self.max_lookup_messages)
            .field("max_lookup_bytes", &self.max_lookup_bytes)
            .field("packet_size", &self.packet_size)
            .field("waiting", &self.waiting)
            .field("call_timeout", &self.call_timeout)
            .field("handshake_timeout", &self.handshake_timeout)
            .finish_non_exhaustive()
    }
}

impl ClientConfig {
    pub(super) fn call_timeout(&self) -> Duration {
        if self.call_timeout.is_zero() { CALL_TIMEOUT } else { self.call_timeout }
    }

    pub(super) fn handshake_timeout(&self) -> Duration {
        if self.handshake_timeout.is_zero() { defaults::HANDSHAKE_TIMEOUT } else { self.handshake_timeout }
    }

    /// The largest response that is accepted, in bytes.
    pub(super) fn response_ceiling(&self) -> u32 {
        or(self.max_response_payload_bytes, defaults::AUTOMATIC_CEILING_BYTES)
    }

    /// What one lookup call may cost.
    pub(super) fn lookup_ceilings(&self) -> Ceilings {
        let or = |configured, default| usize::try_from(or(configured, default)).unwrap_or(usize::MAX);
        Ceilings {
            keys: or(self.max_lookup_keys, MAX_LOOKUP_KEYS),
            messages: or(self.max_lookup_messages, MAX_LOOKUP_MESSAGES),
            stitched_bytes: or(self.max_lookup_bytes, MAX_LOOKUP_BYTES),
        }
    }

    /// How proposals for requests of type `Req` begin, and how far they grow.
    pub(super) fn growth<Req: MethodMessage>(&self) -> Growth {
        let ceiling = or(self.max_request_payload_bytes, defaults::AUTOMATIC_CEILING_BYTES);
        Growth::new(first_proposal(Req::LAYOUT), ceiling)
    }

    /// What Level 1 proposes, with requests of so many bytes and these profiles.
    #[allow(clippy::needless_update, reason = "further options of Level 1 have their defaults here")]
    pub(super) fn connect_options(
        &self,
        max_request_payload_bytes: u32,
        profiles: Profiles,
    ) -> ConnectOptions {
        ConnectOptions {
            auth_token: self.auth_token,
            supported_profiles: profiles,
            preferred_profiles: self.preferred_profiles,
            max_request_payload_bytes,
            max_request_batch_items: self.max_request_batch_items,
            max_response_payload_bytes: self.response_ceiling(),
            max_response_batch_items: self.max_request_batch_items,
            packet_size: self.packet_size,
            waiting: self.waiting,
            ..ConnectOptions::default()
        }
    }
}

/// `docs/contract/service.md`: "default call timeout (30 s)".
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// `docs/contract/service.md`: "65,536 keys a call, 4,096 messages a call, 64 MiB of stitched response".
const MAX_LOOKUP_KEYS: u32 = 65_536;
const MAX_LOOKUP_MESSAGES: u32 = 4_096;
const MAX_LOOKUP_BYTES: u32 = 64 << 20;

fn or(configured: u32, default: u32) -> u32 {
    if configured == 0 { default } else { configured }
}

/// The longest request that the schema allows, where it says how long that is. Providers that were configured with
/// nothing accept the default and no more; only a request that may not fit in it is worth a larger proposal, and only
/// one that is no more than what they expect of a response.
fn first_proposal(layout: &Layout) -> u32 {
    let strings = |fields: &[Field]| {
        fields.iter().try_fold(layout.header_len, |len, field| match field.kind {
            FieldKind::String { max, .. } => len.checked_add(usize::try_from(max).ok()?)?.checked_add(1),
            _ => Some(len),
        })
    };
    let longest = match layout.tail {
        Tail::Empty => Some(layout.header_len),
        Tail::Strings { table: None, .. } => strings(layout.fields),
        _ => None,
    };
    longest
        .and_then(|len| u32::try_from(len).ok())
        .filter(|len| *len <= defaults::MAX_RESPONSE_PAYLOAD_BYTES)
        .unwrap_or(0)
        .max(defaults::MAX_REQUEST_PAYLOAD_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WireMessage;
    use crate::messages::{CgroupsLookupRequest, Increment, StringReverse};

    /// A request whose length has a limit.
    #[derive(WireMessage, Debug)]
    #[wire(crate = crate, method = 0x8123, header = 16)]
    struct Bounded {
        /// A name.
        #[wire(at = 0, max = 2_000)]
        name: crate::WireString,
        /// Another one.
        #[wire(at = 8, max = 1_000)]
        other: crate::WireString,
    }

    #[test]
    fn the_first_proposal_holds_every_request_where_the_schema_limits_them() {
        assert_eq!(first_proposal(Bounded::LAYOUT), 16 + 2_001 + 1_001);
        assert_eq!(first_proposal(Increment::LAYOUT), 1_024);
        assert_eq!(first_proposal(StringReverse::LAYOUT), 1_024);
        assert_eq!(first_proposal(CgroupsLookupRequest::LAYOUT), 1_024);
    }

    #[test]
    fn debug_does_not_show_the_token() {
        let config = ClientConfig { auth_token: 0x1234_5678_9abc_def0, ..ClientConfig::default() };
        let shown = format!("{config:?}");
        assert!(shown.contains("max_lookup_keys") && !shown.contains("1311768467463790320"), "{shown}");
    }

    #[test]
    fn what_is_not_configured_is_the_named_default() {
        let config = ClientConfig::default();
        assert_eq!(config.growth::<Increment>().ceiling(), 1_048_576);
        assert_eq!(config.response_ceiling(), 1_048_576);
        let ceilings = Ceilings { keys: 65_536, messages: 4_096, stitched_bytes: 67_108_864 };
        assert_eq!(config.lookup_ceilings(), ceilings);
        assert_eq!(config.call_timeout(), Duration::from_secs(30));
        assert_eq!(config.handshake_timeout(), Duration::from_secs(5));
    }
}

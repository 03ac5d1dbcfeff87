//! How a client connects and calls.

use std::time::Duration;

use netipc_codec::{Field, FieldKind, Layout, MethodMessage, Tail};
use netipc_transport::{ConnectOptions, Profiles, defaults};

use super::growth::Growth;

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
    /// Ceiling of a request's payload, in bytes. What is proposed to the server begins at 1,024, or at what the
    /// request needs if its schema tells, and grows up to this when a request is larger. Default: 1,048,576.
    pub max_request_payload_bytes: u32,
    /// Ceiling of a response's payload, in bytes: what the server is told, and what is accepted at most. Default:
    /// 1,048,576.
    pub max_response_payload_bytes: u32,
    /// Requests of one [`call_batch`](crate::Client::call_batch) at most. Default: 1.
    pub max_request_batch_items: u32,
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

    /// The largest response that is accepted, in bytes.
    pub(super) fn response_ceiling(&self) -> u32 {
        or(self.max_response_payload_bytes, defaults::AUTOMATIC_CEILING_BYTES)
    }

    /// How proposals for requests of type `Req` begin, and how far they grow.
    pub(super) fn growth<Req: MethodMessage>(&self) -> Growth {
        let ceiling = or(self.max_request_payload_bytes, defaults::AUTOMATIC_CEILING_BYTES);
        Growth::new(first_proposal(Req::LAYOUT), ceiling)
    }

    /// What Level 1 proposes, with requests of so many bytes.
    #[allow(clippy::needless_update, reason = "further options of Level 1 have their defaults here")]
    pub(super) fn connect_options(&self, max_request_payload_bytes: u32) -> ConnectOptions {
        ConnectOptions {
            auth_token: self.auth_token,
            supported_profiles: self.supported_profiles,
            preferred_profiles: self.preferred_profiles,
            max_request_payload_bytes,
            max_request_batch_items: self.max_request_batch_items,
            max_response_payload_bytes: self.response_ceiling(),
            max_response_batch_items: self.max_request_batch_items,
            packet_size: self.packet_size,
            ..ConnectOptions::default()
        }
    }
}

/// `docs/contract/service.md`: "default call timeout (30 s)".
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

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
    fn what_is_not_configured_is_the_named_default() {
        let config = ClientConfig::default();
        assert_eq!(config.growth::<Increment>().ceiling(), 1_048_576);
        assert_eq!(config.response_ceiling(), 1_048_576);
        assert_eq!(config.call_timeout(), Duration::from_secs(30));
        assert_eq!(config.handshake_timeout(), Duration::from_secs(5));
    }
}

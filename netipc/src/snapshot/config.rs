//! How a cache is refreshed.

use crate::ClientConfig;

/// How a [`SnapshotCache`](crate::SnapshotCache) is refreshed. A [`ClientConfig`] is one, too, with the rest as it is by
/// default.
///
/// ```
/// use netipc::{CacheConfig, ClientConfig};
/// let client = ClientConfig { auth_token: 42, ..ClientConfig::default() };
/// let config = CacheConfig { skip_unchanged: true, ..CacheConfig::from(client) };
/// ```
///
/// Contract: `docs/contract/snapshot.md`.
#[derive(Clone, Debug, Default)]
pub struct CacheConfig {
    /// How it connects and calls. The call timeout is that of a refresh, connecting included.
    pub client: ClientConfig,
    /// A snapshot with the generation of the one before is taken for the same one and not looked at. Only for providers
    /// that promise it, restarts included: the contract does not. Without effect where the message names no generation.
    pub skip_unchanged: bool,
}

impl From<ClientConfig> for CacheConfig {
    fn from(client: ClientConfig) -> Self {
        Self { client, skip_unchanged: false }
    }
}

//! The same lookups in netipc's snapshot cache.

use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{CacheGuard, CacheReader, ClientConfig, Endpoint, Server, ServerConfig, SnapshotCache};

use super::Entry;

/// A cache that was refreshed from a provider of its own.
#[derive(Debug)]
pub struct Cached {
    reader: CacheReader<CgroupsSnapshot>,
    _server: Server<CgroupsSnapshotRequest, CgroupsSnapshot>,
}

impl Cached {
    /// Serves these at `endpoint` and fetches them from there.
    ///
    /// # Errors
    /// If the endpoint is taken or cannot be used.
    pub fn new(endpoint: Endpoint, entries: Vec<Entry>) -> Result<Self, Box<dyn std::error::Error>> {
        const ROOM: u32 = 16 << 20;
        let server = ServerConfig { max_response_payload_bytes: ROOM, ..ServerConfig::default() };
        let server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
            endpoint.clone(),
            server,
            move |_, response, _| {
                for Entry { hash, name, path } in &entries {
                    let item = CgroupRef { hash: *hash, name, path, ..CgroupRef::default() };
                    response.cgroups().push(item)?;
                }
                Ok(())
            },
        )?;
        let client = ClientConfig { max_response_payload_bytes: ROOM, ..ClientConfig::default() };
        let mut cache = SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(endpoint, client);
        cache.refresh()?;
        Ok(Self { reader: cache.reader(), _server: server })
    }

    /// What it has published.
    #[must_use]
    pub fn guard(&self) -> CacheGuard<CgroupsSnapshot> {
        self.reader.read()
    }

    /// Looks all of them up, with one guard; gives the length of all paths.
    #[must_use]
    pub fn look_up(&self, wanted: &[Entry]) -> usize {
        let guard = self.guard();
        wanted
            .iter()
            .map(|entry| guard.get((entry.hash, &entry.name)).map_or(0, |found| found.path().len()))
            .sum()
    }

    /// The same, with a guard for each.
    #[must_use]
    pub fn look_up_with_guards(&self, wanted: &[Entry]) -> usize {
        wanted
            .iter()
            .map(|entry| self.guard().get((entry.hash, &entry.name)).map_or(0, |found| found.path().len()))
            .sum()
    }
}

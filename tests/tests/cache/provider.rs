//! Providers of CGROUPS_SNAPSHOT, good and bad.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use netipc::messages::{Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::transport::{ListenOptions, ServerSession};
use netipc::{CacheConfig, ClientConfig, Deadline, Encode, Server, ServerConfig, SnapshotCache};

use crate::common::{LONG, Peer, Place, client_config, listen_options, server_config};

pub(crate) type Cache = SnapshotCache<CgroupsSnapshotRequest, CgroupsSnapshot>;

/// Larger than anything here.
pub(crate) const ROOM: u32 = 64 << 20;

/// A cache that takes snapshots of any size that these tests have.
pub(crate) fn cache(place: &Place) -> Cache {
    cache_with(place, CacheConfig::default())
}

pub(crate) fn cache_with(place: &Place, mut config: CacheConfig) -> Cache {
    config.client = ClientConfig { max_response_payload_bytes: ROOM, ..client_config() };
    Cache::new(place.endpoint(), config)
}

/// A cgroup of this name; its path says which generation it belongs to.
pub(crate) fn cgroup(hash: u32, name: &str, generation: u64) -> Cgroup {
    Cgroup { hash, options: 0, enabled: 1, name: name.into(), path: format!("/{generation}/{name}").into() }
}

pub(crate) fn snapshot(generation: u64, cgroups: Vec<Cgroup>) -> CgroupsSnapshot {
    CgroupsSnapshot { systemd_enabled: 1, generation, cgroups }
}

/// `count` cgroups, called 0, 1, …, whose hash is the number.
pub(crate) fn numbered(generation: u64, count: u32) -> CgroupsSnapshot {
    snapshot(generation, (0..count).map(|number| cgroup(number, &number.to_string(), generation)).collect())
}

pub(crate) fn bytes_of(snapshot: &CgroupsSnapshot) -> Vec<u8> {
    let mut bytes = vec![0; snapshot.encoded_len()];
    snapshot.encode(&mut bytes).expect("it has the right length");
    bytes
}

/// A provider whose snapshot changes while it serves.
pub(crate) struct Provider {
    pub(crate) server: Server<CgroupsSnapshotRequest, CgroupsSnapshot>,
    current: Arc<Mutex<CgroupsSnapshot>>,
}

impl Provider {
    pub(crate) fn new(place: &Place, first: CgroupsSnapshot) -> Self {
        let current = Arc::new(Mutex::new(first));
        let shown = Arc::clone(&current);
        let config = ServerConfig { max_response_payload_bytes: ROOM, ..server_config() };
        let server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
            place.endpoint(),
            config,
            move |_, response, _| {
                let snapshot = shown.lock().expect("not poisoned");
                response.systemd_enabled(snapshot.systemd_enabled).generation(snapshot.generation);
                for Cgroup { hash, options, enabled, name, path } in &snapshot.cgroups {
                    let item = CgroupRef { hash: *hash, options: *options, enabled: *enabled, name, path };
                    response.cgroups().push(item)?;
                }
                Ok(())
            },
        );
        Self { server: server.expect("the endpoint is free"), current }
    }

    pub(crate) fn publish(&self, next: CgroupsSnapshot) {
        *self.current.lock().expect("not poisoned") = next;
    }
}

/// A peer that answers request number 0, 1, … with the payload that `answer` gives, whatever that is; without one it
/// closes. Counts the requests.
pub(crate) fn answering(
    place: &Place,
    mut answer: impl FnMut(u64) -> Option<Vec<u8>> + Send + 'static,
) -> (Peer, Arc<AtomicU64>) {
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    let options = ListenOptions { max_response_payload_bytes: ROOM, ..listen_options() };
    let peer = place.peer_with(options, move |mut session: ServerSession| {
        let deadline = Deadline::after(LONG);
        while let Ok(message) = session.receive(deadline) {
            let header = message.header;
            let Some(payload) = answer(counter.fetch_add(1, Ordering::SeqCst)) else { return };
            if session.respond(header, &payload, deadline).is_err() {
                return;
            }
        }
    });
    (peer, seen)
}

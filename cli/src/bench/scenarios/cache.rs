//! Lookups in a snapshot of 16 cgroups that the process keeps (Level 3), by hash and name.

use std::hint::black_box;

use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{CacheGuard, ClientConfig, SnapshotCache};
use netipc_floor::cache::{Entry, Table};

use super::super::measure::{Contest, Exchange, Floor};
use super::{Site, profiles};
use crate::args::bench::{Carrier, Service};
use crate::error::Failure;

pub(super) fn contest(site: &Site<'_>, carrier: Carrier) -> Result<Contest<'static>, Failure> {
    let (mut peer, _) = site.peer(Service::Snapshot, carrier)?;
    let config = ClientConfig { supported_profiles: profiles(carrier), ..ClientConfig::default() };
    let mut cache = SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(site.endpoint()?, config);
    let refreshed =
        cache.refresh().map_err(|error| Failure::because("cannot fetch the peer's snapshot", &error));
    peer.blame(refreshed)?;
    let guard = cache.read();
    let entry = |cgroup: netipc::messages::CgroupView<'_>| Entry {
        hash: cgroup.hash(),
        name: cgroup.name().to_vec(),
        path: cgroup.path().to_vec(),
    };
    let entries: Vec<_> = guard.items().iter().map(entry).collect();
    let by_hand = ByHand { table: Table::new(entries.clone()), keys: entries.clone() };
    let floors = vec![Floor { name: "a table by hand", exchange: Box::new(by_hand) }];
    let ours = Box::new(Lookups { guard, keys: entries });
    Ok(Contest { unit: "lookups", ours, floors, peer: Some(peer) })
}

/// All of them, one after another, with one guard.
struct Lookups {
    guard: CacheGuard<CgroupsSnapshot>,
    keys: Vec<Entry>,
}

impl Exchange for Lookups {
    fn exchange(&mut self) -> Result<u64, Failure> {
        let guard = &self.guard;
        look_up(&self.keys, |hash, name| Some(guard.get((hash, name))?.path().len()))
    }
}

struct ByHand {
    table: Table,
    keys: Vec<Entry>,
}

impl Exchange for ByHand {
    fn exchange(&mut self) -> Result<u64, Failure> {
        let table = &self.table;
        look_up(&self.keys, |hash, name| Some(table.get(hash, name)?.path.len()))
    }
}

/// Looks at what each key has, and counts them.
fn look_up(keys: &[Entry], get: impl Fn(u32, &[u8]) -> Option<usize>) -> Result<u64, Failure> {
    for key in keys {
        if black_box(get(black_box(key.hash), black_box(&key.name))) != Some(key.path.len()) {
            return Err(Failure::Failed("a cgroup that is cached was not found".to_owned()));
        }
    }
    Ok(keys.len() as u64)
}

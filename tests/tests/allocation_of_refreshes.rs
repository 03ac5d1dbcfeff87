//! Refreshes of a snapshot cache, lookups and guards allocate nothing in the steady state: a refresh fills the memory of
//! the snapshot before the last one. The counter sees every thread of this process, and client and server are both in it.

mod common;

use common::Place;
use netipc::messages::{CgroupRef, CgroupsSnapshot, CgroupsSnapshotRequest};
use netipc::{ClientConfig, Server, ServerConfig, SnapshotCache};
use netipc_tests::support::allocations::{Counting, in_all_threads};

#[global_allocator]
static COUNTING: Counting = Counting;

// One test, so that no other one allocates meanwhile.
#[test]
fn refreshes_and_lookups_allocate_nothing_and_guards_cost_one_snapshot_each() {
    let place = Place::new();
    let _server = Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(
        place.endpoint(),
        ServerConfig::default(),
        |_, response, _| {
            for hash in 0..300 {
                response.cgroups().push(CgroupRef {
                    hash,
                    name: b"web",
                    path: b"/web",
                    ..CgroupRef::default()
                })?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let config = ClientConfig::default();
    let mut cache = SnapshotCache::<CgroupsSnapshotRequest, CgroupsSnapshot>::new(place.endpoint(), config);
    let mut refresh_and_look = || {
        cache.refresh().expect("served");
        let guard = cache.read();
        assert!((0..300).all(|hash| guard.get((hash, b"web")).is_some_and(|found| found.path() == "/web")));
        assert!(guard.get((1, b"db")).is_none());
    };
    for _ in 0..50 {
        refresh_and_look();
    }
    let before = in_all_threads();
    for _ in 0..500 {
        refresh_and_look();
    }
    assert_eq!(in_all_threads() - before, 0);

    // A guard that is held keeps its snapshot's memory: the set, its payload and its index are made anew.
    let guard = cache.read();
    let before = in_all_threads();
    cache.refresh().expect("served");
    cache.refresh().expect("served");
    let anew = in_all_threads() - before;
    assert!((1..=5).contains(&anew), "{anew} allocations for 300 items");
    drop(guard);
}

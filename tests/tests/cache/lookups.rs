//! What lookups find.

use std::collections::HashMap;

use netipc::messages::Cgroup;

use super::provider::{Provider, cache, cgroup, numbered, snapshot};
use crate::common::Place;

#[test]
fn the_key_is_hash_and_name_together() {
    let place = Place::new();
    let cgroups = vec![cgroup(1, "web", 1), cgroup(1, "db", 1), cgroup(2, "web", 1), cgroup(3, "", 1)];
    let _provider = Provider::new(&place, snapshot(1, cgroups));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    assert_eq!(guard.get((1, b"web")).map(|found| found.hash()), Some(1));
    assert_eq!(guard.get((1, b"db")).expect("it is there").name(), "db");
    assert_eq!(guard.get((2, b"web")).map(|found| found.hash()), Some(2));
    assert!(guard.get((3, b"")).is_some());
    assert!(
        guard.get((2, b"db")).is_none()
            && guard.get((4, b"web")).is_none()
            && guard.get((1, b"we")).is_none()
    );
}

#[test]
fn of_two_equal_ones_the_first_counts_and_both_are_items() {
    let place = Place::new();
    let cgroups = vec![cgroup(1, "web", 1), cgroup(1, "web", 2)];
    let _provider = Provider::new(&place, snapshot(1, cgroups));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    assert_eq!(guard.get((1, b"web")).expect("it is there").path(), "/1/web");
    assert_eq!(guard.items().len(), 2);
}

#[test]
fn hashes_are_taken_as_they_come() {
    let place = Place::new();
    let cgroups: Vec<_> = (0..500).map(|number| cgroup(0, &format!("cgroup-{number}"), 1)).collect();
    let _provider = Provider::new(&place, snapshot(1, cgroups.clone()));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    for Cgroup { name, .. } in &cgroups {
        assert_eq!(guard.get((0, name)).expect("it is there").name(), name);
    }
}

#[test]
fn a_large_set_is_found_whole() {
    let place = Place::new();
    let snapshot = numbered(1, 50_000);
    let _provider = Provider::new(&place, snapshot.clone());
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    let model: HashMap<_, _> =
        snapshot.cgroups.iter().map(|one| ((one.hash, one.name.clone()), one)).collect();
    assert_eq!(guard.len(), model.len());
    for ((hash, name), one) in &model {
        assert_eq!(guard.get((*hash, name)).expect("it is there").to_owned(), **one);
        assert!(guard.get((hash + 1, name)).is_none());
    }
}

#[test]
fn a_copy_outlives_guard_cache_and_provider() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    let copy = guard.get((2, b"2")).expect("it is there").to_owned();
    drop((guard, cache, provider));
    assert_eq!(copy, cgroup(2, "2", 1));
}

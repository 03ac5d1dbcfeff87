//! Snapshots of providers that mean harm: valid, and made to cost.

use std::time::{Duration, Instant};

use netipc::messages::Cgroup;
use netipc::{Encode, RefreshError, WireMessage};

use super::provider::{answering, bytes_of, cache, cgroup, numbered, snapshot};
use crate::common::Place;

/// No build takes nearly so long; one whose time is the square of the size takes hours.
const BOUND: Duration = Duration::from_mins(1);

const MIB: usize = 1 << 20;

/// A snapshot with these directory entries, counted from the end of the directory, and items.
fn payload(entries: &[(usize, usize)], items: &[u8]) -> Vec<u8> {
    let narrow = |number: usize| u32::try_from(number).expect("a small number").to_ne_bytes();
    let mut bytes = bytes_of(&snapshot(1, Vec::new()));
    bytes[4..8].copy_from_slice(&narrow(entries.len()));
    for (offset, length) in entries {
        bytes.extend_from_slice(&narrow(*offset));
        bytes.extend_from_slice(&narrow(*length));
    }
    bytes.extend_from_slice(items);
    netipc::messages::CgroupsSnapshot::check(&bytes).expect("the contract accepts it");
    bytes
}

fn encoded(item: &Cgroup) -> Vec<u8> {
    let mut bytes = vec![0; item.encoded_len()];
    item.encode(&mut bytes).expect("it has the right length");
    bytes
}

#[test]
fn a_million_entries_of_one_item_cost_no_more_than_payload_and_entries() {
    let item = encoded(&cgroup(1, &"x".repeat(2 * MIB), 1));
    let bytes = payload(&vec![(0, item.len()); MIB], &item);
    let len = bytes.len();
    let place = Place::new();
    let (_peer, _seen) = answering(&place, move |_| Some(bytes.clone()));
    let mut cache = cache(&place);
    let start = Instant::now();
    cache.refresh().expect("the contract accepts it");
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
    let guard = cache.read();
    assert_eq!(guard.len(), MIB);
    assert!(guard.get((1, "x".repeat(2 * MIB).as_bytes())).is_some());
    assert!(cache.status().heap_bytes <= len + 24 * MIB, "{}", cache.status().heap_bytes);
}

#[test]
fn items_that_lie_over_one_another_with_long_names_are_refused_and_what_was_is_kept() {
    // Headers side by side, and behind them one text that is everybody's name, from its own place on.
    const COUNT: usize = 10_000;
    let text = vec![b'x'; MIB];
    let area = COUNT * 32 + text.len() + 4;
    let mut items = Vec::new();
    for number in 0..COUNT {
        let mut header = encoded(&cgroup(1, "", 1))[..32].to_vec();
        let start = COUNT * 32 + number - number * 32;
        header[16..20].copy_from_slice(&u32::try_from(start).expect("small").to_ne_bytes());
        header[20..24].copy_from_slice(&u32::try_from(text.len() - number).expect("small").to_ne_bytes());
        let path = area - 3 - number * 32;
        header[24..28].copy_from_slice(&u32::try_from(path).expect("small").to_ne_bytes());
        header[28..32].copy_from_slice(&2u32.to_ne_bytes());
        items.extend_from_slice(&header);
    }
    items.extend_from_slice(&text);
    items.extend_from_slice(b"\0/p\0");
    let entries: Vec<_> = (0..COUNT).map(|number| (number * 32, items.len() - number * 32)).collect();
    let (good, bad) = (bytes_of(&numbered(1, 3)), payload(&entries, &items));
    let len = bad.len();
    let place = Place::new();
    let (_peer, _seen) =
        answering(&place, move |request| Some(if request == 1 { bad.clone() } else { good.clone() }));
    let mut cache = cache(&place);
    cache.refresh().expect("the first one is good");
    let start = Instant::now();
    let error = cache.refresh().expect_err("ten thousand names of a megabyte in a megabyte");
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
    assert!(matches!(error, RefreshError::SharedKeys { payload } if payload == len), "{error}");
    assert!(!error.is_transient());
    assert_eq!(cache.read().get((2, b"2")).expect("kept").path(), "/1/2");
    cache.refresh().expect("good again");
    assert_eq!(cache.status().connection.connects, 2, "the connection was closed");
}

#[test]
fn equal_hashes_and_names_that_differ_at_their_end_are_looked_up_as_fast_as_others() {
    const COUNT: u32 = 20_000;
    let name = |number: u32| format!("{}{number:05}", "x".repeat(100));
    let cgroups = (0..COUNT).map(|number| cgroup(7, &name(number), 1)).collect();
    let bytes = bytes_of(&snapshot(1, cgroups));
    let place = Place::new();
    let (_peer, _seen) = answering(&place, move |_| Some(bytes.clone()));
    let mut cache = cache(&place);
    let start = Instant::now();
    cache.refresh().expect("it is valid");
    let guard = cache.read();
    for number in 0..COUNT {
        assert_eq!(
            guard.get((7, name(number).as_bytes())).expect("it is there").name(),
            name(number).as_str()
        );
    }
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
}

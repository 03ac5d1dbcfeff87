//! Guards keep what they see, in this thread and in others, while the cache is refreshed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use netipc::CacheReader;
use netipc::messages::CgroupsSnapshot;

use super::provider::{Provider, answering, bytes_of, cache, numbered};
use crate::common::{Place, signal};

#[test]
fn a_guard_keeps_what_it_sees_for_as_long_as_it_is_held() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    let empty = cache.read();
    cache.refresh().expect("it is served");
    let first = cache.read();
    let item = first.get((2, b"2")).expect("it is there");
    for generation in 2..6 {
        provider.publish(numbered(generation, 5));
        cache.refresh().expect("it is served");
        assert_eq!((first.len(), first.generation(), item.path()), (3, Some(1), "/1/2".into()));
        assert_eq!(cache.read().get((2, b"2")).expect("new").path(), format!("/{generation}/2").as_str());
        assert!(empty.is_empty() && !empty.is_ready());
    }
}

#[test]
fn many_guards_of_many_snapshots_are_held_at_once() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(0, 1));
    let mut cache = cache(&place);
    let mut guards = Vec::new();
    for generation in 0..40 {
        provider.publish(numbered(generation, 1 + u32::try_from(generation).expect("a small number")));
        cache.refresh().expect("it is served");
        guards.extend([cache.read(), cache.read()]);
    }
    for (generation, pair) in (0..).zip(guards.chunks(2)) {
        for guard in pair {
            assert_eq!(guard.generation(), Some(generation));
            assert_eq!(guard.get((0, b"0")).expect("kept").path(), format!("/{generation}/0").as_str());
        }
    }
}

#[test]
fn a_guard_is_sent_to_another_thread_and_dropped_there() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let guard = cache.read();
    provider.publish(numbered(2, 3));
    cache.refresh().expect("it is served");
    let generation = thread::spawn(move || guard.generation()).join().expect("it does not panic");
    assert_eq!(generation, Some(1));
}

#[test]
fn readers_look_things_up_while_a_refresh_waits() {
    let place = Place::new();
    let good = bytes_of(&numbered(1, 3));
    let (asked, wait_for_request) = signal();
    let (hold, until_released) = mpsc::channel::<()>();
    let (_peer, _seen) = answering(&place, move |request| {
        if request > 0 {
            let _ = asked.send(());
            // Until the readers have looked.
            let _ = until_released.recv();
        }
        Some(good.clone())
    });
    let mut cache = cache(&place);
    cache.refresh().expect("the first one is answered at once");
    let reader = cache.reader();
    let refresher = thread::spawn(move || cache.refresh().map(drop));
    wait_for_request();
    for _ in 0..1_000 {
        assert!(reader.read().get((2, b"2")).is_some());
    }
    assert!(!refresher.is_finished());
    drop(hold);
    refresher.join().expect("it does not panic").expect("it is answered");
}

/// Every item of a guard is of the guard's generation, each time one looks.
fn look(reader: &CacheReader<CgroupsSnapshot>, count: u32) -> u64 {
    let guard = reader.read();
    let generation = guard.generation().expect("it was ready before");
    for _ in 0..3 {
        assert_eq!(guard.len(), count as usize);
        for number in 0..count {
            let name = number.to_string();
            let found = guard.get((number, name.as_bytes())).expect("it is there");
            assert_eq!(found.path(), format!("/{generation}/{number}").as_str());
        }
        thread::yield_now();
        assert_eq!(guard.generation(), Some(generation));
    }
    generation
}

#[test]
fn readers_in_several_threads_see_whole_snapshots_that_only_get_newer() {
    const COUNT: u32 = 20;
    const LAST: u64 = 300;
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, COUNT));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let (done, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (reader, done, looks) = (cache.reader(), Arc::clone(&done), Arc::clone(&looks));
            thread::spawn(move || {
                let mut newest = 0;
                while !done.load(Ordering::Relaxed) {
                    let generation = look(&reader, COUNT);
                    assert!(generation >= newest, "{generation} after {newest}");
                    newest = generation;
                    looks.fetch_add(1, Ordering::Relaxed);
                }
                look(&reader, COUNT)
            })
        })
        .collect();
    for generation in 2..=LAST {
        provider.publish(numbered(generation, COUNT));
        cache.refresh().expect("it is served");
    }
    while looks.load(Ordering::Relaxed) < 100 {
        thread::yield_now();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert_eq!(reader.join().expect("it saw nothing wrong"), LAST);
    }
}

//! What a refresh does when it succeeds, and when it fails.

use std::error::Error;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use netipc::{CacheConfig, CallError, ClientState, Deadline, RefreshError, Refreshed};

use super::provider::{Provider, answering, bytes_of, cache, cache_with, cgroup, numbered, snapshot};
use crate::common::{LONG, Place, signal};

#[test]
fn a_new_cache_connects_nothing_is_empty_and_needs_no_provider() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let cache = cache(&place);
    assert!(!cache.is_ready() && !cache.reader().is_ready() && !cache.read().is_ready());
    assert_eq!(provider.server.sessions(), 0);
    let guard = cache.read();
    assert!(guard.is_empty() && guard.get((0, b"0")).is_none() && guard.items().iter().next().is_none());
    assert_eq!((guard.generation(), guard.view().systemd_enabled()), (None, 0));
    let status = cache.status();
    assert_eq!(status.connection.state, ClientState::Disconnected);
    assert_eq!((status.items, status.generation, status.refreshes, status.failures), (0, None, 0, 0));
    assert!(status.last_success.is_none());
}

#[test]
fn the_first_refresh_connects_fetches_everything_and_publishes_it() {
    let place = Place::new();
    let _provider = Provider::new(&place, numbered(7, 3));
    let mut cache = cache(&place);
    let before = Instant::now();
    assert_eq!(cache.refresh().expect("it is served"), Refreshed::Replaced);
    assert!(cache.is_ready() && cache.reader().is_ready());
    let guard = cache.read();
    assert!(guard.is_ready());
    assert_eq!((guard.len(), guard.generation(), guard.view().systemd_enabled()), (3, Some(7), 1));
    let names: Vec<_> = guard.items().iter().map(|cgroup| cgroup.name().to_string()).collect();
    assert_eq!(names, ["0", "1", "2"]);
    let status = cache.status();
    assert_eq!(status.connection.state, ClientState::Ready);
    assert_eq!((status.items, status.generation, status.refreshes, status.failures), (3, Some(7), 1, 0));
    assert!(status.last_success.is_some_and(|moment| moment >= before));
    assert!(status.heap_bytes > 0);
}

#[test]
fn the_next_refresh_publishes_the_new_snapshot_over_the_same_session() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    provider.publish(snapshot(2, vec![cgroup(9, "new", 2)]));
    cache.refresh().expect("it is served");
    let guard = cache.read();
    assert_eq!((guard.len(), guard.generation()), (1, Some(2)));
    assert!(guard.get((9, b"new")).is_some() && guard.get((0, b"0")).is_none());
    assert_eq!((cache.status().refreshes, cache.status().connection.connects), (2, 1));
}

#[test]
fn an_empty_snapshot_is_a_success() {
    let place = Place::new();
    let provider = Provider::new(&place, snapshot(1, Vec::new()));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    assert!(cache.is_ready() && cache.read().is_ready() && cache.read().is_empty());
    provider.publish(numbered(2, 2));
    cache.refresh().expect("it is served");
    provider.publish(snapshot(3, Vec::new()));
    cache.refresh().expect("it is served");
    assert!(cache.read().is_empty());
    assert!(cache.read().get((0, b"0")).is_none());
}

#[test]
fn without_a_provider_a_refresh_fails_and_says_why_and_a_late_one_is_picked_up() {
    let place = Place::new();
    let mut cache = cache(&place);
    let error = cache.refresh().expect_err("nobody is there");
    assert!(matches!(error, RefreshError::Connect(_)) && error.is_transient(), "{error}");
    assert!(error.to_string().starts_with("nobody serves "), "it says why by itself: {error}");
    assert!(error.source().is_some_and(|why| !why.to_string().contains("nobody")), "and once: {error:?}");
    assert!(!cache.is_ready());
    assert_eq!(cache.status().connection.state, ClientState::NotFound);
    assert_eq!((cache.status().refreshes, cache.status().failures), (0, 1));
    let _provider = Provider::new(&place, numbered(1, 3));
    cache.refresh().expect("it has come");
    assert_eq!(cache.read().len(), 3);
}

#[test]
fn a_refresh_that_fails_after_a_success_keeps_what_was_and_the_next_one_reconnects() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let success = cache.status().last_success;
    provider.server.stop();
    for failures in 1..=2 {
        let error = cache.refresh().expect_err("nobody is there");
        assert!(error.is_transient(), "{error}");
        assert!(cache.is_ready(), "it was, so it is");
        assert_eq!(cache.read().get((2, b"2")).expect("kept").path(), "/1/2");
        let status = cache.status();
        assert_eq!((status.refreshes, status.failures, status.items), (1, failures, 3));
        assert_eq!(status.last_success, success);
        assert_ne!(status.connection.state, ClientState::Ready);
    }
    let _provider = Provider::new(&place, numbered(2, 4));
    cache.refresh().expect("it is back");
    assert_eq!(cache.read().get((2, b"2")).expect("new").path(), "/2/2");
}

#[test]
fn a_provider_that_restarts_is_picked_up_by_the_next_refresh() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    provider.server.stop();
    let _provider = Provider::new(&place, numbered(2, 4));
    cache.refresh().expect("the next one serves it");
    assert_eq!((cache.read().len(), cache.read().generation()), (4, Some(2)));
    assert_eq!(cache.status().failures, 0);
}

#[test]
fn a_malformed_response_keeps_what_was_and_closes_the_connection() {
    let place = Place::new();
    let good = bytes_of(&numbered(1, 3));
    let (_peer, seen) = answering(&place, move |request| {
        Some(if request == 0 || request > 2 { good.clone() } else { good[..40].to_vec() })
    });
    let mut cache = cache(&place);
    cache.refresh().expect("the first one is good");
    let error = cache.refresh().expect_err("cut off, and so is the retry");
    assert!(matches!(error, RefreshError::Call(CallError::Decode(_))) && !error.is_transient(), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 3);
    assert_eq!((cache.read().len(), cache.read().generation()), (3, Some(1)));
    assert_eq!(cache.status().connection.state, ClientState::Broken);
    cache.refresh().expect("good again, over a new session");
    assert_eq!(cache.status().connection.connects, 3);
}

#[test]
fn a_malformed_response_before_any_success_leaves_the_cache_empty() {
    let place = Place::new();
    let (_peer, _seen) = answering(&place, |_| Some(vec![1, 0, 0]));
    let mut cache = cache(&place);
    cache.refresh().expect_err("3 bytes are no snapshot");
    assert!(!cache.is_ready() && cache.read().is_empty());
    assert_eq!(cache.status().connection.state, ClientState::Broken);
}

#[test]
fn one_deadline_covers_connecting_and_fetching_and_passing_it_keeps_what_was() {
    let place = Place::new();
    let good = bytes_of(&numbered(1, 3));
    let (hold, until_released) = std::sync::mpsc::channel::<()>();
    let (_peer, _seen) = answering(&place, move |request| {
        if request > 0 {
            // Until the test ends.
            let _ = until_released.recv();
            return None;
        }
        Some(good.clone())
    });
    let mut cache = cache(&place);
    cache.refresh().expect("the first one is answered");
    let error =
        cache.refresh_until(Deadline::after(Duration::from_millis(50))).expect_err("the second one is not");
    assert!(error.is_timeout() && error.is_transient() && !error.is_abort(), "{error}");
    assert_eq!(cache.read().len(), 3);
    assert_eq!(cache.status().connection.state, ClientState::Broken);
    drop(hold);
}

#[test]
fn a_provider_that_says_nothing_in_the_handshake_times_out() {
    let place = Place::new();
    let _silent = place.silent();
    let mut cache = cache(&place);
    let error = cache.refresh_until(Deadline::after(Duration::from_millis(50))).expect_err("it says nothing");
    assert!(error.is_timeout() && matches!(error, RefreshError::Connect(_)), "{error}");
}

#[test]
fn a_refresh_after_an_abort_between_refreshes_was_cleared_succeeds() {
    let place = Place::new();
    let _provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let abort = cache.abort_handle();
    abort.abort();
    abort.clear();
    assert_eq!(cache.status().connection.state, ClientState::Broken);
    cache.refresh().expect("it is served over a new session");
    assert_eq!((cache.status().failures, cache.status().connection.connects), (0, 2));
}

#[test]
fn an_abort_from_another_thread_ends_the_refresh_and_later_ones_until_it_is_cleared() {
    let place = Place::new();
    let good = bytes_of(&numbered(1, 3));
    let (asked, wait_for_request) = signal();
    let (hold, until_released) = std::sync::mpsc::channel::<()>();
    let (peer, _seen) = answering(&place, move |request| {
        if request > 0 {
            let _ = asked.send(());
            let _ = until_released.recv();
            return None;
        }
        Some(good.clone())
    });
    let mut cache = cache(&place);
    cache.refresh().expect("the first one is answered");
    let abort = cache.abort_handle();
    let aborter = thread::spawn({
        let abort = abort.clone();
        move || {
            wait_for_request();
            abort.abort();
        }
    });
    let error = cache.refresh_until(Deadline::after(LONG)).expect_err("aborted");
    assert!(error.is_abort() && error.is_transient(), "{error}");
    aborter.join().expect("it does not panic");
    let error = cache.refresh().expect_err("still");
    assert!(error.is_abort(), "{error}");
    assert_eq!(cache.read().len(), 3, "readers do not notice");
    drop(hold);
    drop(peer);
    abort.clear();
    let _provider = Provider::new(&place, numbered(2, 4));
    cache.refresh().expect("cleared");
    assert_eq!(cache.read().len(), 4);
}

#[test]
fn close_ends_the_session_and_keeps_what_is_published() {
    let place = Place::new();
    let _provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    cache.close();
    assert_eq!(cache.status().connection.state, ClientState::Disconnected);
    assert!(cache.is_ready());
    assert_eq!(cache.read().len(), 3);
    cache.refresh().expect("it connects again");
    assert_eq!(cache.status().connection.connects, 2);
}

#[test]
fn readers_outlive_the_cache() {
    let place = Place::new();
    let _provider = Provider::new(&place, numbered(1, 3));
    let mut cache = cache(&place);
    cache.refresh().expect("it is served");
    let reader = cache.reader();
    drop(cache);
    assert_eq!(reader.clone().read().get((1, b"1")).expect("kept").path(), "/1/1");
}

#[test]
fn an_unchanged_generation_is_skipped_only_where_that_was_asked_for() {
    let place = Place::new();
    let provider = Provider::new(&place, numbered(1, 3));
    let mut skipping = cache_with(&place, CacheConfig { skip_unchanged: true, ..CacheConfig::default() });
    let mut cautious = cache(&place);
    assert_eq!(skipping.refresh().expect("served"), Refreshed::Replaced);
    cautious.refresh().expect("served");

    provider.publish(numbered(1, 5));
    let before = Instant::now();
    assert_eq!(skipping.refresh().expect("served"), Refreshed::Unchanged);
    assert_eq!(cautious.refresh().expect("served"), Refreshed::Replaced);
    assert_eq!((skipping.read().len(), cautious.read().len()), (3, 5));
    assert_eq!(skipping.status().refreshes, 2, "it was a success all the same");
    assert!(skipping.status().last_success.is_some_and(|moment| moment >= before));

    provider.publish(numbered(2, 5));
    assert_eq!(skipping.refresh().expect("served"), Refreshed::Replaced);
    assert_eq!(skipping.read().len(), 5);
}

#[test]
fn a_first_snapshot_of_generation_0_is_not_taken_for_an_unchanged_one() {
    let place = Place::new();
    let _provider = Provider::new(&place, numbered(0, 3));
    let mut cache = cache_with(&place, CacheConfig { skip_unchanged: true, ..CacheConfig::default() });
    assert_eq!(cache.refresh().expect("served"), Refreshed::Replaced);
    assert_eq!(cache.read().len(), 3);
}

#[test]
fn a_request_with_fields_is_sent_as_it_was_given() {
    use netipc::{ClientConfig, Server, ServerConfig, SnapshotCache, WireMessage};

    #[derive(WireMessage, Clone, Debug)]
    #[wire(method = 0x8200, header = 8)]
    struct RangeRequest {
        #[wire(at = 0)]
        first: u32,
        #[wire(at = 4)]
        last: u32,
    }

    #[derive(WireMessage, Clone, Debug)]
    #[wire(method = 0x8200, header = 4, snapshot(items = numbers, key = number))]
    struct Range {
        #[wire(count_at = 0, directory = free)]
        numbers: Vec<Number>,
    }

    #[derive(WireMessage, Clone, Debug)]
    #[wire(header = 12)]
    struct Number {
        #[wire(at = 0)]
        number: u32,
        #[wire(at = 4)]
        square: u64,
    }

    let place = Place::new();
    let _server = Server::<RangeRequest, Range>::spawn(
        place.endpoint(),
        ServerConfig::default(),
        |request, response, _| {
            for number in request.first()..=request.last() {
                response
                    .numbers()
                    .push(NumberRef { number, square: u64::from(number) * u64::from(number) })?;
            }
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let request = RangeRequest { first: 5, last: 7 };
    let mut cache = SnapshotCache::<RangeRequest, Range>::with_request(
        place.endpoint(),
        request,
        ClientConfig::default(),
    );
    cache.refresh().expect("served");
    let guard = cache.read();
    assert_eq!(guard.get(6).map(|number| number.square()), Some(36));
    assert!(guard.get(8).is_none());
    assert_eq!(guard.generation(), None);
}

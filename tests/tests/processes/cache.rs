//! The snapshot cache over a provider in another process.

use std::time::Duration;

use netipc::transport::ConnectError;
use netipc::{CacheConfig, CallError, ClientConfig, ClientState, Deadline, RefreshError, Refreshed};

use super::part::SNAPSHOT;
use super::scene::{Cache, Scene, during, eventually, in_each_profile};
use crate::common::LONG;

/// Long enough to ask, if not to be answered.
const SHORT: Duration = Duration::from_millis(200);

/// The cache has the snapshot of this generation, with so many cgroups, whole.
fn shows(cache: &Cache, generation: u64, cgroups: u32) {
    let guard = cache.read();
    assert_eq!((guard.len(), guard.generation()), (cgroups as usize, Some(generation)));
    for hash in 0..cgroups {
        let found = guard.get((hash, hash.to_string().as_bytes())).expect("it is there");
        assert_eq!(found.path(), format!("/{generation}/{hash}").as_str());
    }
}

/// A cache that has the first snapshot of a provider in another process: generation 1, of three cgroups.
fn refreshed(scene: &mut Scene) -> Cache {
    scene.provider.serve(SNAPSHOT, "");
    scene.provider.does("publish 1 3");
    let mut cache = scene.cache();
    cache.refresh().expect("it is served");
    cache
}

#[test]
fn a_provider_that_another_process_starts_late_is_picked_up_by_the_next_refresh() {
    in_each_profile(|scene| {
        let mut cache = scene.cache();
        let error = cache.refresh().expect_err("nobody is there");
        assert!(matches!(error, RefreshError::Connect(ConnectError::NotFound { .. })), "{error}");
        assert!(!cache.is_ready() && cache.read().is_empty());
        scene.provider.does("publish 1 3");
        scene.provider.serve(SNAPSHOT, "");
        assert_eq!(cache.refresh().expect("it is served"), Refreshed::Replaced);
        shows(&cache, 1, 3);
        scene.provider.does("publish 2 4");
        cache.refresh().expect("it is served");
        shows(&cache, 2, 4);
        let status = cache.status();
        assert_eq!((status.refreshes, status.failures, status.connection.connects), (2, 1, 1));
    });
}

#[test]
fn a_process_that_refuses_the_token_fails_the_refresh_until_it_takes_it() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "token=1");
        let config = ClientConfig { auth_token: 2, ..scene.config() };
        let mut cache = scene.cache_with(CacheConfig::from(config));
        let error = cache.refresh().expect_err("another token");
        assert!(matches!(error, RefreshError::Connect(ConnectError::AuthFailed { .. })), "{error}");
        assert!(error.is_transient());
        assert_eq!(cache.status().connection.state, ClientState::AuthFailed);
        scene.provider.stop(SNAPSHOT);
        scene.provider.serve(SNAPSHOT, "token=2");
        scene.provider.does("publish 1 3");
        cache.refresh().expect("it is served");
        shows(&cache, 1, 3);
    });
}

#[test]
fn a_refresh_reaches_a_process_that_was_restarted_since_the_last_one() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        scene.kill_provider();
        scene.provider.does("publish 2 4");
        scene.provider.serve(SNAPSHOT, "");
        cache.refresh().expect("the next one serves it");
        shows(&cache, 2, 4);
        let status = cache.status();
        assert_eq!((status.failures, status.connection.retries, status.connection.connects), (0, 1, 2));
    });
}

#[test]
fn a_refresh_without_a_process_keeps_what_was_and_the_next_one_reconnects() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        let success = cache.status().last_success;
        scene.provider.stop(SNAPSHOT);
        for failures in 1..=2 {
            let error = cache.refresh().expect_err("nobody is there");
            assert!(error.is_transient(), "{error}");
            shows(&cache, 1, 3);
            let status = cache.status();
            assert_eq!((status.refreshes, status.failures), (1, failures));
            assert_eq!(status.last_success, success);
            assert!(cache.is_ready() && status.connection.state != ClientState::Ready);
        }
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 2 4");
        cache.refresh().expect("it is back");
        shows(&cache, 2, 4);
    });
}

#[test]
fn a_provider_killed_in_the_middle_of_a_refresh_leaves_the_cache_as_it_was() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        let reader = cache.reader();
        let held = reader.read();
        scene.provider.does("publish 2 4");
        scene.provider.will("hold");
        let refresh = during(
            || cache.refresh(),
            || {
                scene.provider.wait_for("asked");
                assert_eq!(reader.read().generation(), Some(1), "readers do not wait");
                scene.kill_provider();
            },
        );
        let error = refresh.expect_err("nobody answers");
        assert!(matches!(error, RefreshError::Call(CallError::Reconnect { .. })), "{error}");
        shows(&cache, 1, 3);
        assert!(cache.status().connection.session.is_none());
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 3 5");
        cache.refresh().expect("the next one serves it");
        shows(&cache, 3, 5);
        assert_eq!((held.len(), held.generation()), (3, Some(1)), "a guard keeps what it sees");
    });
}

#[test]
fn a_snapshot_that_grows_beyond_the_first_limit_comes_whole_and_one_beyond_the_ceiling_is_not_taken() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 1 3");
        let config = ClientConfig { max_response_payload_bytes: 300_000, ..scene.config() };
        let mut cache = scene.cache_with(CacheConfig::from(config));
        cache.refresh().expect("it is served");
        assert_eq!(cache.status().connection.growths, 0);
        scene.provider.does("publish 2 4000");
        cache.refresh().expect("it grows");
        shows(&cache, 2, 4_000);
        assert_eq!(cache.status().connection.growths, 2, "65,536 to 262,144");
        scene.provider.does("publish 3 10000");
        let error = cache.refresh().expect_err("more than it takes");
        assert!(matches!(error, RefreshError::Call(CallError::ResponseTooLarge { .. })), "{error}");
        assert!(!error.is_transient());
        shows(&cache, 2, 4_000);
        scene.provider.does("publish 4 2");
        cache.refresh().expect("a small one again");
        shows(&cache, 4, 2);
    });
}

#[test]
fn an_unchanged_generation_of_another_process_is_skipped_only_where_that_was_asked_for() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 1 3");
        let mut skipping =
            scene.cache_with(CacheConfig { skip_unchanged: true, ..CacheConfig::from(scene.config()) });
        let mut cautious = scene.cache();
        assert_eq!(skipping.refresh().expect("it is served"), Refreshed::Replaced);
        cautious.refresh().expect("it is served");
        scene.provider.does("publish 1 5");
        assert_eq!(skipping.refresh().expect("it is served"), Refreshed::Unchanged);
        assert_eq!(cautious.refresh().expect("it is served"), Refreshed::Replaced);
        shows(&skipping, 1, 3);
        shows(&cautious, 1, 5);
        assert_eq!(skipping.status().refreshes, 2);
        scene.provider.does("publish 2 5");
        assert_eq!(skipping.refresh().expect("it is served"), Refreshed::Replaced);
        shows(&skipping, 2, 5);
    });
}

#[test]
fn a_refresh_that_another_process_never_answers_times_out_and_keeps_what_was() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        scene.provider.does("publish 2 4");
        scene.provider.will("hold");
        let error = cache.refresh_until(Deadline::after(SHORT)).expect_err("no answer");
        assert!(error.is_timeout() && error.is_transient(), "{error}");
        assert_eq!(cache.status().connection.state, ClientState::Broken);
        shows(&cache, 1, 3);
        // One that was too late to be asked holds nobody.
        scene.provider.does("release");
        cache.refresh().expect("it is answered again");
        shows(&cache, 2, 4);
    });
}

#[test]
fn a_process_that_never_accepts_costs_a_refresh_its_deadline_and_what_was_is_kept() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        scene.provider.stop(SNAPSHOT);
        scene.provider.does("bound snapshot");
        for _ in 0..2 {
            let error = cache.refresh_until(Deadline::after(SHORT)).expect_err("nobody shakes hands");
            assert!(error.is_timeout() && error.is_transient(), "{error}");
            shows(&cache, 1, 3);
        }
        assert_eq!(cache.status().connection.connects, 1);
        scene.provider.stop(SNAPSHOT);
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 2 4");
        cache.refresh().expect("it is back");
        shows(&cache, 2, 4);
    });
}

#[test]
fn a_full_provider_fails_the_refresh_until_another_clients_session_ends() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "sessions=1");
        scene.provider.does("publish 1 3");
        let client = scene.snapshots();
        let mut cache = scene.cache();
        let error = cache.refresh().expect_err("there is no room");
        assert!(matches!(error, RefreshError::Connect(ConnectError::LimitExceeded { .. })), "{error}");
        assert!(error.is_transient() && !cache.is_ready());
        drop(client);
        eventually("room", || cache.refresh().is_ok());
        shows(&cache, 1, 3);
    });
}

#[test]
fn abort_ends_a_refresh_that_waits_for_another_process_and_keeps_what_was() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        scene.provider.does("publish 2 4");
        scene.provider.will("hold");
        let abort = cache.abort_handle();
        let refresh = during(
            || cache.refresh_until(Deadline::after(LONG)),
            || {
                scene.provider.wait_for("asked");
                abort.abort();
            },
        );
        let error = refresh.expect_err("aborted");
        assert!(error.is_abort() && error.is_transient(), "{error}");
        let error = cache.refresh().expect_err("still");
        assert!(error.is_abort(), "{error}");
        shows(&cache, 1, 3);
        abort.clear();
        // The handler that nobody waits for runs still.
        cache.refresh().expect("cleared");
        shows(&cache, 2, 4);
    });
}

#[test]
fn a_handler_of_another_process_that_fails_and_a_response_that_does_not_decode_keep_what_was() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        scene.provider.will("fail fail");
        let error = cache.refresh().expect_err("it fails each time");
        assert!(matches!(error, RefreshError::Call(CallError::Rejected(_))), "{error}");
        shows(&cache, 1, 3);
        scene.provider.stop(SNAPSHOT);
        scene.provider.does("bare snapshot 010000");
        let error = cache.refresh().expect_err("3 bytes are no snapshot");
        assert!(
            matches!(error, RefreshError::Call(CallError::Decode(_))) && !error.is_transient(),
            "{error}"
        );
        assert_eq!(cache.status().connection.state, ClientState::Broken);
        shows(&cache, 1, 3);
        scene.provider.stop(SNAPSHOT);
        scene.provider.serve(SNAPSHOT, "");
        cache.refresh().expect("good again");
        shows(&cache, 1, 3);
    });
}

#[test]
fn close_ends_the_session_of_a_cache_at_the_other_process_and_keeps_what_is_published() {
    in_each_profile(|scene| {
        let mut cache = refreshed(scene);
        cache.close();
        scene.has_sessions(SNAPSHOT, 0);
        shows(&cache, 1, 3);
        scene.provider.does("publish 2 4");
        cache.refresh().expect("it connects again");
        shows(&cache, 2, 4);
        assert_eq!(cache.status().connection.connects, 2);
    });
}

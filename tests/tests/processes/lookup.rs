//! Lookups that take several messages of another process, and what becomes of them when that changes in between.

use std::time::Duration;

use netipc::messages::{CgroupPathRef, PathStatus};
use netipc::{CallError, ClientConfig, ClientState, Deadline, LookupError};

use super::part::{HUGE, LOOKUP};
use super::scene::{Lookups, connects, during, in_each_profile, keys, paths};

/// Limits with which thirty keys take several messages.
const SMALL: &str = "response=500";

/// All keys are found, in order.
fn are_found(client: &mut Lookups, paths: &[String]) -> u64 {
    let found = client.call_lookup(&keys(paths)).expect("it is served");
    assert_eq!(found.items().len(), paths.len());
    for (item, path) in found.items().iter().zip(paths) {
        assert_eq!(
            (item.status(), item.path(), item.name().len()),
            (PathStatus::Known, path.as_str().into(), 30)
        );
    }
    found.generation()
}

#[test]
fn many_keys_over_a_small_response_ceiling_of_another_process_are_stitched_in_order() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, "response=4096");
        scene.provider.does("publish 7 0");
        let mut client = scene.lookups();
        assert_eq!(are_found(&mut client, &paths(1_000)), 7);
        assert!(scene.provider.count(LOOKUP, "requests") > 10);
        assert_eq!(scene.provider.count(LOOKUP, "limit-exceeded"), 0, "it marks what does not fit");
        assert_eq!((client.status().calls, client.status().errors), (1, 0));
        let probe = client.call_lookup::<CgroupPathRef<'_>>(&[]).expect("no keys are a lookup");
        assert_eq!((probe.generation(), probe.items().len()), (7, 0));
    });
}

#[test]
fn another_process_that_refuses_larger_requests_gets_small_ones() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, "request=1024");
        let mut client = scene.lookups();
        are_found(&mut client, &paths(300));
        assert!(scene.provider.count(LOOKUP, "requests") > 1);
        assert_eq!(scene.provider.count(LOOKUP, "refused"), 1);
        assert_eq!((client.status().connects, client.status().state), (2, ClientState::Ready));
    });
}

#[test]
fn a_lookup_grows_request_and_response_at_another_process() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, "");
        let mut client = scene.lookups();
        are_found(&mut client, &paths(300));
        assert_eq!((client.status().growths, scene.provider.count(LOOKUP, "requests")), (1, 1));
        // Its marker alone is larger than 65,536 bytes.
        are_found(&mut client, &["p".repeat(100_000)]);
        assert_eq!(scene.provider.count(LOOKUP, "response"), 131_072);
        assert_eq!(client.status().errors, 0);
    });
}

#[test]
fn a_generation_that_changes_between_two_messages_fails_the_lookup_and_keeps_the_session() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, SMALL);
        scene.provider.will("answer renew");
        let mut client = scene.lookups();
        let error = client.call_lookup(&keys(&paths(30))).map(drop).expect_err("it changes");
        let changed = LookupError::GenerationChanged { field: "generation" };
        assert!(matches!(&error, CallError::Lookup(found) if *found == changed), "{error}");
        assert!(error.is_transient());
        assert_eq!(are_found(&mut client, &paths(30)), 1, "it does not change any more");
        assert_eq!((client.status().connects, client.status().state), (1, ClientState::Ready));
    });
}

#[test]
fn an_item_too_large_for_any_response_of_another_process_is_oversized_and_so_is_a_key_for_any_request() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, "response=4096");
        let config = ClientConfig { max_request_payload_bytes: 2_000, ..scene.config() };
        let mut client: Lookups = scene.connected(LOOKUP, config);
        let long = "p".repeat(3_000);
        let paths = ["/a", HUGE, "/b", &long, "/c"].map(str::to_owned);
        let found = client.call_lookup(&keys(&paths)).expect("it is served");
        let statuses: Vec<_> = found.items().iter().map(|item| item.status()).collect();
        let (known, oversized) = (PathStatus::Known, PathStatus::OversizedItem);
        assert_eq!(statuses, [known, oversized, known, oversized, known]);
        assert!(found.items().iter().zip(&paths).all(|(item, path)| item.path() == path.as_str()));
    });
}

#[test]
fn a_session_lost_between_two_messages_is_made_again_and_the_lookup_of_another_process_goes_on() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, SMALL);
        scene.provider.will("answer fail");
        let mut client = scene.lookups();
        are_found(&mut client, &paths(30));
        let status = client.status();
        assert_eq!((status.retries, status.connects, status.errors), (1, 2, 0));
    });
}

#[test]
fn a_provider_killed_between_two_messages_fails_the_lookup_and_the_next_one_answers_it() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, SMALL);
        scene.provider.will("answer hold");
        let mut client = scene.lookups();
        let paths = paths(30);
        let call = during(
            || client.call_lookup(&keys(&paths)).map(drop),
            || {
                scene.provider.wait_for("asked");
                scene.kill_provider();
            },
        );
        assert!(matches!(call, Err(CallError::Reconnect { .. })), "{call:?}");
        scene.provider.serve(LOOKUP, SMALL);
        connects(&mut client);
        are_found(&mut client, &paths);
    });
}

#[test]
fn one_deadline_covers_all_messages_of_a_lookup_of_another_process() {
    in_each_profile(|scene| {
        scene.provider.serve(LOOKUP, SMALL);
        scene.provider.will("answer hold");
        let mut client = scene.lookups();
        let deadline = Deadline::after(Duration::from_millis(200));
        let error = client.call_lookup_until(&keys(&paths(30)), deadline).map(drop).expect_err("no answer");
        assert!(matches!(error, CallError::TimedOut), "{error}");
        assert_eq!((client.status().state, client.status().retries), (ClientState::Broken, 0));
        scene.provider.does("release");
        connects(&mut client);
        are_found(&mut client, &paths(30));
    });
}

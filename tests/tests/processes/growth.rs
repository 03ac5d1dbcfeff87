//! Requests and responses that are larger than a session with another process allows.

use std::time::Duration;

use netipc::messages::{CgroupsSnapshotRequest, StringReverseRef};
use netipc::transport::ConnectError;
use netipc::{CallError, ClientConfig, ClientState, Deadline};

use super::part::{INCREMENT, REVERSE, SNAPSHOT};
use super::scene::{Reverses, Snapshots, connects, in_each_profile, is_served};

/// A request with a payload of so many bytes.
fn text(payload_len: usize) -> Vec<u8> {
    // 8 bytes of header, a NUL behind the string.
    vec![b'x'; payload_len - 9]
}

fn request_limit(client: &Reverses) -> u32 {
    client.status().session.expect("there is a session").max_request_payload_bytes
}

fn is_reversed(client: &mut Reverses, payload_len: usize) {
    let text = text(payload_len);
    assert_eq!(client.call(StringReverseRef { text: &text }).expect("it is served").text(), &text[..]);
}

#[test]
fn a_request_grows_to_what_another_process_accepts() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "request=100000");
        let mut client = scene.reverses();
        assert_eq!(request_limit(&client), 1_024);
        is_reversed(&mut client, 5_000);
        assert_eq!(request_limit(&client), 8_192);
        is_reversed(&mut client, 60_000);
        assert_eq!(request_limit(&client), 65_536);
        let status = client.status();
        assert_eq!((status.connects, status.growths, status.retries, status.errors), (3, 2, 0, 0));
    });
}

#[test]
fn a_grown_proposal_that_another_process_refuses_is_taken_back() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "request=2048");
        let mut client = scene.reverses();
        is_reversed(&mut client, 2_000);
        for refused in 1..=2 {
            let text = text(2_049);
            let error = client.call(StringReverseRef { text: &text }).map(drop).expect_err("no further");
            assert!(
                matches!(error, CallError::RequestTooLarge { bytes: 2_049, limit: 2_048, .. }),
                "{error}"
            );
            assert_eq!((client.status().state, request_limit(&client)), (ClientState::Ready, 2_048));
            assert_eq!(scene.provider.count(REVERSE, "refused"), refused);
            is_reversed(&mut client, 2_048);
        }
    });
}

#[test]
fn a_process_that_comes_back_with_a_smaller_ceiling_is_reached_with_the_first_proposal() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "");
        let mut client = scene.reverses();
        is_reversed(&mut client, 5_000);
        scene.provider.stop(REVERSE);
        scene.provider.serve(REVERSE, "request=1024");
        is_reversed(&mut client, 1_000);
        assert_eq!((request_limit(&client), client.status().errors), (1_024, 0));
    });
}

#[test]
fn a_batch_grows_as_a_whole_at_another_process_and_so_does_its_response() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "");
        let mut client = scene.reverses();
        let text = text(20_000);
        let responses = client.call_batch(&[StringReverseRef { text: &text }; 10]).expect("it grows");
        assert_eq!(responses.len(), 10);
        assert!(responses.iter().all(|response| response.text() == &text[..]));
        let status = client.status();
        let agreed = status.session.expect("there is a session");
        // 10 times an entry of 8 bytes and an item of 20,000.
        assert_eq!((agreed.max_request_payload_bytes, agreed.max_response_payload_bytes), (262_144, 262_144));
        assert_eq!((status.growths, status.retries, status.errors), (3, 0, 0));
        assert_eq!(scene.provider.count(REVERSE, "limit-exceeded"), 2);
    });
}

#[test]
fn a_process_that_has_gone_when_a_request_would_grow_is_reported_as_lost() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "");
        let mut client = scene.reverses();
        scene.provider.stop(REVERSE);
        let text = text(5_000);
        let error = client.call(StringReverseRef { text: &text }).map(drop).expect_err("nobody is there");
        assert!(
            matches!(&error, CallError::Reconnect { source: ConnectError::NotFound { .. }, lost }
                if matches!(**lost, CallError::RequestTooLarge { .. })),
            "{error}"
        );
        assert!(error.is_transient());
        scene.provider.serve(REVERSE, "");
        connects(&mut client);
        is_reversed(&mut client, 5_000);
    });
}

#[test]
fn one_deadline_covers_growth_at_a_process_that_never_accepts() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "");
        let mut client = scene.reverses();
        scene.provider.stop(REVERSE);
        scene.provider.does("bound reverse");
        let (text, deadline) = (text(5_000), Deadline::after(Duration::from_millis(200)));
        let call = client.call_until(StringReverseRef { text: &text }, deadline).map(drop);
        assert!(matches!(call, Err(CallError::TimedOut)), "{call:?}");
        assert_eq!(client.status().state, ClientState::Broken);
    });
}

/// Cgroups of which a snapshot has more than 100,000 bytes, and less than 131,072.
const MANY: u32 = 2_000;

#[test]
fn a_response_that_does_not_fit_comes_once_the_other_process_has_learned() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does(&format!("publish 1 {MANY}"));
        let mut client = scene.snapshots();
        assert_eq!(scene.provider.count(SNAPSHOT, "response"), 65_536);
        let response = client.call(&CgroupsSnapshotRequest {}).expect("it grows");
        assert_eq!(response.cgroups().len(), MANY as usize);
        let status = client.status();
        assert_eq!((status.connects, status.growths, status.errors), (2, 1, 0));
        assert_eq!(scene.provider.count(SNAPSHOT, "response"), 131_072);
        assert_eq!(scene.provider.count(SNAPSHOT, "limit-exceeded"), 1);
        let mut another = scene.snapshots();
        another.call(&CgroupsSnapshotRequest {}).expect("it is served");
        assert_eq!(another.status().connects, 1, "later sessions are offered what was learned");
    });
}

#[test]
fn a_response_over_the_limit_of_another_process_is_an_overflow() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "response=1000");
        scene.provider.serve(INCREMENT, "");
        scene.provider.does("publish 1 100");
        let mut client = scene.snapshots();
        let error = client.call(&CgroupsSnapshotRequest {}).map(drop).expect_err("it never fits");
        assert!(
            matches!(error, CallError::ResponseTooLarge { limit: 1_000 }) && !error.is_transient(),
            "{error}"
        );
        let status = client.status();
        assert_eq!((status.state, status.connects, status.growths), (ClientState::Ready, 2, 0));
        scene.provider.does("publish 2 1");
        assert_eq!(client.call(&CgroupsSnapshotRequest {}).expect("one fits").generation(), 2);
        is_served(&mut scene.increments());
    });
}

#[test]
fn a_response_over_the_clients_own_ceiling_is_asked_of_another_process_once() {
    in_each_profile(|scene| {
        scene.provider.serve(SNAPSHOT, "");
        scene.provider.does("publish 1 100");
        let config = ClientConfig { max_response_payload_bytes: 1_000, ..scene.config() };
        let mut client: Snapshots = scene.connected(SNAPSHOT, config);
        let error = client.call(&CgroupsSnapshotRequest {}).map(drop).expect_err("more than it takes");
        assert!(matches!(error, CallError::ResponseTooLarge { limit: 1_000 }), "{error}");
        assert_eq!(client.status().state, ClientState::Broken);
        assert_eq!(scene.provider.count(SNAPSHOT, "requests"), 1);
    });
}

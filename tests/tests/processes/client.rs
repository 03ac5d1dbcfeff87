//! Calls of a provider that lets them wait, loses them, or comes back between them.

use std::time::Duration;

use netipc::messages::Increment;
use netipc::transport::ConnectError;
use netipc::{CallError, ClientConfig, ClientState, Deadline};
use netipc_tests::support::raw::Raw;

use super::part::INCREMENT;
#[cfg(unix)]
use super::scene::is_ready_in_the_end;
use super::scene::{Increments, Scene, connects, during, in_each_profile, is_served};
use crate::common::LONG;

/// Long enough to ask, if not to be answered.
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_call_that_the_other_process_never_answers_times_out_and_the_client_is_usable_again() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        scene.provider.will("hold");
        let mut client = scene.increments();
        let error = client
            .call_until(&Increment { value: 1 }, Deadline::after(SHORT))
            .map(drop)
            .expect_err("nobody answers");
        assert!(matches!(error, CallError::TimedOut), "{error}");
        let status = client.status();
        assert_eq!((status.state, status.retries), (ClientState::Broken, 0));
        // One that was too late to be asked holds nobody.
        scene.provider.does("release");
        connects(&mut client);
        is_served(&mut client);
        scene.has_sessions(INCREMENT, 1);
    });
}

#[test]
fn abort_ends_a_call_that_waits_for_the_other_process_which_others_do_not_wait_for() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let (mut client, mut quick) = (scene.increments(), scene.increments());
        let abort = client.abort_handle();
        scene.provider.will("hold");
        let call = during(
            || client.call_until(&Increment { value: 1 }, Deadline::after(LONG)).map(drop),
            || {
                scene.provider.wait_for("asked");
                is_served(&mut quick);
                abort.abort();
            },
        );
        assert!(matches!(call, Err(CallError::Aborted)), "{call:?}");
        assert_eq!((client.status().state, client.status().retries), (ClientState::Broken, 0));
        let again = client.call(&Increment { value: 1 }).map(drop);
        assert!(matches!(again, Err(CallError::Aborted)), "{again:?}");
        abort.clear();
        // The handler that nobody waits for runs still.
        connects(&mut client);
        is_served(&mut client);
    });
}

/// A client with all the time there is for its handshake.
fn patient(scene: &Scene) -> Increments {
    let config = ClientConfig { handshake_timeout: LONG, ..scene.config() };
    Increments::new(scene.endpoint(INCREMENT), config)
}

/// What was aborted goes well, once the handle is cleared and the provider is a good one.
fn is_served_after_abort(scene: &mut Scene, mut client: Increments) {
    assert!(
        matches!(client.connect_error(), Some(ConnectError::Aborted { .. })),
        "{:?}",
        client.connect_error()
    );
    assert_eq!(client.status().state, ClientState::Disconnected);
    scene.provider.stop(INCREMENT);
    scene.provider.serve(INCREMENT, "");
    client.abort_handle().clear();
    connects(&mut client);
    is_served(&mut client);
}

#[test]
fn abort_ends_a_refresh_that_waits_for_another_process_to_accept() {
    in_each_profile(|scene| {
        scene.provider.does("bound increment");
        let mut client = patient(scene);
        let abort = client.abort_handle();
        during(|| client.refresh(), || abort.abort());
        is_served_after_abort(scene, client);
    });
}

#[test]
fn abort_ends_a_refresh_that_waits_for_the_handshake_of_another_process() {
    in_each_profile(|scene| {
        scene.provider.does("mute increment");
        let mut client = patient(scene);
        let abort = client.abort_handle();
        during(
            || client.refresh(),
            || {
                scene.provider.wait_for("greeted");
                abort.abort();
            },
        );
        is_served_after_abort(scene, client);
    });
}

#[test]
fn a_process_that_listens_and_never_accepts_costs_the_handshake_timeout() {
    in_each_profile(|scene| {
        scene.provider.does("bound increment");
        let config = ClientConfig { handshake_timeout: SHORT, ..scene.config() };
        let mut client = Increments::new(scene.endpoint(INCREMENT), config);
        client.refresh();
        assert_eq!(client.status().state, ClientState::Disconnected);
        assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
    });
}

#[test]
fn a_process_that_has_no_room_for_another_client_costs_the_handshake_timeout() {
    in_each_profile(|scene| {
        scene.provider.does("full increment");
        let _waiting = Raw::connect(&scene.endpoint(INCREMENT));
        let config = ClientConfig { handshake_timeout: SHORT, ..scene.config() };
        let mut client = Increments::new(scene.endpoint(INCREMENT), config);
        client.refresh();
        assert_eq!(client.status().state, ClientState::Disconnected);
        assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
    });
}

/// Its kernel takes what it is sent, and it does nothing.
#[cfg(unix)]
#[test]
fn a_process_that_stands_still_costs_a_call_its_deadline_and_answers_when_it_goes_on() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let config = ClientConfig { handshake_timeout: SHORT, ..scene.config() };
        let mut client = Increments::new(scene.endpoint(INCREMENT), config);
        is_ready_in_the_end(&mut client);
        is_served(&mut client);
        scene.provider.stand_still();
        let call = client.call_until(&Increment { value: 1 }, Deadline::after(SHORT)).map(drop);
        assert!(matches!(call, Err(CallError::TimedOut)), "{call:?}");
        assert_eq!(client.status().state, ClientState::Broken);
        client.refresh();
        assert_eq!(client.status().state, ClientState::Disconnected);
        assert!(matches!(client.connect_error(), Some(ConnectError::TimedOut { .. })));
        scene.provider.go_on();
        is_ready_in_the_end(&mut client);
        is_served(&mut client);
        scene.has_sessions(INCREMENT, 1);
    });
}

/// A client whose provider was killed in favour of a process that has `what` at its endpoint.
fn retries_at(scene: &mut Scene, what: &str) -> Increments {
    scene.provider.serve(INCREMENT, "");
    let mut client = scene.increments();
    is_served(&mut client);
    scene.kill_provider();
    // A server takes over the name that the dead one has left, and gives it back.
    scene.provider.serve(INCREMENT, "");
    scene.provider.stop(INCREMENT);
    scene.provider.does(&format!("{what} increment"));
    client
}

#[test]
fn one_deadline_covers_a_retry_at_a_process_that_never_accepts() {
    in_each_profile(|scene| {
        let mut client = retries_at(scene, "bound");
        // Enough for the retry to begin on a busy machine.
        let deadline = Deadline::after(Duration::from_secs(1));
        let call = client.call_until(&Increment { value: 1 }, deadline).map(drop);
        assert!(matches!(call, Err(CallError::TimedOut)), "{call:?}");
        let status = client.status();
        assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 0, 1));
    });
}

#[test]
fn abort_ends_a_retry_at_a_process_that_does_not_shake_hands() {
    in_each_profile(|scene| {
        let mut client = retries_at(scene, "mute");
        let abort = client.abort_handle();
        let call = during(
            || client.call_until(&Increment { value: 1 }, Deadline::after(LONG)).map(drop),
            || {
                scene.provider.wait_for("greeted");
                abort.abort();
            },
        );
        assert!(matches!(call, Err(CallError::Aborted)), "{call:?}");
        let status = client.status();
        assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 0, 1));
    });
}

#[test]
fn a_provider_that_was_restarted_between_two_calls_is_reached_by_the_second_one() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        is_served(&mut client);
        scene.provider.stop(INCREMENT);
        scene.provider.serve(INCREMENT, "");
        assert!(client.is_ready(), "a cached value: nothing has looked");
        is_served(&mut client);
        let status = client.status();
        assert_eq!((status.retries, status.connects, status.reconnects, status.errors), (1, 2, 1, 0));
        assert_eq!(scene.provider.count(INCREMENT, "requests"), 1);
    });
}

#[test]
fn a_provider_that_was_killed_between_two_calls_is_followed_by_one_that_the_second_reaches() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        is_served(&mut client);
        scene.kill_provider();
        scene.provider.serve(INCREMENT, "");
        is_served(&mut client);
        assert_eq!((client.status().retries, client.status().errors), (1, 0));
    });
}

/// Has a provider that loses so many requests with their sessions before it answers one with 42.
fn loses(scene: &mut Scene, requests: usize) -> Increments {
    let answer = hex::encode(42u64.to_ne_bytes());
    scene.provider.does(&format!("bare increment {} {answer}", "lose ".repeat(requests)));
    scene.increments()
}

#[test]
fn a_request_that_another_process_loses_with_its_session_is_sent_once_more() {
    in_each_profile(|scene| {
        let mut client = loses(scene, 1);
        is_served(&mut client);
        scene.provider.wait_for("lost");
        let status = client.status();
        assert_eq!((status.retries, status.connects, status.errors), (1, 2, 0));
    });
}

#[test]
fn a_request_that_another_process_loses_twice_is_reported_and_the_next_one_is_answered() {
    in_each_profile(|scene| {
        let mut client = loses(scene, 2);
        let error = client.call(&Increment { value: 41 }).map(drop).expect_err("it is lost each time");
        assert!(matches!(error, CallError::Receive(_)) && error.is_transient(), "{error}");
        for _ in 0..2 {
            scene.provider.wait_for("lost");
        }
        assert_eq!((client.status().state, client.status().retries), (ClientState::Broken, 1));
        connects(&mut client);
        is_served(&mut client);
    });
}

#[test]
fn a_response_of_another_process_that_does_not_decode_is_asked_for_once_more_and_reported() {
    in_each_profile(|scene| {
        scene.provider.does("bare increment 010203");
        let mut client = scene.increments();
        let error = client.call(&Increment { value: 1 }).map(drop).expect_err("3 bytes are no number");
        assert!(matches!(error, CallError::Decode(_)) && !error.is_transient(), "{error}");
        let status = client.status();
        assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 1, 2));
    });
}

#[test]
fn results_of_a_batch_come_from_another_process_by_position() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        for count in [1, 2, 10] {
            let batch: Vec<_> = (0..count).map(|value| Increment { value }).collect();
            let responses = client.call_batch(&batch).expect("it is served");
            assert!(responses.iter().map(|response| response.value()).eq(1..=count));
        }
        let error = client.call_batch(&[Increment { value: 1 }; 11]).map(drop).expect_err("one too many");
        assert!(matches!(error, CallError::TooManyItems { items: 11, limit: 10 }), "{error}");
        assert_eq!(scene.provider.count(INCREMENT, "requests"), 3, "one message each");
        assert_eq!(client.status().state, ClientState::Ready);
    });
}

#[test]
fn close_ends_the_session_at_the_other_process_too() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        client.close();
        assert_eq!(client.status().state, ClientState::Disconnected);
        scene.has_sessions(INCREMENT, 0);
        connects(&mut client);
        is_served(&mut client);
        scene.has_sessions(INCREMENT, 1);
        assert_eq!((client.status().connects, client.status().reconnects), (2, 1));
    });
}

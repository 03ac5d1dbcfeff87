//! Answers that are none: what each costs, at the client and at the provider in the other process.

use netipc::messages::{Increment, StringReverse, StringReverseRef};
use netipc::transport::ClientSession;
use netipc::{CallError, Client, ClientState, Status};

use super::part::INCREMENT;
use super::scene::{Scene, connects, in_each_profile, is_served};
use crate::common::exchange::{assert_bare, assert_closed, exchange, exchange_batch};

/// The method of INCREMENT.
const METHOD: u16 = 1;

fn is_answered(session: &mut ClientSession, id: u64) {
    let (header, payload) = exchange(session, METHOD, id, &41u64.to_ne_bytes());
    assert_eq!((header.transport_status, payload), (Status::Ok, 42u64.to_ne_bytes().to_vec()));
}

/// A handler that does this each time fails the call after one retry; other clients do not notice.
fn fails(scene: &mut Scene, deed: &str) {
    scene.provider.serve(INCREMENT, "");
    let (mut client, mut bystander) = (scene.increments(), scene.increments());
    is_served(&mut bystander);
    scene.provider.will(&format!("{deed} {deed}"));
    let error = client.call(&Increment { value: 1 }).map(drop).expect_err("the handler fails");
    assert!(matches!(error, CallError::Rejected(Status::InternalError)) && error.is_transient(), "{error}");
    let status = client.status();
    assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 1, 2));
    assert_eq!(scene.provider.count(INCREMENT, "internal-error"), 2);
    is_served(&mut bystander);
    assert_eq!(bystander.status().connects, 1);
    connects(&mut client);
    is_served(&mut client);
    scene.provider.will(deed);
    is_served(&mut client);
    assert_eq!((client.status().retries, client.status().errors), (2, 1), "the second attempt is answered");

    scene.provider.will(deed);
    let mut session = scene.session(INCREMENT);
    let (header, _) = exchange(&mut session, METHOD, 9, &1u64.to_ne_bytes());
    assert_bare(&header, METHOD, 9, Status::InternalError);
    assert_closed(&mut session);
}

#[test]
fn a_handler_of_another_process_that_fails_is_internal_error_and_costs_one_session() {
    in_each_profile(|scene| fails(scene, "fail"));
}

#[test]
fn a_handler_of_another_process_that_panics_is_internal_error_and_costs_one_session() {
    in_each_profile(|scene| fails(scene, "panic"));
}

#[test]
fn a_batch_of_which_another_process_fails_on_one_item_is_internal_error() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        let batch = [1, 2, 3].map(|value| Increment { value });
        scene.provider.will("answer fail answer fail");
        let error = client.call_batch(&batch).map(drop).expect_err("it fails on the second item");
        assert!(matches!(error, CallError::Rejected(Status::InternalError)), "{error}");
        assert_eq!(scene.provider.count(INCREMENT, "requests"), 2);
        connects(&mut client);
        assert_eq!(client.call_batch(&batch).expect("it is served").len(), 3);
    });
}

#[test]
fn another_method_is_unsupported_at_another_process_and_the_session_goes_on() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client: Client<StringReverse, StringReverse> = scene.connected(INCREMENT, scene.config());
        let error = client.call(StringReverseRef { text: b"abc" }).map(drop).expect_err("another method");
        assert!(
            matches!(error, CallError::Rejected(Status::Unsupported)) && !error.is_transient(),
            "{error}"
        );
        let status = client.status();
        assert_eq!((status.state, status.retries, status.connects), (ClientState::Broken, 1, 2));
        let mut session = scene.session(INCREMENT);
        let (header, _) = exchange(&mut session, 3, 5, &[0; 8]);
        assert_bare(&header, 3, 5, Status::Unsupported);
        is_answered(&mut session, 6);
        assert_eq!(scene.provider.count(INCREMENT, "unsupported"), 3);
    });
}

#[test]
fn what_does_not_decode_is_bad_envelope_at_another_process_and_the_session_closes() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut session = scene.session(INCREMENT);
        is_answered(&mut session, 8);
        let (header, _) = exchange(&mut session, METHOD, 9, &[1, 2, 3]);
        assert_bare(&header, METHOD, 9, Status::BadEnvelope);
        assert_closed(&mut session);

        let mut session = scene.session(INCREMENT);
        let (header, _) = exchange_batch(&mut session, METHOD, 10, &[&[0; 8], &[1, 2, 3]]);
        assert_bare(&header, METHOD, 10, Status::BadEnvelope);
        assert_closed(&mut session);

        assert_eq!(scene.provider.count(INCREMENT, "bad-envelope"), 2);
        is_answered(&mut scene.session(INCREMENT), 1);
    });
}

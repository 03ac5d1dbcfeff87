//! A server, as its clients in this process and in others see it: stopped, drained, and left by them.

use std::time::Duration;

use netipc::messages::{Increment, StringReverseRef};
use netipc::transport::{ConnectError, ConnectOptions};
use netipc::{CallError, ClientState, Deadline, Encode};

use super::part::{INCREMENT, REVERSE};
use super::scene::{
    Increments, Scene, connects, during, eventually, in_each_profile, is_ready_in_the_end, is_served,
};
use crate::common::is_served as lets_in;

/// What comes of a call during whose handler something happens.
fn during_a_call(
    scene: &mut Scene,
    client: &mut Increments,
    happens: impl FnOnce(&mut Scene),
) -> Result<u64, CallError> {
    scene.provider.will("hold");
    during(
        || client.call(&Increment { value: 1 }).map(|response| response.value()),
        || {
            scene.provider.wait_for("asked");
            happens(scene);
        },
    )
}

/// The call has failed, since the server has closed and nobody serves any more.
fn has_lost_its_server(call: &Result<u64, CallError>, client: &Increments) {
    assert!(
        matches!(call, Err(CallError::Reconnect { source: ConnectError::NotFound { .. }, .. })),
        "{call:?}"
    );
    assert_eq!(client.status().state, ClientState::Broken);
}

#[test]
fn stop_ends_the_sessions_of_idle_clients_in_other_processes() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut clients = [(); 4].map(|()| scene.increments());
        clients.iter_mut().for_each(is_served);
        scene.provider.stop(INCREMENT);
        for client in &mut clients {
            let call = client.call(&Increment { value: 1 }).map(|response| response.value());
            has_lost_its_server(&call, client);
            assert!(client.refresh());
            assert_eq!(client.status().state, ClientState::NotFound);
        }
        scene.is_left_without_names();
        scene.provider.serve(INCREMENT, "");
        for client in &mut clients {
            connects(client);
            is_served(client);
        }
    });
}

#[test]
fn stop_ends_a_call_of_another_process_while_its_handler_runs() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        // It says that it has stopped though nothing is released.
        let call = during_a_call(scene, &mut client, |scene| scene.provider.stop(INCREMENT));
        has_lost_its_server(&call, &client);
        scene.provider.does("release");
        scene.is_left_without_names();
    });
}

#[test]
fn stop_ends_the_session_of_another_process_that_never_reads() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "");
        let options = ConnectOptions {
            supported_profiles: scene.profile,
            max_request_payload_bytes: 65_000,
            ..ConnectOptions::default()
        };
        let mut session = scene.session_with(REVERSE, &options);
        let text = vec![b'x'; 60_000];
        let request = StringReverseRef { text: &text };
        let mut payload = vec![0; request.encoded_len()];
        request.encode(&mut payload).expect("it has the right length");
        // Until neither side can send any more.
        let mut sent = 0;
        while session.send(3, sent, &payload, Deadline::after(Duration::from_millis(200))).is_ok() {
            sent += 1;
        }
        assert!(sent > 0);
        scene.provider.stop(REVERSE);
        drop(session);
        scene.is_left_without_names();
    });
}

#[test]
fn drain_lets_a_call_of_another_process_finish_and_lets_nobody_in() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let (mut client, mut idle) = (scene.increments(), scene.increments());
        is_served(&mut idle);
        let call = during_a_call(scene, &mut client, |scene| {
            scene.provider.tell("drain increment 60000");
            eventually("nobody is let in", || !lets_in(&scene.endpoint(INCREMENT)));
            scene.provider.does("release");
        });
        assert!(matches!(call, Ok(2)), "{call:?}");
        assert_eq!(scene.provider.wait_for("drain"), "complete");
        for client in [&mut client, &mut idle] {
            let next = client.call(&Increment { value: 1 }).map(|response| response.value());
            has_lost_its_server(&next, client);
        }
        scene.is_left_without_names();
    });
}

#[test]
fn drain_cuts_off_a_call_of_another_process_that_takes_longer_than_its_time() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        let call = during_a_call(scene, &mut client, |scene| {
            assert_eq!(scene.provider.does("drain increment 50"), "cut off 1");
        });
        has_lost_its_server(&call, &client);
        scene.provider.does("release");
        scene.is_left_without_names();
    });
}

#[test]
fn drain_with_idle_clients_in_other_processes_is_complete_at_once() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        is_served(&mut client);
        assert_eq!(scene.provider.does("drain increment 60000"), "complete");
        let call = client.call(&Increment { value: 1 }).map(|response| response.value());
        has_lost_its_server(&call, &client);
        scene.is_left_without_names();
    });
}

#[test]
fn sessions_are_counted_until_their_clients_in_other_processes_have_gone() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let clients = [(); 3].map(|()| scene.increments());
        scene.has_sessions(INCREMENT, 3);
        drop(clients);
        scene.has_sessions(INCREMENT, 0);
        assert_eq!(scene.provider.count(INCREMENT, "accepted"), 3);
    });
}

#[test]
fn the_handler_learns_which_process_asks() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        scene.provider.will("tell");
        is_served(&mut scene.increments());
        assert_eq!(scene.provider.wait_for("peer"), std::process::id().to_string());
    });
}

#[test]
fn a_client_that_is_killed_gives_its_place_to_the_next_whether_it_was_idle_or_in_a_call() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "sessions=2");
        let names = scene.names();
        let [mut idle, mut busy] = [(); 2].map(|()| scene.process());
        for client in [&mut idle, &mut busy] {
            assert_eq!(client.does("connect"), "READY");
            assert_eq!(client.does("call 41"), "42");
        }
        scene.has_sessions(INCREMENT, 2);
        scene.provider.will("hold");
        busy.tell("call 1");
        scene.provider.wait_for("asked");
        idle.kill();
        scene.has_sessions(INCREMENT, 1);
        busy.kill();
        // Nothing interrupts a handler.
        assert_eq!(scene.provider.count(INCREMENT, "sessions"), 1);
        scene.provider.does("release");
        scene.has_sessions(INCREMENT, 0);
        eventually("only the server has a name", || scene.names() == names);

        let mut clients = [(); 2].map(|()| scene.client());
        for client in &mut clients {
            is_ready_in_the_end(client);
            is_served(client);
        }
        drop(clients);
        scene.has_sessions(INCREMENT, 0);
        scene.provider.stop(INCREMENT);
        scene.is_left_without_names();
    });
}

#[test]
fn clients_in_several_processes_ask_at_once_and_each_gets_its_own_answers() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut clients = [(); 3].map(|()| scene.process());
        for client in &mut clients {
            assert_eq!(client.does("connect"), "READY");
        }
        for (client, first) in clients.iter_mut().zip([1_000, 2_000, 3_000]) {
            client.tell(&format!("calls {first} 300"));
        }
        let mut own = scene.increments();
        for value in 0..300 {
            assert_eq!(own.call(&Increment { value }).expect("it is served").value(), value + 1);
        }
        for client in &mut clients {
            assert_eq!(client.wait_for("calls"), "300");
        }
        assert_eq!(scene.provider.count(INCREMENT, "requests"), 1_200);
        assert_eq!(scene.provider.count(INCREMENT, "accepted"), 4);
        for client in clients {
            client.end();
        }
        scene.has_sessions(INCREMENT, 1);
    });
}

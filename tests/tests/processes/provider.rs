//! A provider comes, goes, and is killed: all that a client has of it, at every level.

use netipc::messages::{CgroupPathRef, Increment};
use netipc::transport::ConnectError;
use netipc::{CallError, ClientConfig, ClientState, RefreshError, Server, ServerConfig};
use netipc_tests::support::raw::Raw;
use netipc_tests::support::servers_are_kept_apart;

use super::part::{INCREMENT, LOOKUP, REVERSE, SNAPSHOT};
use super::process::Process;
use super::scene::{
    Cache, Increments, Lookups, Scene, connects, during, in_each_profile, is_ready_in_the_end, is_served,
};
use crate::common::LONG;

/// Serves everything.
fn serves(provider: &mut Process) {
    for service in [INCREMENT, LOOKUP, SNAPSHOT] {
        provider.serve(service, "");
    }
    provider.does(&format!("publish {} 3", provider.id()));
}

/// A client of each kind.
struct Clients {
    increment: Increments,
    lookup: Lookups,
    cache: Cache,
}

impl Clients {
    fn new(scene: &Scene) -> Self {
        Self { increment: scene.increments(), lookup: scene.lookups(), cache: scene.cache() }
    }

    /// Each asks, and is answered by this process, which tells itself as the generation of what it knows.
    fn are_served_by(&mut self, provider: u32) {
        is_served(&mut self.increment);
        let batch = [Increment { value: 1 }, Increment { value: 2 }];
        let responses = self.increment.call_batch(&batch).expect("it is served");
        assert!(responses.iter().map(|response| response.value()).eq([2, 3]));

        let keys = [CgroupPathRef { path: b"/web" }, CgroupPathRef { path: b"/db" }];
        let found = self.lookup.call_lookup(&keys).expect("it is served");
        assert_eq!(found.generation(), u64::from(provider));
        assert!(found.items().iter().map(|item| item.path()).eq(["/web", "/db"]));

        self.cache.refresh().expect("it is served");
        let guard = self.cache.read();
        assert_eq!(guard.generation(), Some(u64::from(provider)));
        assert_eq!(
            guard.get((1, b"1")).expect("it is in the list").path(),
            format!("/{provider}/1").as_str()
        );
    }
}

#[test]
fn a_provider_in_another_process_answers_calls_batches_lookups_and_refreshes() {
    in_each_profile(|scene| {
        serves(&mut scene.provider);
        Clients::new(scene).are_served_by(scene.provider.id());
    });
}

#[test]
fn a_call_whose_provider_is_killed_fails_and_the_next_provider_serves_the_same_clients() {
    in_each_profile(|scene| {
        serves(&mut scene.provider);
        let mut clients = Clients::new(scene);
        clients.are_served_by(scene.provider.id());
        scene.provider.will("hold");
        let client = &mut clients.increment;
        let call = during(
            || client.call(&Increment { value: 1 }).map(drop),
            || {
                scene.provider.wait_for("asked");
                scene.kill_provider();
            },
        );
        let error = call.expect_err("nobody answers");
        assert!(matches!(error, CallError::Reconnect { .. }), "{error}");
        assert_eq!(client.status().state, ClientState::Broken);
        let error = clients.cache.refresh().expect_err("nobody is there");
        assert!(matches!(error, RefreshError::Call(_)), "{error}");
        assert_eq!(clients.cache.read().len(), 3, "what it had it has");

        serves(&mut scene.provider);
        connects(&mut clients.increment);
        clients.are_served_by(scene.provider.id());
    });
}

#[test]
fn a_provider_that_another_process_starts_late_is_picked_up_by_refresh() {
    in_each_profile(|scene| {
        let mut client = scene.client();
        assert!(client.refresh());
        assert_eq!(client.status().state, ClientState::NotFound);
        let error = client.call(&Increment { value: 1 }).map(drop).expect_err("nobody is there");
        assert!(matches!(error, CallError::NotReady { state: ClientState::NotFound, .. }), "{error}");
        scene.provider.serve(INCREMENT, "");
        assert!(client.refresh());
        is_served(&mut client);
        assert!(!client.refresh(), "READY stays READY");
        assert_eq!((client.status().connects, client.status().reconnects), (1, 0));
    });
}

#[test]
fn a_token_is_refused_until_the_provider_comes_back_with_the_right_one() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "token=1");
        let config = ClientConfig { auth_token: 2, ..scene.config() };
        let mut client = Increments::new(scene.endpoint(INCREMENT), config);
        client.refresh();
        assert_eq!(client.status().state, ClientState::AuthFailed);
        assert!(matches!(client.connect_error(), Some(ConnectError::AuthFailed { .. })));
        assert_eq!(scene.provider.count(INCREMENT, "refused"), 1);
        scene.provider.stop(INCREMENT);
        scene.provider.serve(INCREMENT, "token=2");
        connects(&mut client);
        is_served(&mut client);
    });
}

#[test]
fn a_provider_that_is_not_compatible_is_taken_when_it_comes_back_as_one_that_is() {
    in_each_profile(|scene| {
        let mut client = scene.client();
        for limit in ["packet=32", &format!("profiles={}", scene.other_profiles().bits())] {
            scene.provider.serve(INCREMENT, limit);
            client.refresh();
            assert_eq!(client.status().state, ClientState::Incompatible, "{limit}");
            scene.provider.stop(INCREMENT);
        }
        scene.provider.serve(INCREMENT, "");
        connects(&mut client);
        is_served(&mut client);
    });
}

#[test]
fn a_provider_killed_in_the_middle_of_a_handshake_leaves_the_client_disconnected() {
    in_each_profile(|scene| {
        scene.provider.does("mute increment");
        let config = ClientConfig { handshake_timeout: LONG, ..scene.config() };
        let mut client = Increments::new(scene.endpoint(INCREMENT), config);
        during(
            || client.refresh(),
            || {
                scene.provider.wait_for("greeted");
                scene.kill_provider();
            },
        );
        assert_eq!(client.status().state, ClientState::Disconnected);
        assert!(
            matches!(client.connect_error(), Some(ConnectError::Closed { .. })),
            "{:?}",
            client.connect_error()
        );
        client.refresh();
        assert_eq!(client.status().state, ClientState::NotFound);
        scene.provider.serve(INCREMENT, "");
        connects(&mut client);
        is_served(&mut client);
    });
}

/// A provider with room for one session refuses a second client until the first has gone.
fn is_full_for_a_while(limit: &str, scene: &mut Scene) {
    scene.provider.serve(INCREMENT, limit);
    let mut first = scene.increments();
    let mut second = scene.client();
    second.refresh();
    assert_eq!(second.status().state, ClientState::Disconnected);
    assert!(matches!(second.connect_error(), Some(ConnectError::LimitExceeded { .. })));
    assert_eq!(scene.provider.count(INCREMENT, "refused"), 1);
    is_served(&mut first);
    first.close();
    scene.has_sessions(INCREMENT, 0);
    is_ready_in_the_end(&mut second);
    is_served(&mut second);
}

#[test]
fn a_provider_in_another_process_that_is_full_refuses_until_another_clients_session_ends() {
    in_each_profile(|scene| is_full_for_a_while("sessions=1", scene));
}

#[test]
fn a_user_with_as_many_sessions_as_one_may_have_is_refused_until_one_of_them_ends() {
    in_each_profile(|scene| is_full_for_a_while("sessions-per-user=1", scene));
}

#[test]
fn a_client_that_says_nothing_delays_nobody_and_is_hung_up_on() {
    in_each_profile(|scene| {
        // Time enough for a client that says something, on a busy machine.
        scene.provider.serve(INCREMENT, "handshake=2000");
        let silent = Raw::connect(&scene.endpoint(INCREMENT));
        is_served(&mut scene.increments());
        assert!(silent.is_closed_by_peer());
        assert_eq!(scene.provider.count(INCREMENT, "accepted"), 1);
    });
}

#[test]
fn a_provider_that_comes_and_goes_is_followed_by_every_call() {
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        for times in 1..=10 {
            is_served(&mut client);
            scene.provider.stop(INCREMENT);
            scene.provider.serve(INCREMENT, "");
            is_served(&mut client);
            assert_eq!(client.status().retries, times);
        }
        assert_eq!(client.status().errors, 0);
    });
}

#[test]
fn status_tells_what_the_session_with_another_process_has_agreed() {
    in_each_profile(|scene| {
        scene.provider.serve(REVERSE, "packet=4096 request=5000 response=3000");
        let client = scene.reverses();
        let status = client.status();
        let agreed = status.session.expect("there is a session");
        assert_eq!((agreed.profile, agreed.packet_size), (scene.profile, 4_096));
        assert_eq!((agreed.max_request_payload_bytes, agreed.max_response_payload_bytes), (1_024, 3_000));
        assert_eq!((agreed.max_request_batch_items, agreed.session_id), (10, 1));
        assert_eq!((status.connects, status.calls, status.without_shared_memory), (1, 0, false));
        assert_eq!(scene.reverses().status().session.expect("there is a session").session_id, 2);
    });
}

#[test]
fn an_endpoint_that_another_process_serves_is_in_use_until_it_is_killed() {
    if !servers_are_kept_apart() {
        return;
    }
    in_each_profile(|scene| {
        scene.provider.serve(INCREMENT, "");
        let mut client = scene.increments();
        let (endpoint, supported_profiles) = (scene.endpoint(INCREMENT), scene.profile);
        let spawn = || {
            let config = ServerConfig { supported_profiles, ..ServerConfig::default() };
            Server::<Increment, Increment>::spawn(endpoint.clone(), config, |request, response, _| {
                response.value(request.value() + 1);
                Ok(())
            })
        };
        let second = spawn();
        assert!(matches!(second, Err(netipc::ListenError::AddressInUse { .. })), "{second:?}");
        is_served(&mut client);
        scene.provider.kill();
        let _next = spawn().expect("what the dead have left is taken over");
        is_served(&mut client);
        assert_eq!((client.status().retries, client.status().connects), (1, 2), "by the same call");
        drop(client);
        scene.provider = scene.process();
    });
}

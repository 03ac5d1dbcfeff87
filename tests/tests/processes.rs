//! Levels 2 and 3 across two processes, over every profile that the platform carries: what a provider in another process
//! answers, and what becomes of its clients when it is killed.

mod common;
#[path = "processes/provider.rs"]
mod provider;

use common::Place;
use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{
    CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot, CgroupsSnapshotRequest, Increment,
};
use netipc::{CallError, Client, ClientConfig, Profiles, RefreshError, SnapshotCache};
use netipc_tests::support::names;
use provider::{NEVER_ANSWERED, Provider, SERVICES, endpoint};

/// Runs a test over every profile that the platform carries, and sees that nothing has a name any more afterwards.
fn in_each_profile(test: fn(&Place, Profiles)) {
    let profiles = (0..u32::BITS).map(|bit| Profiles::from_bits(1 << bit));
    for profile in profiles.filter(|profile| Profiles::CARRIED.contains(*profile)) {
        let place = Place::new();
        test(&place, profile);
        for service in SERVICES {
            assert_eq!(names(&endpoint(&place, service)), Vec::<String>::new(), "{profile}: {service}");
        }
    }
}

fn config(profile: Profiles) -> ClientConfig {
    ClientConfig { supported_profiles: profile, max_request_batch_items: 10, ..ClientConfig::default() }
}

/// A client of each kind.
struct Clients {
    increment: Client<Increment, Increment>,
    lookup: Client<CgroupsLookupRequest, CgroupsLookup>,
    cache: SnapshotCache<CgroupsSnapshotRequest, CgroupsSnapshot>,
}

impl Clients {
    fn new(place: &Place, profile: Profiles) -> Self {
        let [increment, lookup, snapshot] = SERVICES.map(|service| endpoint(place, service));
        Self {
            increment: Client::new(increment, config(profile)),
            lookup: Client::new(lookup, config(profile)),
            cache: SnapshotCache::new(snapshot, config(profile)),
        }
    }

    /// Each asks, and is answered by this provider over this profile.
    fn are_served_by(&mut self, provider: &Provider, profile: Profiles) {
        connects(&mut self.increment, profile);
        assert_eq!(self.increment.call(&Increment { value: 41 }).expect("it is served").value(), 42);
        let batch = [Increment { value: 1 }, Increment { value: 2 }];
        let responses = self.increment.call_batch(&batch).expect("it is served");
        assert!(responses.iter().map(|response| response.value()).eq([2, 3]));

        connects(&mut self.lookup, profile);
        let keys = [CgroupPathRef { path: b"/web" }, CgroupPathRef { path: b"/db" }];
        let found = self.lookup.call_lookup(&keys).expect("it is served");
        assert_eq!(found.generation(), provider.id());
        assert!(found.items().iter().map(|item| item.path()).eq(["/web", "/db"]));

        self.cache.refresh().expect("it is served");
        let guard = self.cache.read();
        assert_eq!(guard.generation(), Some(provider.id()));
        assert_eq!(guard.get((1, b"web")).expect("it is in the list").path(), "/web");
    }
}

fn connects<Req: MethodMessage, Resp: Answers<Req>>(client: &mut Client<Req, Resp>, profile: Profiles) {
    client.refresh();
    let agreed = client.status().session.map(|agreed| agreed.profile);
    assert_eq!(agreed, Some(profile), "{:?}", client.connect_error());
}

#[test]
fn a_provider_in_another_process_answers_calls_batches_lookups_and_refreshes() {
    in_each_profile(|place, profile| {
        let provider = Provider::start(place, profile);
        let mut clients = Clients::new(place, profile);
        clients.are_served_by(&provider, profile);
        drop(clients);
        provider.end();
    });
}

#[test]
fn a_call_whose_provider_is_killed_fails_and_the_next_provider_serves_the_same_clients() {
    in_each_profile(|place, profile| {
        let mut killed = Provider::start(place, profile);
        let mut clients = Clients::new(place, profile);
        clients.are_served_by(&killed, profile);
        std::thread::scope(|scope| {
            let client = &mut clients.increment;
            let call = scope.spawn(|| client.call(&Increment { value: NEVER_ANSWERED }).map(drop));
            killed.wait_for("asked");
            killed.kill();
            let error = call.join().expect("it does not panic").expect_err("nobody answers");
            assert!(matches!(error, CallError::Reconnect { .. }), "{profile}: {error}");
        });
        let error = clients.cache.refresh().expect_err("nobody is there");
        assert!(matches!(error, RefreshError::Call(_)), "{profile}: {error}");
        assert_eq!(clients.cache.read().len(), 1, "what it had it has");

        let next = Provider::start(place, profile);
        clients.are_served_by(&next, profile);
        drop(clients);
        next.end();
    });
}

/// What another process does. As a test of its own it has no part.
#[test]
fn the_part_of_another_process() {
    provider::play();
}

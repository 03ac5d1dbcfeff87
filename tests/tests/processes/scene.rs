//! Where a test plays: a run directory, a profile, a provider process, and clients in this one.

use std::thread;
use std::time::Instant;

use netipc::codec::{Answers, MethodMessage};
use netipc::messages::{
    CgroupPathRef, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot, CgroupsSnapshotRequest, Increment,
    StringReverse,
};
use netipc::transport::{ClientSession, ConnectOptions, Profiles};
use netipc::{Abort, CacheConfig, Client, ClientConfig, ClientState, Deadline, Endpoint, SnapshotCache};
use netipc_tests::support::{names, watched};

use super::part::{INCREMENT, LOOKUP, REVERSE, SERVICES, SNAPSHOT};
use super::process::Process;
use crate::common::{LONG, Place};

pub(crate) type Increments = Client<Increment, Increment>;
pub(crate) type Reverses = Client<StringReverse, StringReverse>;
pub(crate) type Lookups = Client<CgroupsLookupRequest, CgroupsLookup>;
pub(crate) type Snapshots = Client<CgroupsSnapshotRequest, CgroupsSnapshot>;
pub(crate) type Cache = SnapshotCache<CgroupsSnapshotRequest, CgroupsSnapshot>;

pub(crate) struct Scene {
    /// Before the place, which its files are in.
    pub(crate) provider: Process,
    pub(crate) place: Place,
    pub(crate) profile: Profiles,
}

/// Runs a test over every profile that the platform carries, and sees that nothing has a name any more after each.
pub(crate) fn in_each_profile(test: fn(&mut Scene)) {
    watched(move || {
        let mut provider = Process::start();
        for profile in profiles() {
            eprintln!("over {profile}");
            let mut scene = Scene { provider, place: Place::new(), profile };
            scene.provider.enter(&scene.place, profile);
            test(&mut scene);
            scene.provider.does("end");
            scene.is_left_without_names();
            provider = scene.provider;
        }
        provider.end();
    });
}

/// What the platform carries, one by one.
fn profiles() -> impl Iterator<Item = Profiles> {
    let profiles = (0..u32::BITS).map(|bit| Profiles::from_bits(1 << bit));
    profiles.filter(|profile| Profiles::CARRIED.contains(*profile))
}

impl Scene {
    pub(crate) fn endpoint(&self, service: &str) -> Endpoint {
        Endpoint::new(self.place.endpoint().run_dir(), service).expect("a short path")
    }

    /// Another process in this scene.
    pub(crate) fn process(&self) -> Process {
        let mut process = Process::start();
        process.enter(&self.place, self.profile);
        process
    }

    /// kill -9 to the provider, and another process to be the next one.
    pub(crate) fn kill_provider(&mut self) {
        self.provider.kill();
        self.provider = self.process();
    }

    /// What the platform carries besides the profile of this scene.
    pub(crate) fn other_profiles(&self) -> Profiles {
        profiles().filter(|profile| *profile != self.profile).fold(Profiles::NONE, |all, one| all | one)
    }

    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig {
            supported_profiles: self.profile,
            max_request_batch_items: 10,
            ..ClientConfig::default()
        }
    }

    /// A client of INCREMENT that has not connected.
    pub(crate) fn client(&self) -> Increments {
        Client::new(self.endpoint(INCREMENT), self.config())
    }

    pub(crate) fn increments(&self) -> Increments {
        self.connected(INCREMENT, self.config())
    }

    pub(crate) fn reverses(&self) -> Reverses {
        self.connected(REVERSE, self.config())
    }

    pub(crate) fn lookups(&self) -> Lookups {
        self.connected(LOOKUP, self.config())
    }

    pub(crate) fn snapshots(&self) -> Snapshots {
        self.connected(SNAPSHOT, self.config())
    }

    pub(crate) fn cache(&self) -> Cache {
        self.cache_with(CacheConfig::from(self.config()))
    }

    pub(crate) fn cache_with(&self, config: CacheConfig) -> Cache {
        Cache::new(self.endpoint(SNAPSHOT), config)
    }

    /// A client that has a session, over the profile of this scene.
    pub(crate) fn connected<Req, Resp>(&self, service: &str, config: ClientConfig) -> Client<Req, Resp>
    where
        Req: MethodMessage,
        Resp: Answers<Req>,
    {
        let mut client = Client::new(self.endpoint(service), config);
        connects(&mut client);
        assert_eq!(client.status().session.map(|agreed| agreed.profile), Some(self.profile));
        client
    }

    /// A session at Level 1, for a client that sends what it likes.
    pub(crate) fn session(&self, service: &str) -> ClientSession {
        let options = ConnectOptions {
            supported_profiles: self.profile,
            max_request_batch_items: 10,
            ..ConnectOptions::default()
        };
        self.session_with(service, &options)
    }

    /// The same, with these limits.
    pub(crate) fn session_with(&self, service: &str, options: &ConnectOptions) -> ClientSession {
        ClientSession::connect(&self.endpoint(service), options, Deadline::after(LONG), &Abort::new())
            .expect("it is served")
    }

    /// Returns when so many sessions of a service live.
    pub(crate) fn has_sessions(&mut self, service: &str, sessions: u64) {
        let provider = &mut self.provider;
        eventually("sessions", || provider.count(service, "sessions") == sessions);
    }

    /// What has a name here.
    pub(crate) fn names(&self) -> Vec<String> {
        SERVICES.into_iter().flat_map(|service| names(&self.endpoint(service))).collect()
    }

    /// Returns when nothing has a name here any more.
    pub(crate) fn is_left_without_names(&self) {
        eventually("no names", || self.names().is_empty());
    }
}

pub(crate) fn connects<Req: MethodMessage, Resp: Answers<Req>>(client: &mut Client<Req, Resp>) {
    client.refresh();
    assert_eq!(client.status().state, ClientState::Ready, "{:?}", client.connect_error());
}

/// Comes again until it has a session.
pub(crate) fn is_ready_in_the_end(client: &mut Increments) {
    eventually("a session", || {
        client.refresh();
        client.is_ready()
    });
}

/// Asks, and is answered.
pub(crate) fn is_served(client: &mut Increments) {
    assert_eq!(client.call(&Increment { value: 41 }).expect("it is served").value(), 42);
}

/// Keys for these paths.
pub(crate) fn keys(paths: &[String]) -> Vec<CgroupPathRef<'_>> {
    paths.iter().map(|path| CgroupPathRef { path: path.as_bytes() }).collect()
}

pub(crate) fn paths(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("/{index}")).collect()
}

/// What comes of a call in another thread, `meanwhile` something happens in this one.
pub(crate) fn during<T: Send>(call: impl FnOnce() -> T + Send, meanwhile: impl FnOnce()) -> T {
    thread::scope(|scope| {
        let call = scope.spawn(call);
        meanwhile();
        call.join().expect("it does not panic")
    })
}

/// Returns when this is so.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "never: {what}");
        thread::yield_now();
    }
}

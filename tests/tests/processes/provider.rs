//! A provider in a process of its own, which is this program once more.

use std::env;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use netipc::messages::{
    CgroupLookupItemRef, CgroupRef, CgroupsLookup, CgroupsLookupRequest, CgroupsSnapshot,
    CgroupsSnapshotRequest, Increment,
};
use netipc::{Endpoint, Profiles, Server, ServerConfig};

use super::common::Place;

/// INCREMENT, CGROUPS_LOOKUP and CGROUPS_SNAPSHOT.
pub(crate) const SERVICES: [&str; 3] = ["increment", "lookup", "snapshot"];

/// The number that a provider says it was asked for, and no more.
pub(crate) const NEVER_ANSWERED: u64 = u64::MAX;

/// Tells a process of this program that it is a provider: the profile, and where.
const PART: &str = "NETIPC_TEST_PART";

pub(crate) fn endpoint(place: &Place, service: &str) -> Endpoint {
    Endpoint::new(place.endpoint().run_dir(), service).expect("a short path")
}

/// A provider, which ends when its input does: at the latest when this process ends, however it does.
pub(crate) struct Provider {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Provider {
    /// Returns when it serves.
    pub(crate) fn start(place: &Place, profile: Profiles) -> Self {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "the_part_of_another_process", "--nocapture", "--quiet"])
            .env(PART, format!("{} {}", profile.bits(), place.endpoint().run_dir().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut provider = Self { process, input, output };
        provider.wait_for("serving");
        provider
    }

    /// Its process, which it tells as the generation of what it knows.
    pub(crate) fn id(&self) -> u64 {
        self.process.id().into()
    }

    /// Returns when it has said this.
    pub(crate) fn wait_for(&mut self, word: &str) {
        let mut lines = self.output.by_ref().lines();
        let is_said = lines.any(|line| line.expect("text").trim_end().ends_with(word));
        assert!(is_said, "it ended before it said {word}");
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is this one's child");
    }

    /// Ends it in order.
    pub(crate) fn end(mut self) {
        drop(self.input);
        let status = self.process.wait().expect("it is this one's child");
        assert!(status.success(), "{status}");
    }
}

/// Serves until the input ends, in a process that is to.
pub(crate) fn play() {
    let Some(part) = env::var_os(PART) else { return };
    let part = part.into_string().expect("text");
    let (bits, run_dir) = part.split_once(' ').expect("two words");
    let profile = Profiles::from_bits(bits.parse().expect("a number"));
    let [increment, lookup, snapshot] =
        SERVICES.map(|service| Endpoint::new(run_dir, service).expect("a short path"));
    let servers = (
        increments(increment, config(profile)),
        looks_up(lookup, config(profile)),
        lists(snapshot, config(profile)),
    );
    println!("serving");
    io::stdin().read_to_end(&mut Vec::new()).expect("it is piped");
    drop(servers);
}

fn config(profile: Profiles) -> ServerConfig {
    ServerConfig { supported_profiles: profile, ..ServerConfig::default() }
}

fn increments(endpoint: Endpoint, config: ServerConfig) -> Server<Increment, Increment> {
    Server::<Increment, Increment>::spawn(endpoint, config, |request, response, _| {
        if request.value() == NEVER_ANSWERED {
            println!("asked");
            loop {
                thread::park();
            }
        }
        response.value(request.value() + 1);
        Ok(())
    })
    .expect("the endpoint is free")
}

fn looks_up(endpoint: Endpoint, config: ServerConfig) -> Server<CgroupsLookupRequest, CgroupsLookup> {
    Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(endpoint, config, |request, response, _| {
        response.generation(std::process::id().into());
        for key in request.paths() {
            let item =
                CgroupLookupItemRef { path: key.path(), name: b"web", ..CgroupLookupItemRef::default() };
            response.items().push(item)?;
        }
        Ok(())
    })
    .expect("the endpoint is free")
}

fn lists(endpoint: Endpoint, config: ServerConfig) -> Server<CgroupsSnapshotRequest, CgroupsSnapshot> {
    Server::<CgroupsSnapshotRequest, CgroupsSnapshot>::spawn(endpoint, config, |_, response, _| {
        response.generation(std::process::id().into());
        let web = CgroupRef { hash: 1, name: b"web", path: b"/web", ..CgroupRef::default() };
        response.cgroups().push(web)?;
        Ok(())
    })
    .expect("the endpoint is free")
}

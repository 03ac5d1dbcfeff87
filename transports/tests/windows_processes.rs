//! Both sides of a session in processes of their own, on Windows, and what becomes of one whose peer is killed.
#![cfg(windows)]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use netipc_tests::support::{Place, accept, counting, reverse_all, soon, watched};
use netipc_transport::{
    Abort, ClientSession, ConnectOptions, Deadline, Endpoint, ListenOptions, Listener, Profiles, ReceiveError,
};

const PROFILES: [Profiles; 3] = [Profiles::NAMED_PIPE, Profiles::SHM_HYBRID, Profiles::SHM_BUSYWAIT];

/// Far more than a survivor needs to learn of the end.
const AT_ONCE: Duration = Duration::from_secs(30);

/// What tells a process of this program what it is to be.
const ROLE: &str = "NETIPC_TEST_ROLE";

/// One side of sessions, in another process.
struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Runs this program again, and in it the test that gives a process its part.
    fn start(role: &str, place: &Place, profile: Profiles) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "the_part_of_another_process", "--nocapture", "--quiet"])
            .env(ROLE, format!("{role} {} {}", profile.bits(), place.dir.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Returns when it has said this.
    fn wait_for(&mut self, line: &str) {
        let found = self.output.by_ref().lines().any(|said| said.unwrap().trim_end().ends_with(line));
        assert!(found, "it ended before it said {line}");
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Kills it while its peer waits for it to send something, which learns of the end at once.
    fn kill_while(self, profile: Profiles, waits: impl FnOnce() -> Result<(), ReceiveError> + Send) {
        let (killed, found) = thread::scope(|scope| {
            let waiting = scope.spawn(waits);
            thread::sleep(Duration::from_millis(20));
            self.kill();
            (Instant::now(), waiting.join().unwrap())
        });
        assert!(killed.elapsed() < AT_ONCE, "{profile}: after {:?}", killed.elapsed());
        assert!(matches!(found, Err(ReceiveError::Closed)), "{profile}: {found:?}");
    }
}

fn listen_options(profile: Profiles) -> ListenOptions {
    ListenOptions { supported_profiles: profile, ..ListenOptions::default() }
}

fn connect(endpoint: &Endpoint, profile: Profiles) -> ClientSession {
    let options = ConnectOptions {
        supported_profiles: profile,
        max_request_payload_bytes: 10_000,
        ..ConnectOptions::default()
    };
    let session = ClientSession::connect(endpoint, &options, soon(), &Abort::new()).unwrap();
    assert_eq!(session.agreed().profile, profile);
    session
}

/// What another process does. As a test of its own it has no part.
#[test]
fn the_part_of_another_process() {
    let Some(role) = env::var_os(ROLE) else { return };
    let role = role.into_string().unwrap();
    let mut parts = role.splitn(3, ' ');
    let (role, profile, run_dir) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let profile = Profiles::from_bits(profile.parse().unwrap());
    let endpoint = Endpoint::new(run_dir, "web").unwrap();
    if role == "server" {
        let mut listener = Listener::bind(&endpoint, &listen_options(profile)).unwrap();
        println!("listening");
        while let Ok(session) = listener.accept(Deadline::NEVER, &Abort::new()) {
            thread::spawn(move || reverse_all(session));
        }
    } else {
        let mut session = connect(&endpoint, profile);
        session.send(3, 1, b"abc", soon()).unwrap();
        assert_eq!(session.receive(soon()).unwrap().payload, b"cba");
        println!("answered");
        thread::sleep(Duration::from_hours(1));
    }
}

#[test]
fn a_client_is_served_by_another_process() {
    watched(|| {
        for profile in PROFILES {
            let place = Place::new();
            let mut server = Process::start("server", &place, profile);
            server.wait_for("listening");
            let mut session = connect(&place.endpoint, profile);
            assert_eq!(session.peer_credentials().unwrap().pid, server.child.id());
            for (id, len) in (0..).zip((0..50).chain([9_999, 10_000])) {
                let payload = counting(len);
                session.send(3, id, &payload, soon()).unwrap();
                let answer = session.receive(soon()).unwrap().payload;
                assert!(answer.iter().rev().eq(&payload), "{len} bytes");
            }
            drop(session);
            server.kill();
        }
    });
}

#[test]
fn a_client_that_waits_learns_that_its_server_was_killed() {
    watched(|| {
        for profile in PROFILES {
            let place = Place::new();
            let mut server = Process::start("server", &place, profile);
            server.wait_for("listening");
            let mut session = connect(&place.endpoint, profile);
            server.kill_while(profile, || session.receive(Deadline::NEVER).map(drop));
            // The next server finds nothing in its way.
            let mut server = Process::start("server", &place, profile);
            server.wait_for("listening");
            drop(connect(&place.endpoint, profile));
            server.kill();
        }
    });
}

#[test]
fn a_server_that_waits_learns_that_its_client_was_killed() {
    watched(|| {
        for profile in PROFILES {
            let place = Place::new();
            let mut listener = place.listen_with(&listen_options(profile));
            let mut client = Process::start("client", &place, profile);
            let mut session = accept(&mut listener);
            assert_eq!(session.peer_credentials().unwrap().pid, client.child.id());
            let header = session.receive(soon()).unwrap().header;
            session.respond(header, b"cba", soon()).unwrap();
            client.wait_for("answered");
            client.kill_while(profile, || session.receive(Deadline::NEVER).map(drop));
        }
    });
}

//! What the other process does, which is this program once more: what it is told on its standard input, line by line. When
//! a command is done it says so, in a line that begins with the command's word.
//!
//! | command | |
//! |---|---|
//! | `scene PROFILE DIRECTORY` | it serves and asks there, and over that profile |
//! | `serve SERVICE [LIMIT=NUMBER]…` | a managed server; says why if there is none |
//! | `bare SERVICE ANSWER…` | a provider at Level 1, which answers its requests with these payloads in hex, one after the other, and the last one again and again; it says `lost` and closes the session where it says `lose` |
//! | `bound SERVICE` | something that listens and never accepts |
//! | `full SERVICE` | the same, with room for one client that it does not accept |
//! | `mute SERVICE` | something that accepts, says `greeted` when the client has said HELLO, and nothing ever after |
//! | `will DEED…` | what handlers do with the next requests, one by one; with all later ones they `answer` |
//! | `release` | what is held goes on, and nothing else will be done but to answer |
//! | `publish GENERATION CGROUPS` | the generation of lookups and snapshots, and how many cgroups the latter have |
//! | `count SERVICE WHAT` | a number of a server's status |
//! | `stop SERVICE`, `drain SERVICE MILLISECONDS` | ends what is there; of a drain it says how it went, and takes commands meanwhile |
//! | `connect` | has a client of INCREMENT from now on, with a session |
//! | `call NUMBER` | asks, and says the answer |
//! | `calls FIRST COUNT` | asks for this number and those after it, and says how many answers are right |
//! | `end` | ends all there is |

mod handlers;
mod raw;
mod served;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use netipc::messages::Increment;
use netipc::transport::Profiles;
use netipc::{Client, ClientConfig, Drained, Endpoint, ServerConfig};

pub(crate) use handlers::HUGE;
use handlers::State;
use served::Served;

/// The services.
pub(crate) const INCREMENT: &str = "increment";
pub(crate) const REVERSE: &str = "reverse";
pub(crate) const LOOKUP: &str = "lookup";
pub(crate) const SNAPSHOT: &str = "snapshot";
pub(crate) const SERVICES: [&str; 4] = [INCREMENT, REVERSE, LOOKUP, SNAPSHOT];

/// Tells a process of this program that it has a part.
pub(crate) const PART: &str = "NETIPC_TEST_PART";

/// Tells what it says from what the harness says.
pub(crate) const MARK: &str = "@ ";

fn say(line: &str) {
    println!("{MARK}{line}");
}

/// Plays the part, in a process that has one, until the input ends.
pub(crate) fn play() {
    if std::env::var_os(PART).is_none() {
        return;
    }
    let (sender, commands) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
        // Whatever it is at.
        std::process::exit(0);
    });
    let mut part = Part::default();
    for command in commands {
        let (word, rest) = command.split_once(' ').unwrap_or((&command, ""));
        if let Some(said) = part.obey(word, rest) {
            say(&format!("{word} {said}"));
        }
    }
}

#[derive(Default)]
struct Part {
    profile: Profiles,
    directory: String,
    state: Arc<State>,
    served: HashMap<String, Served>,
    client: Option<Client<Increment, Increment>>,
}

impl Part {
    /// Does something and gives what there is to say of it, unless that is said later.
    fn obey(&mut self, word: &str, rest: &str) -> Option<String> {
        let words: Vec<_> = rest.split_whitespace().collect();
        match (word, &words[..]) {
            ("scene", [bits, ..]) => {
                self.profile = Profiles::from_bits(number(bits));
                rest.split_once(' ').expect("a directory").1.clone_into(&mut self.directory);
                self.state = Arc::default();
            }
            ("serve", [service, limits @ ..]) => {
                let config = config(self.profile, limits);
                match Served::managed(service, self.endpoint(service), config, &self.state) {
                    Ok(server) => self.have(service, server),
                    Err(error) => return Some(error.to_string()),
                }
            }
            ("bare", [service, answers @ ..]) => {
                self.have(service, raw::bare(&self.endpoint(service), self.profile, answers));
            }
            ("bound", [service]) => self.have(service, raw::bound(&self.endpoint(service))),
            ("full", [service]) => self.have(service, raw::full(&self.endpoint(service))),
            ("mute", [service]) => self.have(service, raw::mute(&self.endpoint(service))),
            ("will", deeds) => self.state.will(deeds),
            ("release", []) => self.state.release(),
            ("publish", [generation, cgroups]) => self.state.publish(number(generation), number(cgroups)),
            ("count", [service, what]) => return Some(self.served[*service].count(what).to_string()),
            ("stop", [service]) => self.take(service).stop(),
            ("drain", [service, milliseconds]) => {
                let (served, time) = (self.take(service), Duration::from_millis(number(milliseconds)));
                thread::spawn(move || {
                    let how = match served.drain(time) {
                        Drained::Complete => "complete".to_owned(),
                        Drained::CutOff { sessions } => format!("cut off {sessions}"),
                    };
                    say(&format!("drain {how}"));
                });
                return None;
            }
            ("connect", []) => {
                let config = ClientConfig { supported_profiles: self.profile, ..ClientConfig::default() };
                let client = self.client.insert(Client::new(self.endpoint(INCREMENT), config));
                client.refresh();
                return Some(client.status().state.to_string());
            }
            ("call", [value]) => {
                let client = self.client.as_mut().expect("it has connected");
                let answer = client.call(&Increment { value: number(value) });
                return Some(
                    answer.map_or_else(|error| error.to_string(), |answer| answer.value().to_string()),
                );
            }
            ("calls", [first, count]) => {
                let client = self.client.as_mut().expect("it has connected");
                let (first, count): (u64, u64) = (number(first), number(count));
                let mut is_right =
                    |value| client.call(&Increment { value }).is_ok_and(|answer| answer.value() == value + 1);
                let right = (first..first + count).filter(|value| is_right(*value)).count();
                return Some(right.to_string());
            }
            ("end", []) => {
                self.client = None;
                self.state.release();
                for (_, served) in self.served.drain() {
                    served.end();
                }
            }
            _ => panic!("no such command: {word} {rest}"),
        }
        Some(String::new())
    }

    fn endpoint(&self, service: &str) -> Endpoint {
        Endpoint::new(&self.directory, service).expect("a short path")
    }

    fn have(&mut self, service: &str, served: Served) {
        self.served.insert(service.to_owned(), served);
    }

    fn take(&mut self, service: &str) -> Served {
        self.served.remove(service).expect("it is there")
    }
}

fn number<T: std::str::FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("no number: {word}"))
}

fn config(profile: Profiles, limits: &[&str]) -> ServerConfig {
    let mut config = ServerConfig { supported_profiles: profile, ..ServerConfig::default() };
    for limit in limits {
        let (name, value) = limit.split_once('=').expect("LIMIT=NUMBER");
        match name {
            "token" => config.auth_token = number(value),
            "profiles" => config.supported_profiles = Profiles::from_bits(number(value)),
            "request" => config.max_request_payload_bytes = number(value),
            "response" => config.max_response_payload_bytes = number(value),
            "packet" => config.packet_size = number(value),
            "sessions" => config.max_sessions = number(value),
            "sessions-per-user" => config.max_sessions_per_user = number(value),
            "handshake" => config.handshake_timeout = Duration::from_millis(number(value)),
            _ => panic!("no such limit: {name}"),
        }
    }
    config
}

//! Providers that are no managed servers.

use std::thread::{self, JoinHandle};

use netipc::transport::{ListenOptions, Profiles};
use netipc::{Deadline, Endpoint};
use netipc_tests::support::raw::{Raw, RawListener};

use super::say;
use super::served::Served;
use crate::common::{LONG, peer_at};

/// Answers at Level 1: see [`super`].
pub(super) fn bare(endpoint: &Endpoint, profile: Profiles, answers: &[&str]) -> Served {
    let answer = |answer: &&str| (*answer != "lose").then(|| hex::decode(answer).expect("hex"));
    let mut answers: Vec<Option<Vec<u8>>> = answers.iter().rev().map(answer).collect();
    let options = ListenOptions { supported_profiles: profile, ..ListenOptions::default() };
    Served::Bare(peer_at(endpoint, &options, move |mut session| {
        let deadline = Deadline::after(LONG);
        while let Ok(message) = session.receive(deadline) {
            let header = message.header;
            let next = if answers.len() > 1 { answers.pop() } else { answers.last().cloned() };
            let Some(payload) = next.expect("an answer") else {
                say("lost");
                return;
            };
            if session.respond(header, &payload, deadline).is_err() {
                return;
            }
        }
    }))
}

pub(super) fn bound(endpoint: &Endpoint) -> Served {
    Served::Bound(Bound { _listener: RawListener::at(endpoint), name: Name(endpoint.clone()) })
}

pub(super) fn full(endpoint: &Endpoint) -> Served {
    Served::Bound(Bound { _listener: RawListener::without_room(endpoint), name: Name(endpoint.clone()) })
}

pub(super) fn mute(endpoint: &Endpoint) -> Served {
    let listener = RawListener::at(endpoint);
    let greeted = thread::spawn(move || {
        let peer = listener.accept();
        assert!(!peer.receive().is_empty(), "it says HELLO");
        say("greeted");
        (listener, peer)
    });
    Served::Mute(Mute { greeted, name: Name(endpoint.clone()) })
}

/// Listens, and never accepts.
pub(super) struct Bound {
    _listener: RawListener,
    name: Name,
}

impl Bound {
    pub(super) fn end(self) {
        self.name.give_back();
    }
}

/// Accepts one client, and says nothing.
pub(super) struct Mute {
    greeted: JoinHandle<(RawListener, Raw)>,
    name: Name,
}

impl Mute {
    /// Returns when a client has come.
    pub(super) fn end(self) {
        drop(self.greeted.join());
        self.name.give_back();
    }
}

/// The name of an endpoint that was not made by a [`netipc::Server`].
struct Name(Endpoint);

impl Name {
    fn give_back(self) {
        // A pipe's name goes with its handles.
        #[cfg(unix)]
        std::fs::remove_file(self.0.socket_path()).expect("it was bound");
        #[cfg(windows)]
        drop(self.0);
    }
}

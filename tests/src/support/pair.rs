//! A session of which a test has both ends.

use std::thread;

use netipc_transport::envelope::Hello;
use netipc_transport::{ClientSession, ConnectOptions, ListenOptions, Listener, ServerSession};

use super::raw::{Raw, hello_packet};
use super::{Place, soon};
use crate::servers::{Here, Listening, Servers};

/// Both ends of a session, and the listener that made it.
pub struct Pair<L: Listening = Listener> {
    pub place: Place,
    pub listener: L,
    pub client: ClientSession,
    pub server: L::Session,
}

pub fn pair() -> Pair {
    pair_with(&ConnectOptions::default(), &ListenOptions::default())
}

pub fn pair_with(connect: &ConnectOptions, listen: &ListenOptions) -> Pair {
    pair_among::<Here>(connect, listen)
}

/// The server's end is among these servers.
pub(crate) fn pair_among<S: Servers>(connect: &ConnectOptions, listen: &ListenOptions) -> Pair<S::Listener> {
    let place = Place::new();
    let mut listener = S::bind(&place.endpoint, listen).unwrap();
    let (client, server) = thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(connect).unwrap());
        let server = accept(&mut listener);
        (client.join().unwrap(), server)
    });
    Pair { place, listener, client, server }
}

/// A session whose client is raw, and the listener that made it.
pub struct RawPair {
    pub place: Place,
    pub listener: Listener,
    pub client: Raw,
    pub server: ServerSession,
}

/// The client has not read its ack yet.
pub fn raw_pair(hello: &Hello) -> RawPair {
    let place = Place::new();
    let mut listener = place.listen();
    let client = Raw::connect(&place.endpoint);
    client.send(&hello_packet(hello));
    let server = accept(&mut listener);
    RawPair { place, listener, client, server }
}

pub fn accept<L: Listening>(listener: &mut L) -> L::Session {
    let abort = listener.new_abort();
    listener.accept(soon(), &abort).unwrap()
}

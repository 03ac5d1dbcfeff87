//! A session of which a test has both ends.

use std::thread;

use netipc_transport::{Abort, ClientSession, ConnectOptions, ListenOptions, Listener, ServerSession};

use super::{Place, soon};

/// Both ends of a session, and the listener that made it.
pub struct Pair {
    pub place: Place,
    pub listener: Listener,
    pub client: ClientSession,
    pub server: ServerSession,
}

pub fn pair() -> Pair {
    pair_with(&ConnectOptions::default(), &ListenOptions::default())
}

pub fn pair_with(connect: &ConnectOptions, listen: &ListenOptions) -> Pair {
    let place = Place::new();
    let mut listener = place.listen_with(listen);
    let (client, server) = thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(connect).unwrap());
        let server = accept(&mut listener);
        (client.join().unwrap(), server)
    });
    Pair { place, listener, client, server }
}

pub fn accept(listener: &mut Listener) -> ServerSession {
    listener.accept(soon(), &Abort::new()).unwrap()
}

//! `docs/contract/transport.md`, "A connection's life" and "Failure": how sessions end.

use std::thread;
use std::time::Duration;

use netipc_transport::{Abort, ClientSession, ConnectError, Deadline, ReceiveError, SendError};

use super::aborts::pause;
use super::transport::{Baseline, Transport, pair};
use crate::servers::{Aborting, Listening, Serving};
use crate::support::{Pair, soon};

pub fn a_client_that_closes_ends_the_servers_session_in_order<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"a", soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, b"never received", soon()).unwrap();
    client.close();
    assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    assert!(server.is_ended());
    assert!(matches!(server.respond(header, b"late", soon()), Err(SendError::SessionEnded)));
}

pub fn a_server_that_closes_ends_the_clients_session_in_order<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, &[], soon()).unwrap();
    server.receive(soon()).unwrap();
    drop(server);
    assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
    assert!(client.is_ended());
    assert_eq!(client.in_flight_ids().collect::<Vec<_>>(), [1]);
    assert!(matches!(client.send(3, 2, &[], soon()), Err(SendError::SessionEnded)));
    assert!(matches!(client.receive(soon()), Err(ReceiveError::SessionEnded)));
}

pub fn what_was_sent_before_the_close_is_still_received<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"last words", soon()).unwrap();
    drop(client);
    assert_eq!(server.receive(soon()).unwrap().payload, b"last words");
    assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));

    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"a", soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, b"last words", soon()).unwrap();
    drop(server);
    assert_eq!(client.receive(soon()).unwrap().payload, b"last words");
    assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
}

pub fn a_client_that_waits_learns_that_the_server_has_gone<T: Transport>() {
    let Pair { mut client, server, .. } = pair::<T>();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| client.receive(Deadline::NEVER).map(drop));
        pause();
        drop(server);
        assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
    });
}

pub fn a_server_that_waits_learns_that_the_client_has_gone<T: Transport>() {
    let Pair { client, mut server, .. } = pair::<T>();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| server.receive(Deadline::NEVER).map(drop));
        pause();
        drop(client);
        assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
    });
}

pub fn a_server_whose_listener_accepts_meanwhile_learns_that_the_client_has_gone<T: Transport>() {
    let Pair { client, mut server, mut listener, .. } = pair::<T>();
    let stop = listener.new_abort();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| listener.accept(Deadline::NEVER, &stop).map(drop));
        let waiter = scope.spawn(|| server.receive(Deadline::NEVER).map(drop));
        pause();
        drop(client);
        assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Closed)));
        stop.abort();
        assert!(accepting.join().unwrap().is_err());
    });
}

pub fn a_server_answers_nobody_who_has_gone<T: Baseline>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"a", soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    drop(client);
    assert!(matches!(server.respond(header, b"late", soon()), Err(SendError::Disconnected)));
}

pub fn sessions_outlive_their_listener<T: Transport>() {
    let Pair { mut client, server, listener, place } = pair::<T>();
    drop(listener);
    let serving = thread::spawn(move || server.reverse_all());
    for id in 0..3 {
        client.send(3, id, b"abc", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"cba");
    }
    if cfg!(windows) {
        // The name of a pipe is there for as long as one of its sessions is, and nobody can tell that no more are to come.
        let deadline = Deadline::after(Duration::from_millis(50));
        let found = ClientSession::connect(&place.endpoint, &T::connect_options(), deadline, &Abort::new());
        assert!(matches!(found, Err(ConnectError::TimedOut { .. })), "{found:?}");
    } else {
        let found = place.connect_with(&T::connect_options());
        assert!(matches!(found, Err(ConnectError::NotFound { .. })), "{found:?}");
    }
    drop(client);
    serving.join().unwrap();
}

pub fn nothing_is_left_in_the_run_directory_when_all_is_closed<T: Transport>() {
    let Pair { client, server, listener, place } = pair::<T>();
    drop(listener);
    drop(client);
    drop(server);
    assert_eq!(place.names(), Vec::<String>::new());

    let Pair { client, server, listener, place } = pair::<T>();
    drop(server);
    drop(listener);
    // On Windows a client that has not noticed still holds the names.
    if cfg!(unix) {
        assert_eq!(place.names(), Vec::<String>::new());
    }
    drop(client);
    assert_eq!(place.names(), Vec::<String>::new());
}

//! `docs/contract/transport.md`, "Messages": an abort in every place that waits.
//!
//! Where something waits for ever until another thread ends it, a pause before that makes it likely that it really
//! waits by then; the outcome is the same if it does not.

use std::thread;
use std::time::Duration;

use netipc_transport::{
    Abort, AcceptError, ClientSession, ConnectError, Deadline, Endpoint, ReceiveError, SendError,
};

use super::transport::{Transport, listen, pair, serve};
use crate::servers::{Aborting, Ending, Listening, Serving};
use crate::support::{Pair, Place, accept, soon};

pub(super) fn pause() {
    thread::sleep(Duration::from_millis(50));
}

/// Runs `wait` in a thread, and aborts it.
pub(super) fn aborted<T: Send>(abort: &impl Aborting, wait: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let waiter = scope.spawn(wait);
        pause();
        abort.abort();
        waiter.join().unwrap()
    })
}

fn connect<T: Transport>(
    endpoint: &Endpoint,
    deadline: Deadline,
    abort: &Abort,
) -> Result<ClientSession, ConnectError> {
    ClientSession::connect(endpoint, &T::connect_options(), deadline, abort)
}

pub fn waiting_for_the_answer_to_hello_is_aborted<T: Transport>() {
    let place = Place::new();
    let _silent = listen::<T>(&place);
    let abort = Abort::new();
    let found = aborted(&abort, || connect::<T>(&place.endpoint, Deadline::NEVER, &abort));
    assert!(matches!(found, Err(ConnectError::Aborted { .. })), "{found:?}");
}

pub fn accepting_is_aborted_until_that_is_cleared<T: Transport>() {
    let place = Place::new();
    let mut listener = listen::<T>(&place);
    let abort = listener.new_abort();
    let found = aborted(&abort, || listener.accept(Deadline::NEVER, &abort).map(drop));
    assert!(matches!(found, Err(AcceptError::Aborted)));
    assert!(matches!(listener.accept(soon(), &abort), Err(AcceptError::Aborted)));
    abort.clear();
    let found = listener.accept(Deadline::after(Duration::from_millis(1)), &abort);
    assert!(matches!(found, Err(AcceptError::TimedOut)));
    thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(&T::connect_options()).map(drop));
        let _server = listener.accept(soon(), &abort).unwrap();
        client.join().unwrap().unwrap();
    });
}

pub fn receiving_is_aborted<T: Transport>() {
    let place = Place::new();
    let _server = serve::<T>(&place);
    let abort = Abort::new();
    let mut client = connect::<T>(&place.endpoint, soon(), &abort).unwrap();
    let found = aborted(&abort, || client.receive(Deadline::NEVER).map(drop));
    assert!(matches!(found, Err(ReceiveError::Aborted)), "{found:?}");
    assert!(client.is_ended());
    assert!(matches!(client.send(3, 1, &[], soon()), Err(SendError::SessionEnded)));
}

pub fn a_server_learns_that_its_client_was_aborted<T: Transport>() {
    let place = Place::new();
    let mut listener = listen::<T>(&place);
    let abort = Abort::new();
    thread::scope(|scope| {
        let client = scope.spawn(|| connect::<T>(&place.endpoint, soon(), &abort).unwrap());
        let mut server = accept(&mut listener);
        let _client = client.join().unwrap();
        abort.abort();
        assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    });
}

pub fn an_aborted_session_stays_aborted_when_that_is_cleared_and_new_ones_are_made<T: Transport>() {
    let place = Place::new();
    let _server = serve::<T>(&place);
    let abort = Abort::new();
    let mut old = connect::<T>(&place.endpoint, soon(), &abort).unwrap();
    abort.abort();
    let found = connect::<T>(&place.endpoint, soon(), &abort);
    assert!(matches!(found, Err(ConnectError::Aborted { .. })));
    abort.clear();
    assert!(matches!(old.send(3, 1, &[], soon()), Err(SendError::Aborted)));
    let mut new = connect::<T>(&place.endpoint, soon(), &abort).unwrap();
    new.send(3, 1, b"ab", soon()).unwrap();
    assert_eq!(new.receive(soon()).unwrap().payload, b"ba");
}

pub fn an_abort_ends_no_session_that_it_was_not_given_to<T: Transport>() {
    let place = Place::new();
    let _server = serve::<T>(&place);
    let (one, other) = (Abort::new(), Abort::new());
    let _aborted = connect::<T>(&place.endpoint, soon(), &one).unwrap();
    let mut client = connect::<T>(&place.endpoint, soon(), &other).unwrap();
    one.abort();
    client.send(3, 1, b"ab", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"ba");
}

pub fn a_handle_ends_a_session_that_waits_for_requests<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    let handle = server.handle();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| server.receive(Deadline::NEVER).map(drop));
        pause();
        handle.shutdown();
        assert!(matches!(waiter.join().unwrap(), Err(ReceiveError::Aborted)));
    });
    assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
    drop(server);
    handle.shutdown();
    handle.shutdown_read();
}

pub fn a_session_that_takes_no_more_requests_still_answers_the_one_that_came<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"question", soon()).unwrap();
    server.handle().shutdown_read();
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, b"answer", soon()).unwrap();
    assert!(matches!(server.receive(soon()), Err(ReceiveError::Closed)));
    drop(server);
    assert_eq!(client.receive(soon()).unwrap().payload, b"answer");
    assert!(matches!(client.receive(soon()), Err(ReceiveError::Closed)));
}

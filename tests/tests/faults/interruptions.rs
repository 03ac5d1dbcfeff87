//! Waits in shared memory that a signal ends each time, at once.

use netipc_tests::conformance::{Shm, Transport};
use netipc_tests::support::{Pair, pair_with, watched};
use netipc_transport::faults::{Errno, Injector};
use netipc_transport::{Deadline, ReceiveError};

use crate::harness::alone;

fn interrupted<T>(wait: impl FnOnce() -> T) -> T {
    let injector = Injector::counting();
    injector.lacking("futex_wait", Errno::INTR).lacking("futex_waitv", Errno::INTR).during(wait)
}

fn pair() -> Pair {
    pair_with(&Shm::connect_options(), &Shm::listen_options())
}

#[test]
fn a_client_looks_around_although_a_signal_ends_its_every_wait() {
    alone(|| {
        watched(|| {
            let Pair { mut client, server, listener: _listener, place: _place } = pair();
            client.send(3, 1, &[], Deadline::NEVER).expect("it is its turn");
            drop(server);
            let found = interrupted(|| client.receive(Deadline::NEVER).map(drop));
            assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        });
    });
}

#[test]
fn a_server_that_nobody_attends_looks_around_although_a_signal_ends_its_every_wait() {
    alone(|| {
        watched(|| {
            let Pair { client, mut server, listener: _listener, place: _place } = pair();
            drop(client);
            let found = interrupted(|| server.receive(Deadline::NEVER).map(drop));
            assert!(matches!(found, Err(ReceiveError::Closed)), "{found:?}");
        });
    });
}

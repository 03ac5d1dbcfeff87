//! `docs/contract/transport.md`, "Messages": deadlines in every place that waits.

use std::thread;
use std::time::{Duration, Instant};

use netipc_transport::{Abort, AcceptError, ClientSession, ConnectError, Deadline, ReceiveError, Status};

use super::aborts::pause;
use super::transport::{Transport, listen, pair};
use crate::servers::{Listening, Serving};
use crate::support::{Pair, Place, accept, soon};

const SHORT: Duration = Duration::from_millis(50);
const NOW: Duration = Duration::ZERO;

fn short() -> Deadline {
    Deadline::after(SHORT)
}

pub fn a_server_that_does_not_answer_hello_meets_the_deadline<T: Transport>() {
    let place = Place::new();
    let _silent = listen::<T>(&place);
    let options = T::connect_options();
    let found = ClientSession::connect(&place.endpoint, &options, short(), &Abort::new());
    assert!(matches!(found, Err(ConnectError::TimedOut { .. })), "{found:?}");
}

pub fn accepting_meets_its_deadline<T: Transport>() {
    let place = Place::new();
    let mut listener = listen::<T>(&place);
    let abort = listener.new_abort();
    for deadline in [short(), Deadline::after(NOW)] {
        assert!(matches!(listener.accept(deadline, &abort), Err(AcceptError::TimedOut)));
    }
    // It is as good as before.
    thread::scope(|scope| {
        let client = scope.spawn(|| place.connect_with(&T::connect_options()).map(drop));
        let _server = accept(&mut listener);
        client.join().unwrap().unwrap();
    });
}

pub fn receiving_meets_its_deadline_and_loses_nothing<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    for deadline in [short(), Deadline::after(NOW), short()] {
        assert!(matches!(server.receive(deadline), Err(ReceiveError::TimedOut)));
        assert!(matches!(client.receive(deadline), Err(ReceiveError::TimedOut)));
    }
    client.send(3, 1, b"a", soon()).unwrap();
    // A deadline that is past takes what is there.
    let header = server.receive(Deadline::after(NOW)).unwrap().header;
    server.respond(header, b"b", Deadline::after(NOW)).unwrap();
    assert_eq!(client.receive(Deadline::after(NOW)).unwrap().payload, b"b");
}

pub fn a_response_that_comes_after_a_deadline_is_received_by_the_next_call<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, b"a", soon()).unwrap();
    assert!(matches!(client.receive(short()), Err(ReceiveError::TimedOut)));
    assert_eq!(client.in_flight(), 1);
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, b"late", soon()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().payload, b"late");
    assert_eq!(client.in_flight(), 0);
}

pub fn a_wait_is_as_long_as_its_deadline_whatever_the_one_before_was<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    let in_time = |wait: Duration, receive: &mut dyn FnMut(Deadline) -> Result<(), ReceiveError>| {
        let begin = Instant::now();
        assert!(matches!(receive(Deadline::after(wait)), Err(ReceiveError::TimedOut)));
        let took = begin.elapsed();
        assert!(took >= wait, "{took:?} for {wait:?}");
        assert!(took < wait + Duration::from_secs(10), "{took:?} for {wait:?}");
    };
    for millis in [300, 20, 300, 5, 1, 100] {
        let wait = Duration::from_millis(millis);
        in_time(wait, &mut |deadline| client.receive(deadline).map(drop));
        in_time(wait, &mut |deadline| server.receive(deadline).map(drop));
    }
}

pub fn what_is_sent_while_the_other_side_waits_is_received<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    thread::scope(|scope| {
        scope.spawn(|| {
            let header = server.receive(Deadline::NEVER).unwrap().header;
            pause();
            server.respond(header, b"answer", soon()).unwrap();
        });
        pause();
        client.send(3, 1, b"question", soon()).unwrap();
        assert_eq!(client.receive(Deadline::NEVER).unwrap().payload, b"answer");
    });
}

pub fn a_refusal_does_not_wait_longer_than_its_deadline_for_a_client_that_stays<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    client.send(3, 1, &[], soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    server.refuse(header, Status::InternalError, short()).unwrap();
    assert_eq!(client.receive(soon()).unwrap().header.transport_status, Status::InternalError);
}

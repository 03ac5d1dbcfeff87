//! `docs/contract/transport.md`, "Messages": what is allocated, and when. For programs that count, which have both sides in one process:
//! what another one allocates is not counted.

use std::thread;
use std::time::Duration;

use netipc_transport::{Deadline, ReceiveError};

use super::transport::{LARGE, Transport, large, pair};
use crate::servers::Here;
use crate::support::{Pair, allocations, counting, soon};

pub fn sending_a_message_of_many_packets_copies_none_of_it<T: Transport<Servers = Here>>() {
    let Pair { mut client, mut server, .. } = large::<T>(4_096);
    let payload = counting(LARGE as usize);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..2 {
                let header = server.receive(soon()).unwrap().header;
                server.respond(header, &[], soon()).unwrap();
            }
        });
        // The first one makes room for what is in flight.
        client.send(3, 1, &payload, soon()).unwrap();
        client.receive(soon()).unwrap();
        assert_eq!(allocations::in_this_thread(|| client.send(3, 2, &payload, soon()).unwrap()), 0);
        client.receive(soon()).unwrap();
    });
}

pub fn a_receiver_allocates_a_message_once_and_keeps_the_room<T: Transport<Servers = Here>>() {
    let Pair { mut client, mut server, .. } = large::<T>(4_096);
    client.send(3, 1, b"small", soon()).unwrap();
    let header = server.receive(soon()).unwrap().header;
    server.respond(header, &[], soon()).unwrap();
    client.receive(soon()).unwrap();
    let payload = counting(LARGE as usize);
    thread::scope(|scope| {
        scope.spawn(|| {
            for id in 2..5 {
                client.send(3, id, &payload, soon()).unwrap();
                client.receive(soon()).unwrap();
            }
        });
        for expected in [1, 0, 0] {
            let mut header = None;
            let made = allocations::in_this_thread(|| header = Some(server.receive(soon()).unwrap().header));
            assert_eq!(made, expected);
            server.respond(header.unwrap(), &[], soon()).unwrap();
        }
    });
}

pub fn the_steady_state_allocates_nothing<T: Transport<Servers = Here>>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    let mut exchange = |id| {
        client.send(3, id, b"question", soon()).unwrap();
        let header = server.receive(soon()).unwrap().header;
        assert!(matches!(server.receive(Deadline::after(Duration::ZERO)), Err(ReceiveError::TimedOut)));
        server.respond(header, b"answer", soon()).unwrap();
        assert_eq!(client.receive(soon()).unwrap().payload, b"answer");
    };
    exchange(0);
    assert_eq!(allocations::in_this_thread(|| (1..1_000).for_each(exchange)), 0);
}

//! `docs/contract/transport.md`, "Messages": what is allocated, and when. For programs that count.

use std::thread;

use netipc_transport::{Deadline, ReceiveError};

use super::transport::{LARGE, Transport, large, pair};
use crate::servers::Serving;
use crate::support::allocations::counted;
use crate::support::{Pair, counting, soon};

pub fn sending_a_message_of_many_packets_copies_none_of_it<T: Transport>() {
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
        let (made, sent) = counted(|| client.send(3, 2, &payload, soon()));
        sent.unwrap();
        assert_eq!(made, 0);
        client.receive(soon()).unwrap();
    });
}

pub fn a_receiver_allocates_a_message_once_and_keeps_the_room<T: Transport>() {
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
            let (made, header) = server.receive_counted(soon());
            assert_eq!(made, expected);
            server.respond(header.unwrap(), &[], soon()).unwrap();
        }
    });
}

pub fn the_steady_state_allocates_nothing<T: Transport>() {
    let Pair { mut client, mut server, .. } = pair::<T>();
    let mut exchange = |id| {
        let (sending, sent) = counted(|| client.send(3, id, b"question", soon()));
        sent.unwrap();
        let (receiving, header) = server.receive_counted(soon());
        let (looking, nothing) = server.receive_counted(Deadline::NOW);
        assert!(matches!(nothing, Err(ReceiveError::TimedOut)));
        let (responding, responded) = server.respond_counted(header.unwrap(), b"answer", soon());
        responded.unwrap();
        let (taking, answer) = counted(|| client.receive(soon()).map(drop));
        answer.unwrap();
        assert_eq!(client.payload(), b"answer");
        [sending, receiving, looking, responding, taking].iter().sum::<usize>()
    };
    exchange(0);
    assert_eq!((1..1_000).map(exchange).sum::<usize>(), 0);
}

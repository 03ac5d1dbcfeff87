//! Many clients at once, good and bad.

use std::sync::Barrier;
use std::thread;

use netipc::messages::{Increment, StringReverse, StringReverseRef};
use netipc::transport::MessageHeader;
use netipc::transport::envelope::Hello;
use netipc::{Client, ClientConfig, Server, ServerConfig};
use netipc_tests::support::raw::{Raw, hello, packet};

use crate::common::{Place, client_config, reverse, server_config};

/// Packets that are no HELLO, each of its own kind.
fn garbage(place: &Place, seed: u8) -> Raw {
    let peer = Raw::connect(&place.endpoint());
    let packet = vec![seed.wrapping_mul(37); usize::from(seed) * 13 + 1];
    // The server may have closed after the first one.
    let _ = peer.try_send(&packet);
    let _ = peer.try_send(&packet);
    peer
}

/// Shakes hands and hangs up after the first packet of a message of many.
fn hang_up_in_mid_message(place: &Place) {
    let peer = Raw::connect(&place.endpoint());
    peer.shake_hands(&Hello { packet_size: 64, ..hello() });
    peer.send(&packet(&MessageHeader::request(3, 1, 500), &[0; 32]));
}

#[test]
fn fifty_clients_of_which_thirty_misbehave_and_twenty_get_every_answer() {
    let place = Place::new();
    let server =
        Server::<Increment, Increment>::spawn(place.endpoint(), server_config(), |request, response, _| {
            response.value(request.value().wrapping_add(1));
            Ok(())
        })
        .expect("the endpoint is free");
    let start = Barrier::new(50);
    thread::scope(|scope| {
        for seed in 0..10 {
            let (place, start) = (&place, &start);
            scope.spawn(move || {
                start.wait();
                drop(garbage(place, seed));
            });
            scope.spawn(move || {
                start.wait();
                // Silent until the others are through: the barrier is used a second time below.
                let peer = Raw::connect(&place.endpoint());
                start.wait();
                drop(peer);
            });
            scope.spawn(move || {
                start.wait();
                hang_up_in_mid_message(place);
            });
        }
        let mut answered = Vec::new();
        for first in 0..20u64 {
            let (place, start) = (&place, &start);
            answered.push(scope.spawn(move || {
                start.wait();
                let mut client = place.ready_client();
                for value in first * 1_000..first * 1_000 + 200 {
                    assert_eq!(client.call(&Increment { value }).expect("it is served").value(), value + 1);
                }
                let status = client.status();
                assert_eq!((status.connects, status.errors), (1, 0));
            }));
        }
        for thread in answered {
            thread.join().expect("every answer is right");
        }
        // 10 silent ones wait; 40 more turn the barrier.
        for _ in 0..40 {
            scope.spawn(|| start.wait());
        }
    });
    server.stop();
    assert!(place.is_empty());
}

#[test]
fn clients_of_different_packet_sizes_are_served_side_by_side() {
    let place = Place::new();
    let config = ServerConfig { max_request_payload_bytes: 1 << 20, ..server_config() };
    let _server =
        Server::<StringReverse, StringReverse>::spawn(place.endpoint(), config, |request, response, _| {
            reverse(request, response);
            Ok(())
        })
        .expect("the endpoint is free");
    thread::scope(|scope| {
        for packet_size in [33, 64, 4096, 0] {
            let place = &place;
            scope.spawn(move || {
                let config =
                    ClientConfig { packet_size, max_request_payload_bytes: 20_000, ..client_config() };
                let mut client = Client::<StringReverse, StringReverse>::new(place.endpoint(), config);
                client.refresh();
                for len in [0usize, 1, 23, 24, 55, 56, 1_000, 9_000] {
                    let text: Vec<u8> =
                        (0..len).map(|index| u8::try_from(index % 251).expect("below 256")).collect();
                    let request = StringReverseRef { text: &text };
                    let response = client.call(request).expect("it is served");
                    assert!(
                        response.text().iter().eq(text.iter().rev()),
                        "{len} bytes in packets of {packet_size}"
                    );
                }
            });
        }
    });
}

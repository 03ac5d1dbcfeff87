//! Batches at a server. Contract: docs/contract/service.md, "Managed server"; docs/contract/envelope.md, "Batch
//! directory".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netipc::messages::{Increment, StringReverse};
use netipc::transport::{ClientSession, ConnectOptions, MessageHeader};
use netipc::{Abort, Client, ClientConfig, Deadline, Server, ServerConfig, Status};
use netipc_tests::support::raw::{Raw, hello, packet};

use crate::common::exchange::{assert_bare, assert_closed, exchange_batch};
use crate::common::{LONG, Place, client_config, connect_options, server_config};

const INCREMENT: u16 = 1;

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

/// A client that sends what it likes.
fn raw(place: &Place) -> ClientSession {
    let options = ConnectOptions { max_request_batch_items: 1_000, ..connect_options() };
    ClientSession::connect(&place.endpoint(), &options, deadline(), &Abort::new()).expect("it is served")
}

/// A client of the baseline whose packets are under control.
fn packets(place: &Place) -> Raw {
    let peer = Raw::connect(&place.endpoint());
    peer.shake_hands(&hello());
    peer
}

/// A provider of INCREMENT that fails on 13, and the number of calls of its handler.
fn superstitious(place: &Place) -> (Server<Increment, Increment>, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&calls);
    let server = place.server(server_config(), move |value| {
        counter.fetch_add(1, Ordering::SeqCst);
        if value == 13 { Err("no 13".to_owned()) } else { Ok(value + 1) }
    });
    (server, calls)
}

#[test]
fn items_are_handled_in_order_and_answered_by_position() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut session = raw(&place);
    let items: Vec<[u8; 8]> = (0..50u64).map(u64::to_ne_bytes).collect();
    let items: Vec<&[u8]> = items.iter().map(|item| &item[..]).collect();
    let (header, answers) = exchange_batch(&mut session, INCREMENT, 5, &items);
    assert_eq!((header.transport_status, header.item_count, header.is_batch()), (Status::Ok, 50, true));
    let expected: Vec<_> = (1..=50u64).map(|value| value.to_ne_bytes().to_vec()).collect();
    assert_eq!(answers, expected);
}

#[test]
fn a_batch_of_one_is_answered_in_kind() {
    let place = Place::new();
    let _server = place.incrementer();
    let (header, answers) = exchange_batch(&mut raw(&place), INCREMENT, 5, &[&41u64.to_ne_bytes()]);
    assert_eq!((header.transport_status, header.item_count, header.is_batch()), (Status::Ok, 1, true));
    assert_eq!(answers, [42u64.to_ne_bytes().to_vec()]);
}

#[test]
fn a_single_message_with_an_odd_item_count_is_a_single_message() {
    let place = Place::new();
    let _server = place.incrementer();
    let peer = packets(&place);
    let request = MessageHeader { item_count: 7, ..MessageHeader::request(INCREMENT, 1, 8) };
    peer.send(&packet(&request, &41u64.to_ne_bytes()));
    let (header, answer) = peer.receive_message();
    assert_eq!((header.transport_status, header.item_count, header.is_batch()), (Status::Ok, 1, false));
    assert_eq!(answer, 42u64.to_ne_bytes());
}

#[test]
fn an_item_that_does_not_decode_is_bad_envelope_and_no_item_is_handled() {
    let place = Place::new();
    let (_server, calls) = superstitious(&place);
    let mut session = raw(&place);
    let (header, _) = exchange_batch(&mut session, INCREMENT, 5, &[&[0; 8], &[1, 2, 3]]);
    assert_bare(&header, INCREMENT, 5, Status::BadEnvelope);
    assert_closed(&mut session);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn a_handler_that_fails_on_one_item_is_internal_error_for_the_batch() {
    let place = Place::new();
    let (server, calls) = superstitious(&place);
    let mut session = raw(&place);
    let items = [1u64, 13, 2].map(u64::to_ne_bytes);
    let (header, _) = exchange_batch(&mut session, INCREMENT, 5, &[&items[0], &items[1], &items[2]]);
    assert_bare(&header, INCREMENT, 5, Status::InternalError);
    assert_closed(&mut session);
    assert_eq!(calls.load(Ordering::SeqCst), 2, "those after it are not handled");
    assert_eq!((server.status().requests, server.status().internal_error), (1, 1));
}

#[test]
fn a_batch_of_another_method_is_unsupported_and_the_session_goes_on() {
    let place = Place::new();
    let server = place.incrementer();
    let mut session = raw(&place);
    let (header, _) = exchange_batch(&mut session, 3, 5, &[&[0; 8], &[0; 8]]);
    assert_bare(&header, 3, 5, Status::Unsupported);
    let (header, _) = exchange_batch(&mut session, INCREMENT, 5, &[&[0; 8], &[0; 8]]);
    assert_eq!(header.transport_status, Status::Ok);
    assert_eq!((server.status().requests, server.status().unsupported), (2, 1));
}

#[test]
fn an_empty_batch_is_bad_envelope() {
    let place = Place::new();
    let (_server, calls) = superstitious(&place);
    let peer = packets(&place);
    peer.send(&MessageHeader::request(INCREMENT, 5, 0).with_batch(0).encode());
    let (header, _) = peer.receive_message();
    assert_bare(&header, INCREMENT, 5, Status::BadEnvelope);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn a_batch_whose_responses_do_not_fit_together_is_limit_exceeded() {
    let place = Place::new();
    // Two entries of 8 bytes and two items of 8 bytes fit exactly.
    let config = ServerConfig { max_response_payload_bytes: 32, ..server_config() };
    let server = place.server(config, Ok);
    let mut session = raw(&place);
    let (header, _) = exchange_batch(&mut session, INCREMENT, 5, &[&[0; 8], &[0; 8]]);
    assert_eq!((header.transport_status, header.payload_len), (Status::Ok, 32));
    let (header, _) = exchange_batch(&mut session, INCREMENT, 5, &[&[0; 8], &[0; 8], &[0; 8]]);
    assert_bare(&header, INCREMENT, 5, Status::LimitExceeded);
    assert_closed(&mut session);
    assert_eq!(server.status().limit_exceeded, 1);
}

#[test]
fn a_batch_that_does_not_fit_makes_the_server_offer_more() {
    let place = Place::new();
    let server = place.reverser(server_config());
    let config = ClientConfig { max_request_batch_items: 100, ..client_config() };
    let mut client = Client::<StringReverse, StringReverse>::new(place.endpoint(), config);
    client.refresh();
    let text = vec![b'x'; 3_000];
    let requests = [netipc::messages::StringReverseRef { text: &text }; 40];
    let responses = client.call_batch(&requests).expect("120,000 bytes fit in 131,072");
    assert!(responses.iter().all(|response| response.text() == &text[..]));
    assert_eq!(server.status().max_response_payload_bytes, 131_072);
}

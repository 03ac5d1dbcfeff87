//! Batch calls. Contract: docs/contract/envelope.md, "Batch directory"; docs/contract/service.md, "Client".

use std::sync::{Arc, Mutex};

use netipc::messages::{Increment, StringReverseRef};
use netipc::transport::{BatchBuilder, MessageHeader, ServerSession};
use netipc::{CallError, Client, ClientConfig, ClientState, Deadline, Side, Status};
use netipc_tests::support::raw::packet;

use super::bare::BareProvider;
use crate::common::{LONG, Peer, Place, client_config, server_config};

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

fn client(place: &Place, max_request_batch_items: u32) -> Client<Increment, Increment> {
    let config = ClientConfig { max_request_batch_items, ..client_config() };
    let mut client = Client::new(place.endpoint(), config);
    client.refresh();
    assert!(client.is_ready(), "{:?}", client.connect_error());
    client
}

fn numbers(count: u64) -> Vec<Increment> {
    (0..count).map(|value| Increment { value }).collect()
}

#[test]
fn results_come_by_position() {
    let place = Place::new();
    let server = place.incrementer();
    let mut client = client(&place, 1_000);
    for count in [2, 3, 50, 1_000] {
        let responses = client.call_batch(&numbers(count)).expect("it is served");
        assert_eq!(responses.len() as u64, count);
        assert!(responses.iter().map(|response| response.value()).eq(1..=count));
        assert_eq!(responses.get(1).map(|response| response.value()), Some(2));
        assert!(responses.get(responses.len()).is_none());
        assert_eq!(responses.into_iter().len(), responses.len());
    }
    assert_eq!(server.status().requests, 4, "one message each");
}

#[test]
fn results_are_iterated_from_both_ends() {
    let place = Place::new();
    let _server = place.incrementer();
    let mut client = client(&place, 1_000);
    let responses = client.call_batch(&numbers(4)).expect("it is served");
    let mut results = responses.iter();
    assert_eq!(results.next_back().map(|response| response.value()), Some(4));
    assert_eq!(results.next().map(|response| response.value()), Some(1));
    assert_eq!(results.nth(1).map(|response| response.value()), Some(3));
    assert!(results.next().is_none() && results.next_back().is_none() && results.next().is_none());
    let results = responses.iter();
    assert!(results.clone().rev().map(|response| response.value()).eq([4, 3, 2, 1]));
    assert_eq!(results.len(), 4);
    assert_eq!(format!("{results:?}"), "ResponsesIter(4 more)");
}

#[test]
fn results_of_a_message_that_is_not_debug_are_shown_and_iterated() {
    /// A message without any derive but its own.
    #[derive(netipc::WireMessage)]
    #[wire(method = 1, header = 8)]
    struct Bare {
        /// A number.
        #[wire(at = 0)]
        value: u64,
    }
    let place = Place::new();
    let _server = place.incrementer();
    let config = ClientConfig { max_request_batch_items: 2, ..client_config() };
    let mut client = Client::<Bare, Bare>::new(place.endpoint(), config);
    client.refresh();
    let responses = client.call_batch(&[Bare { value: 1 }, Bare { value: 2 }]).expect("it is served");
    assert_eq!(format!("{:?}", responses.iter()), "ResponsesIter(2 more)");
    assert!(format!("{responses:?}").contains('3'));
}

#[test]
fn an_empty_batch_is_empty_without_a_session() {
    let place = Place::new();
    let mut client = place.client();
    assert!(client.call_batch::<Increment>(&[]).expect("nothing was asked").is_empty());
    assert_eq!(client.status().calls, 0);
}

#[test]
fn a_batch_of_one_goes_as_a_single_message() {
    let place = Place::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let _peer = place.peer(move |mut session| {
        while let Ok(message) = session.receive(deadline()) {
            let header = message.header;
            noted.lock().expect("not poisoned").push(header);
            session.respond(header, &7u64.to_ne_bytes(), deadline()).expect("the client waits");
        }
    });
    let mut client = place.ready_client();
    let responses = client.call_batch(&[Increment { value: 1 }]).expect("it is served");
    assert_eq!((responses.len(), responses.get(0).map(|response| response.value())), (1, Some(7)));
    assert!(responses.get(1).is_none());
    let header = seen.lock().expect("not poisoned")[0];
    assert_eq!((header.is_batch(), header.item_count, header.payload_len), (false, 1, 8));
}

#[test]
fn more_items_than_configured_are_refused_before_anything_is_sent() {
    let place = Place::new();
    let server = place.incrementer();
    let mut two = client(&place, 2);
    let error = two.call_batch(&numbers(3)).expect_err("one too many");
    assert!(matches!(error, CallError::TooManyItems { items: 3, limit: 2 }), "{error}");
    assert!(!error.is_transient());
    assert_eq!(two.status().state, ClientState::Ready);
    let mut default = client(&place, 0);
    let error = default.call_batch(&numbers(2)).expect_err("the default is 1");
    assert!(matches!(error, CallError::TooManyItems { items: 2, limit: 1 }), "{error}");
    assert_eq!(server.status().requests, 0);
}

#[test]
fn a_batch_over_the_sessions_limit_grows_the_proposal() {
    let place = Place::new();
    let _server = place.reverser(server_config());
    let mut client = place.reverse_client(ClientConfig { max_request_batch_items: 100, ..client_config() });
    let text = [b'x'; 1_000];
    let responses = client.call_batch(&[StringReverseRef { text: &text }; 20]).expect("it grows");
    assert!(responses.iter().all(|response| response.text() == &text[..]));
    let status = client.status();
    // 20 times an entry of 8 bytes and an item of 1,009, padded to 1,016.
    assert_eq!(status.session.expect("there is a session").max_request_payload_bytes, 32_768);
    assert_eq!(status.growths, 1);
}

#[test]
fn a_batch_over_the_ceiling_is_an_overflow_that_counts_directory_and_padding() {
    let place = Place::new();
    let _server = place.incrementer();
    let config =
        ClientConfig { max_request_batch_items: 100, max_request_payload_bytes: 160, ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    client.refresh();
    assert_eq!(client.call_batch(&numbers(10)).expect("exactly 160 bytes").len(), 10);
    let error = client.call_batch(&numbers(11)).expect_err("16 bytes more");
    assert!(
        matches!(error, CallError::RequestTooLarge { bytes: 176, limit: 160, side: Side::Client }),
        "{error}"
    );
    assert_eq!(client.status().state, ClientState::Ready);
}

/// Answers each batch with what `answer` does.
fn peer(place: &Place, mut answer: impl FnMut(&mut ServerSession, MessageHeader) + Send + 'static) -> Peer {
    place.peer(move |mut session| {
        if let Ok(message) = session.receive(deadline()) {
            let header = message.header;
            answer(&mut session, header);
            // Until the client goes.
            let _ = session.receive(deadline());
        }
    })
}

fn batch_of(items: &[&[u8]]) -> BatchBuilder {
    let mut batch = BatchBuilder::new();
    batch.start(u32::try_from(items.len()).expect("a few"), 1_024).expect("there is room");
    for item in items {
        batch.push(item).expect("there is room");
    }
    batch
}

#[test]
fn a_response_with_another_number_of_items_is_retried_once_and_reported() {
    let place = Place::new();
    let _peer = peer(&place, |session, header| {
        let mut batch = batch_of(&[&[0; 8]]);
        let batch = batch.finish().expect("it is complete");
        session.respond_batch(header, &batch, deadline()).expect("the client waits");
    });
    let mut client = client(&place, 10);
    let error = client.call_batch(&numbers(2)).expect_err("one item is missing");
    assert!(matches!(error, CallError::WrongItemCount { expected: 2, found: 1, batch: true }), "{error}");
    assert_eq!((client.status().state, client.status().retries), (ClientState::Broken, 1));
}

#[test]
fn a_single_response_to_a_batch_is_refused() {
    let place = Place::new();
    let _peer = peer(&place, |session, header| {
        session.respond(header, &[0; 8], deadline()).expect("the client waits");
    });
    let error = client(&place, 10).call_batch(&numbers(2)).map(|_| ()).expect_err("no batch");
    assert!(matches!(error, CallError::WrongItemCount { expected: 2, batch: false, .. }), "{error}");
}

#[test]
fn a_batch_in_response_to_a_single_request_is_refused() {
    let place = Place::new();
    let _peer = peer(&place, |session, header| {
        let mut batch = batch_of(&[&[0; 8]]);
        let batch = batch.finish().expect("it is complete");
        session.respond_batch(header, &batch, deadline()).expect("the client waits");
    });
    let error = client(&place, 10).call(&Increment { value: 1 }).map(|_| ()).expect_err("a batch");
    assert!(matches!(error, CallError::WrongItemCount { expected: 1, found: 1, batch: true }), "{error}");
}

#[test]
fn an_item_that_does_not_decode_is_named() {
    let place = Place::new();
    let _peer = peer(&place, |session, header| {
        let mut batch = batch_of(&[&[0; 8], &[1, 2, 3]]);
        let batch = batch.finish().expect("it is complete");
        session.respond_batch(header, &batch, deadline()).expect("the client waits");
    });
    let mut client = client(&place, 10);
    let error = client.call_batch(&numbers(2)).expect_err("3 bytes are no u64");
    assert!(matches!(error, CallError::DecodeItem { index: 1, .. }), "{error}");
    assert!(!error.is_transient());
}

#[test]
fn a_failure_status_of_a_batch_is_never_decoded_whatever_its_flags_and_count() {
    for items in [None, Some(2), Some(0)] {
        let place = Place::new();
        let mut provider = BareProvider::new(&place);
        let provider = std::thread::spawn(move || {
            // The request and its repetition.
            for _ in 0..2 {
                let session = provider.accept();
                let refused = session.receive().response(Status::InternalError, 0);
                let refused = items.map_or(refused, |items| refused.with_batch(items));
                session.send(&packet(&refused, &[]));
                session.wait_until_the_client_closes();
            }
        });
        let mut client = client(&place, 10);
        let error = client.call_batch(&numbers(2)).map(|_| ()).expect_err("refused");
        assert!(matches!(error, CallError::Rejected(Status::InternalError)), "{error}");
        provider.join().expect("it does not panic");
    }
}

#[test]
fn a_batch_lost_with_its_session_is_sent_once_more() {
    let place = Place::new();
    let mut sessions = 0;
    let _peer = place.peer(move |mut session| {
        let Ok(message) = session.receive(deadline()) else { return };
        let header = message.header;
        sessions += 1;
        if sessions == 2 {
            let mut batch = batch_of(&[&5u64.to_ne_bytes(), &6u64.to_ne_bytes()]);
            let batch = batch.finish().expect("it is complete");
            session.respond_batch(header, &batch, deadline()).expect("the client waits");
            let _ = session.receive(deadline());
        }
    });
    let mut client = client(&place, 10);
    let responses = client.call_batch(&numbers(2)).expect("the second one is answered");
    assert!(responses.iter().map(|response| response.value()).eq([5, 6]));
    assert_eq!(client.status().retries, 1);
}

#[test]
fn a_batch_of_a_client_that_is_not_ready_fails_at_once() {
    let place = Place::new();
    let _server = place.incrementer();
    let config = ClientConfig { max_request_batch_items: 10, ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    assert!(matches!(client.call_batch(&numbers(2)), Err(CallError::NotReady { .. })));
    assert_eq!((client.status().calls, client.status().errors), (1, 1));
}

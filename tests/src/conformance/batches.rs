//! `docs/contract/transport.md`, "Messages": batches.

use std::thread;

use netipc_transport::{BatchBuilder, BatchError, Limit, SendError};

use super::transport::{LARGE, PairOf, Transport, large, pair};
use crate::servers::Serving;
use crate::support::{Pair, counting, soon};

/// A batch goes out and comes back; the items are compared one by one.
fn batch_round_trip<T: Transport>(pair: &mut PairOf<T>, items: &[Vec<u8>]) {
    let mut request = batch_of(items);
    let count = u32::try_from(items.len()).unwrap();
    let Pair { client, server, .. } = pair;
    thread::scope(|scope| {
        scope.spawn(|| {
            let request = server.receive(soon()).unwrap();
            let header = request.header;
            let batch = request.items().unwrap();
            assert!(batch.iter().eq(items.iter().map(Vec::as_slice)));
            let mut answer = batch_of(&batch.iter().collect::<Vec<_>>());
            server.respond_batch(header, &answer.finish().unwrap(), soon()).unwrap();
        });
        client.send_batch(3, 1, &request.finish().unwrap(), soon()).unwrap();
        let response = client.receive(soon()).unwrap();
        assert!(response.header.is_batch());
        assert_eq!(response.header.item_count, count);
        let batch = response.items().unwrap();
        assert!(batch.iter().eq(items.iter().map(Vec::as_slice)));
    });
}

pub(super) fn batch_of(items: &[impl AsRef<[u8]>]) -> BatchBuilder {
    let mut builder = BatchBuilder::new();
    builder.start(u32::try_from(items.len()).unwrap(), LARGE).unwrap();
    for item in items {
        builder.push(item.as_ref()).unwrap();
    }
    builder
}

pub fn batches_of_one_and_of_many_travel_with_their_items_in_order<T: Transport>() {
    let mut pair = large::<T>(4_096);
    for count in [1, 2, 3, 999, 1_000] {
        let items: Vec<_> = (0..count).map(|i| counting(i * 7 % 50)).collect();
        batch_round_trip::<T>(&mut pair, &items);
    }
}

pub fn a_batch_that_fills_the_payload_limit_travels<T: Transport>() {
    let mut pair = large::<T>(0);
    batch_round_trip::<T>(&mut pair, &[counting(LARGE as usize - 8)]);
    let mut builder = BatchBuilder::new();
    builder.start(1, LARGE).unwrap();
    let needed = LARGE as usize + 8;
    let pushed = builder.push(&vec![0; LARGE as usize - 7]);
    assert_eq!(pushed, Err(BatchError::TooLarge { needed, limit: LARGE as usize }));
}

pub fn the_items_of_a_batch_are_handed_out_by_index_without_a_copy<T: Transport>() {
    let mut pair = large::<T>(0);
    let sent = batch_of(&["first", "", "third"]).finish().map(|batch| batch.payload().to_vec()).unwrap();
    pair.client.send_batch(3, 1, &batch_of(&["first", "", "third"]).finish().unwrap(), soon()).unwrap();
    let request = pair.server.receive(soon()).unwrap();
    assert_eq!(request.payload, sent);
    let batch = request.items().unwrap();
    assert_eq!(batch.get(2), Some(&b"third"[..]));
    assert_eq!(batch.get(0), Some(&b"first"[..]));
    assert_eq!(batch.get(1), Some(&b""[..]));
    assert_eq!(batch.get(3), None);
    let whole = request.payload.as_ptr_range();
    for item in batch.iter() {
        assert!(whole.start <= item.as_ptr() && item.as_ptr_range().end <= whole.end);
    }
}

pub fn a_batch_of_more_items_than_agreed_is_not_sent<T: Transport>() {
    let mut pair = pair::<T>();
    let sent = pair.client.send_batch(3, 1, &batch_of(&["a", "b"]).finish().unwrap(), soon());
    assert!(matches!(sent, Err(SendError::OverLimit(Limit::Items { count: 2, limit: 1 }))));
    assert_eq!(pair.client.in_flight(), 0);
}

pub fn an_empty_batch_is_not_sent<T: Transport>() {
    let mut pair = pair::<T>();
    let sent = pair.client.send_batch(3, 1, &batch_of(&[""; 0]).finish().unwrap(), soon());
    assert!(matches!(sent, Err(SendError::EmptyBatch)));
}

pub fn a_rejected_batch_is_answered_without_flag_and_count<T: Transport>() {
    let mut pair = large::<T>(0);
    pair.client.send_batch(3, 1, &batch_of(&["a", "b"]).finish().unwrap(), soon()).unwrap();
    let header = pair.server.receive(soon()).unwrap().header;
    let status = netipc_transport::Status::Unsupported;
    pair.server.reject(header, status, soon()).unwrap();
    let response = pair.client.receive(soon()).unwrap().header;
    assert_eq!((response.code, response.message_id, response.transport_status), (3, 1, status));
    assert_eq!((response.item_count, response.payload_len, response.is_batch()), (1, 0, false));
}

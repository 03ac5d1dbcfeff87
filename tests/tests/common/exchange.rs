//! Clients at Level 1, which send what they like, and what they see of an answer.

use netipc::transport::{BatchBuilder, ClientSession, MessageHeader, ReceiveError};
use netipc::{Deadline, Status};

use super::LONG;

fn deadline() -> Deadline {
    Deadline::after(LONG)
}

/// Sends a request, and gives the answer.
pub fn exchange(session: &mut ClientSession, code: u16, id: u64, payload: &[u8]) -> (MessageHeader, Vec<u8>) {
    session.send(code, id, payload, deadline()).expect("it goes out");
    let response = session.receive(deadline()).expect("it is answered");
    (response.header, response.payload.to_vec())
}

/// Sends the items as a batch, also where there is only one, and gives the answer.
pub fn exchange_batch(
    session: &mut ClientSession,
    code: u16,
    id: u64,
    items: &[&[u8]],
) -> (MessageHeader, Vec<Vec<u8>>) {
    let mut batch = BatchBuilder::new();
    batch.start(u32::try_from(items.len()).expect("a few"), 1_024).expect("there is room");
    for item in items {
        batch.push(item).expect("there is room");
    }
    let batch = batch.finish().expect("it is complete");
    session.send_batch(code, id, &batch, deadline()).expect("it goes out");
    let response = session.receive(deadline()).expect("it is answered");
    let items = response.items().map(|items| items.iter().map(<[u8]>::to_vec).collect());
    (response.header, items.unwrap_or_default())
}

/// A failure has this status and is otherwise empty.
pub fn assert_bare(header: &MessageHeader, code: u16, id: u64, status: Status) {
    assert_eq!((header.transport_status, header.code, header.message_id), (status, code, id));
    assert_eq!((header.payload_len, header.item_count, header.is_batch()), (0, 1, false));
}

pub fn assert_closed(session: &mut ClientSession) {
    let error = session.receive(deadline()).expect_err("the server closes");
    assert!(matches!(error, ReceiveError::Closed), "{error}");
}

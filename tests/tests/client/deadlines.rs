//! Deadlines that are past before something is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use netipc::codec::__derive::EncodeFault;
use netipc::codec::{MessageBuilder, MethodMessage};
use netipc::messages::{
    CgroupLookupItemRef, CgroupPath, CgroupPathRef, CgroupsLookup, CgroupsLookupBuilder,
    CgroupsLookupRequest, Increment,
};
use netipc::transport::MessageHeader;
use netipc::{CallError, Client, ClientConfig, ClientState, Deadline, Encode, Server};

use crate::common::{LONG, Place, client_config, is_over_shared_memory, server_config};

#[test]
fn a_call_whose_deadline_is_past_sends_nothing() {
    let place = Place::new();
    let requests = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&requests);
    let server = place.server(server_config(), move |_| Ok(counter.fetch_add(1, Ordering::SeqCst)));
    let config = ClientConfig { max_request_batch_items: 2, ..client_config() };
    let mut client = Client::<Increment, Increment>::new(place.endpoint(), config);
    for deadline in [Deadline::NOW, Deadline::at(Instant::now())] {
        client.refresh();
        let call = client.call_until(&Increment { value: 1 }, deadline).map(drop);
        assert!(matches!(call, Err(CallError::TimedOut)), "{call:?}");
        assert_eq!(client.status().state, ClientState::Broken);
        client.refresh();
        let both = [Increment { value: 1 }, Increment { value: 2 }];
        let batch = client.call_batch_until(&both, deadline).map(drop);
        assert!(matches!(batch, Err(CallError::TimedOut)), "{batch:?}");
    }
    assert_eq!((client.status().calls, client.status().errors), (4, 4));
    server.drain(LONG);
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[test]
fn a_lookup_whose_deadline_is_past_sends_nothing() {
    let place = Place::new();
    let requests = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&requests);
    let server = Server::<CgroupsLookupRequest, CgroupsLookup>::spawn(
        place.endpoint(),
        server_config(),
        move |_, _, _| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        },
    )
    .expect("the endpoint is free");
    let mut client = Client::<CgroupsLookupRequest, CgroupsLookup>::new(place.endpoint(), client_config());
    client.refresh();
    let lookup = client.call_lookup_until(&[CgroupPathRef { path: b"/" }], Deadline::NOW).map(drop);
    assert!(matches!(lookup, Err(CallError::TimedOut)), "{lookup:?}");
    server.drain(LONG);
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[test]
fn a_call_of_a_client_that_is_not_ready_says_so_whatever_its_deadline() {
    let place = Place::new();
    let mut client = place.client();
    let error = client.call_until(&Increment { value: 1 }, Deadline::NOW).expect_err("there was no refresh");
    assert!(matches!(error, CallError::NotReady { state: ClientState::Disconnected, .. }), "{error}");
}

/// A key that takes its time to be encoded: until the deadline is past and the answer is there.
#[derive(Clone, Copy)]
struct Slow<'a> {
    key: CgroupPathRef<'a>,
    deadline: Deadline,
    answered: &'a AtomicBool,
}

impl Encode for Slow<'_> {
    type Message = CgroupPath;

    fn encoded_len(&self) -> usize {
        while !self.deadline.is_past() || !self.answered.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        self.key.encoded_len()
    }

    fn encode_exact<E: EncodeFault>(&self, into: &mut [u8]) -> Result<usize, E> {
        self.key.encode_exact(into)
    }
}

/// An answer for these keys in which there was no room for the last ones.
fn answer_in_part(paths: &[&[u8]]) -> Vec<u8> {
    let paths = paths.iter().map(|path| CgroupPath { path: (*path).into() }).collect();
    let request = CgroupsLookupRequest { paths };
    let mut bytes = vec![0; request.encoded_len()];
    request.encode(&mut bytes).expect("it has the right length");
    // The header, one item, and markers behind it.
    let mut buffer = vec![0; 16 + 48 + 40 * (request.paths.len() - 1)];
    let mut builder = CgroupsLookupBuilder::answering(&mut buffer, &bytes);
    for CgroupPath { path } in &request.paths {
        let item = CgroupLookupItemRef { path, name: b"name", ..CgroupLookupItemRef::default() };
        builder.items().push(item).expect("there is room for markers");
    }
    let len = builder.finish().expect("there is room for markers");
    buffer.truncate(len);
    buffer
}

#[test]
fn a_later_message_of_a_lookup_whose_deadline_is_past_is_not_sent() {
    if is_over_shared_memory() {
        // There, nobody answers a request that has not come.
        return;
    }
    let paths: [&[u8]; 4] = [b"/0", b"/1", b"/2", b"/3"];
    let (answered, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (told, counter) = (Arc::clone(&answered), Arc::clone(&seen));
    let place = Place::new();
    let peer = place.peer(move |mut session| {
        let payload = answer_in_part(&paths);
        let request = MessageHeader::request(CgroupsLookupRequest::METHOD, 1, 0);
        session.respond(request, &payload, Deadline::after(LONG)).expect("there is room");
        told.store(true, Ordering::SeqCst);
        while session.receive(Deadline::after(LONG)).is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut client = Client::<CgroupsLookupRequest, CgroupsLookup>::new(place.endpoint(), client_config());
    client.refresh();
    let deadline = Deadline::after(Duration::from_millis(50));
    let keys = paths.map(|path| Slow { key: CgroupPathRef { path }, deadline, answered: &answered });
    let error = client.call_lookup_until(&keys, deadline).map(drop).expect_err("there is no time left");
    assert!(matches!(error, CallError::TimedOut), "{error}");
    assert_eq!(client.status().state, ClientState::Broken);
    drop(peer);
    assert_eq!(seen.load(Ordering::SeqCst), 1, "the first message");
}

//! INCREMENT over Level 1: one request or batch at a time, or several in flight.

use std::error::Error;
use std::time::{Duration, Instant};

use netipc::codec::MethodMessage;
use netipc::messages::Increment;
use netipc::transport::{BatchBuilder, ClientSession, ConnectOptions, Message};
use netipc::{Abort, Deadline};
use netipc_floor::socket::DEPTH;

use super::super::floors::{End, pipelines};
use super::super::measure::{Contest, Exchange};
use super::super::sizes::{BatchItems, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Sizes};
use super::{Site, profiles};
use crate::args::bench::{Carrier, Service};
use crate::error::Failure;

/// Bytes of an INCREMENT.
const LEN: usize = 8;

/// Time to connect to a peer that listens.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn ping_pong(site: &Site<'_>, carrier: Carrier) -> Result<Contest<'static>, Failure> {
    // In memory, the bare exchange is one of sequence numbers and wakes alone.
    let floor = if carrier == Carrier::Baseline {
        Sizes::Payloads { request: LEN, response: LEN }
    } else {
        Sizes::Empty
    };
    one_at_a_time(site, carrier, Payload::Single, floor)
}

pub(super) fn batch(site: &Site<'_>, carrier: Carrier) -> Result<Contest<'static>, Failure> {
    one_at_a_time(site, carrier, Payload::batches(), Sizes::Batches(BatchItems::default()))
}

fn one_at_a_time(
    site: &Site<'_>,
    carrier: Carrier,
    payload: Payload,
    floor: Sizes,
) -> Result<Contest<'static>, Failure> {
    let (mut peer, end) = site.peer(Service::Increment, carrier)?;
    let floors = end.one_at_a_time(carrier, site.placement, &peer, floor)?;
    let unit = payload.unit();
    let ours = peer.blame(Increments::connect(site, carrier, payload, 1))?;
    Ok(Contest { unit, ours: Box::new(ours), floors, peer: Some(peer) })
}

pub(super) fn pipeline(site: &Site<'_>, payload: Payload) -> Result<Contest<'static>, Failure> {
    let (mut peer, end) = site.peer(Service::Increment, Carrier::Baseline)?;
    let floors = match &end {
        End::Socket(socket) => pipelines(socket, site.placement, payload.sizes())?,
        End::Memory(_) => Vec::new(),
    };
    let unit = payload.unit();
    let ours = peer.blame(Increments::connect(site, Carrier::Baseline, payload, DEPTH))?;
    Ok(Contest { unit, ours: Box::new(ours), floors, peer: Some(peer) })
}

/// What a request carries.
pub(super) enum Payload {
    /// One INCREMENT.
    Single,
    /// A batch of them.
    Batch { builder: BatchBuilder, items: BatchItems },
}

impl Payload {
    pub(super) fn batches() -> Self {
        Self::Batch { builder: BatchBuilder::new(), items: BatchItems::default() }
    }

    fn unit(&self) -> &'static str {
        match self {
            Self::Single => "requests",
            Self::Batch { .. } => "items",
        }
    }

    fn sizes(&self) -> Sizes {
        match self {
            Self::Single => Sizes::Payloads { request: LEN, response: LEN },
            Self::Batch { items, .. } => Sizes::Batches(*items),
        }
    }
}

/// Requests that count: item `i` of request `n` is `n + i`, and is answered by one more.
struct Increments {
    session: ClientSession,
    payload: Payload,
    /// Requests in flight while it runs.
    depth: usize,
    in_flight: usize,
    last_id: u64,
    /// With several in flight: one of them, and when it went out.
    timed: Option<(u64, Instant)>,
    latency: Option<Duration>,
}

impl Increments {
    fn connect(site: &Site<'_>, carrier: Carrier, payload: Payload, depth: usize) -> Result<Self, Failure> {
        let options = ConnectOptions {
            supported_profiles: profiles(carrier),
            max_request_payload_bytes: MAX_BATCH_BYTES,
            max_request_batch_items: MAX_BATCH_ITEMS,
            max_response_payload_bytes: MAX_BATCH_BYTES,
            max_response_batch_items: MAX_BATCH_ITEMS,
            ..ConnectOptions::default()
        };
        // A signal ends the peer, and that ends whatever waits here.
        let abort = Abort::new();
        let session = ClientSession::connect(&site.endpoint()?, &options, Deadline::after(PATIENCE), &abort)
            .map_err(|error| Failure::because("cannot connect to the peer", &error))?;
        Ok(Self { session, payload, depth, in_flight: 0, last_id: 0, timed: None, latency: None })
    }

    fn send(&mut self) -> Result<(), Failure> {
        let id = self.last_id + 1;
        if self.depth > 1 && self.timed.is_none() {
            self.timed = Some((id, Instant::now()));
        }
        let session = &mut self.session;
        match &mut self.payload {
            Payload::Single => session.send(Increment::METHOD, id, &id.to_ne_bytes(), Deadline::NEVER),
            Payload::Batch { builder, items } => {
                let count = items.next();
                builder.start(count, MAX_BATCH_BYTES).map_err(|error| failed(&error))?;
                for value in id..id + u64::from(count) {
                    builder.push(&value.to_ne_bytes()).map_err(|error| failed(&error))?;
                }
                let batch = builder.finish().map_err(|error| failed(&error))?;
                session.send_batch(Increment::METHOD, id, &batch, Deadline::NEVER)
            }
        }
        .map_err(|error| failed(&error))?;
        self.last_id = id;
        self.in_flight += 1;
        Ok(())
    }

    /// Waits for an answer; gives how many items it has.
    fn receive(&mut self) -> Result<u64, Failure> {
        let response = self.session.receive(Deadline::NEVER).map_err(|error| failed(&error))?;
        let answer = check(&response)?;
        Ok(self.settle(answer))
    }

    /// An answer that is there already.
    fn try_receive(&mut self) -> Result<Option<u64>, Failure> {
        let Some(response) = self.session.try_receive().map_err(|error| failed(&error))? else {
            return Ok(None);
        };
        let answer = check(&response)?;
        Ok(Some(self.settle(answer)))
    }

    /// Takes note of an answer.
    fn settle(&mut self, Answer { id, items }: Answer) -> u64 {
        self.in_flight -= 1;
        if let Some((_, sent)) = self.timed.take_if(|(timed, _)| *timed == id) {
            self.latency = Some(sent.elapsed());
        }
        items
    }
}

impl Exchange for Increments {
    fn exchange(&mut self) -> Result<u64, Failure> {
        while self.in_flight < self.depth {
            self.send()?;
        }
        let mut answered = self.receive()?;
        // What has come is taken before more is sent, as the floor does: the peer then waits less often.
        while self.in_flight > 0
            && let Some(more) = self.try_receive()?
        {
            answered += more;
        }
        Ok(answered)
    }

    fn end(&mut self) -> Result<(), Failure> {
        while self.in_flight > 0 {
            self.receive()?;
        }
        Ok(())
    }

    fn latency(&mut self, timed: Duration) -> Option<Duration> {
        if self.depth == 1 { Some(timed) } else { self.latency.take() }
    }
}

fn failed(error: &dyn Error) -> Failure {
    Failure::because("an exchange failed", error)
}

/// What was answered rightly.
#[derive(Clone, Copy)]
struct Answer {
    /// Of the request.
    id: u64,
    items: u64,
}

fn check(response: &Message<'_>) -> Result<Answer, Failure> {
    let items = right_items(response)
        .ok_or_else(|| Failure::Failed(format!("a wrong answer came: {}", response.header)))?;
    Ok(Answer { id: response.header.message_id, items })
}

/// How many items were answered, if all of them are right.
fn right_items(response: &Message<'_>) -> Option<u64> {
    let first = response.header.message_id.wrapping_add(1);
    if !response.header.transport_status.is_ok() {
        return None;
    }
    let Some(items) = response.items() else {
        return (response.payload == first.to_ne_bytes()).then_some(1);
    };
    let mut expected = first..;
    let right = items.iter().all(|item| expected.next().is_some_and(|value| item == value.to_ne_bytes()));
    right.then_some(items.item_count().into())
}

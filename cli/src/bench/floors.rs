//! The floors as exchanges.

use std::error::Error;
use std::io;

use netipc_floor::memory::{Caller as MemoryCaller, Region};
use netipc_floor::socket::{self, Caller as SocketCaller, Order, Pipeline, Socket};
use netipc_floor::{Offer, Waiting};

use super::measure::{Exchange, Floor};
use super::peer::Peer;
use super::sizes::Sizes;
use crate::args::bench::{Carrier, FloorKind, Placement};
use crate::error::Failure;

/// What a floor does, as the table has it.
#[cfg(not(windows))]
mod names {
    pub(super) const BLOCKING: &str = "send, recv";
    pub(super) const SPINNING: &str = "send, spinning recv";
    pub(super) const DRAINING: &str = "sendmmsg, draining recv";
    pub(super) const SPINNING_AND_DRAINING: &str = "sendmmsg, spinning and draining recv";
    pub(super) const MEMORY: &str = "futex";
    pub(super) const SPINNING_MEMORY: &str = "atomics, two wakes";
}

/// What a floor does, as the table has it.
#[cfg(windows)]
mod names {
    pub(super) const BLOCKING: &str = "WriteFile, ReadFile";
    pub(super) const SPINNING: &str = "WriteFile, spinning ReadFile";
    pub(super) const DRAINING: &str = "WriteFile, draining ReadFile";
    pub(super) const SPINNING_AND_DRAINING: &str = "WriteFile, spinning and draining ReadFile";
    pub(super) const MEMORY: &str = "SetEvent";
    pub(super) const SPINNING_MEMORY: &str = "atomics, two looks for a waiter";
}

/// This process's end of a floor.
pub(super) enum End {
    Socket(Socket),
    Memory(Region),
}

impl End {
    /// This process's end, and what the peer makes the other one of.
    pub(super) fn offer(kind: FloorKind) -> Result<(Self, Offer), Failure> {
        match kind {
            FloorKind::Socket => {
                let (ours, theirs) = socket::offer().map_err(|error| cannot(&error))?;
                Ok((Self::Socket(ours), theirs))
            }
            FloorKind::Memory => {
                let (region, theirs) = Region::create().map_err(|error| cannot(&error))?;
                Ok((Self::Memory(region), theirs))
            }
        }
    }

    /// Exchanges of one request at a time.
    pub(super) fn one_at_a_time(
        &self,
        carrier: Carrier,
        placement: Placement,
        peer: &Peer,
        sizes: Sizes,
    ) -> Result<Vec<Floor<'static>>, Failure> {
        match self {
            Self::Socket(socket) => {
                waitings(placement).map(|waiting| over_socket(socket, waiting, sizes)).collect()
            }
            Self::Memory(region) => {
                let ending = region.clone();
                peer.when_ended(move || ending.end());
                if carrier.is_silent() {
                    return Ok(vec![in_silence(region, sizes)]);
                }
                Ok(waitings(placement).map(|waiting| in_memory(region, waiting, sizes)).collect())
            }
        }
    }
}

/// Exchanges over a socket with [`socket::DEPTH`] requests in flight. With two CPUs it is not plain that whoever waits in
/// the kernel is slower, since there is often something there already.
pub(super) fn pipelines(
    socket: &Socket,
    placement: Placement,
    sizes: Sizes,
) -> Result<Vec<Floor<'static>>, Failure> {
    let waitings = if placement == Placement::TwoCpus { Placement::Free } else { placement };
    let orders = self::waitings(waitings)
        .flat_map(|waiting| [false, true].map(|draining| Order { waiting, draining, response: None }));
    orders.map(|order| pipelined(socket, order, sizes)).collect()
}

/// How a floor's sides may wait: see `netipc bench --help`.
fn waitings(placement: Placement) -> impl Iterator<Item = Waiting> {
    let all: &[Waiting] = match placement {
        Placement::OneCpu => &[Waiting::Blocking],
        Placement::TwoCpus => &[Waiting::Spinning],
        Placement::Free => &[Waiting::Blocking, Waiting::Spinning],
    };
    all.iter().copied()
}

fn failed(error: &io::Error) -> Failure {
    Failure::because("an exchange of the floor failed", error)
}

fn cannot(error: &dyn Error) -> Failure {
    Failure::because("cannot make the floor", error)
}

fn clone(socket: &Socket) -> Result<Socket, Failure> {
    socket.try_clone().map_err(|error| cannot(&error))
}

fn over_socket(socket: &Socket, waiting: Waiting, sizes: Sizes) -> Result<Floor<'static>, Failure> {
    let name = match waiting {
        Waiting::Blocking => names::BLOCKING,
        Waiting::Spinning => names::SPINNING,
    };
    let order = Order { waiting, response: sizes.response(), draining: false };
    let caller = SocketCaller::new(clone(socket)?).map_err(|error| cannot(&error))?;
    Ok(Floor { name, exchange: Box::new(OverSocket { caller, order, sizes }) })
}

struct OverSocket {
    caller: SocketCaller,
    order: Order,
    sizes: Sizes,
}

impl Exchange for OverSocket {
    fn begin(&mut self) -> Result<(), Failure> {
        self.caller.order(self.order).map_err(|error| failed(&error))
    }

    fn exchange(&mut self) -> Result<u64, Failure> {
        let (len, units) = self.sizes.next();
        self.caller.exchange(len).map_err(|error| failed(&error))?;
        Ok(units)
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.caller.order(Order::default()).map_err(|error| failed(&error))
    }
}

fn in_memory(region: &Region, waiting: Waiting, sizes: Sizes) -> Floor<'static> {
    let name = match waiting {
        Waiting::Blocking => names::MEMORY,
        Waiting::Spinning => names::SPINNING_MEMORY,
    };
    Floor { name, exchange: Box::new(InMemory { caller: MemoryCaller::new(region.clone()), waiting, sizes }) }
}

/// Where neither side ever waits in the kernel, wherever they run.
fn in_silence(region: &Region, sizes: Sizes) -> Floor<'static> {
    let (caller, waiting) = (MemoryCaller::silent(region.clone()), Waiting::Spinning);
    Floor { name: "atomics", exchange: Box::new(InMemory { caller, waiting, sizes }) }
}

struct InMemory {
    caller: MemoryCaller,
    waiting: Waiting,
    sizes: Sizes,
}

impl Exchange for InMemory {
    fn begin(&mut self) -> Result<(), Failure> {
        self.caller.wait_by(self.waiting).map_err(|error| failed(&error))
    }

    fn exchange(&mut self) -> Result<u64, Failure> {
        let (len, units) = self.sizes.next();
        let response = self.sizes.response().unwrap_or(len);
        self.caller.exchange(len, response).map_err(|error| failed(&error))?;
        Ok(units)
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.caller.wait_by(Waiting::Blocking).map_err(|error| failed(&error))
    }
}

fn pipelined(socket: &Socket, order: Order, sizes: Sizes) -> Result<Floor<'static>, Failure> {
    let name = match (order.waiting, order.draining) {
        (Waiting::Blocking, false) => names::BLOCKING,
        (Waiting::Blocking, true) => names::DRAINING,
        (Waiting::Spinning, false) => names::SPINNING,
        (Waiting::Spinning, true) => names::SPINNING_AND_DRAINING,
    };
    let pipeline = Pipeline::new(clone(socket)?).map_err(|error| cannot(&error))?;
    let sent = sizes;
    Ok(Floor { name, exchange: Box::new(Pipelined { pipeline, order, sent, answered: sizes }) })
}

struct Pipelined {
    pipeline: Pipeline,
    order: Order,
    /// Of what goes out, and of what comes back, which is the same later.
    sent: Sizes,
    answered: Sizes,
}

impl Pipelined {
    fn units_of(&mut self, answers: usize) -> u64 {
        (0..answers).map(|_| self.answered.next().1).sum()
    }
}

impl Exchange for Pipelined {
    fn begin(&mut self) -> Result<(), Failure> {
        self.pipeline.order(self.order).map_err(|error| failed(&error))?;
        self.pipeline.fill(|| self.sent.next().0).map_err(|error| failed(&error))
    }

    fn exchange(&mut self) -> Result<u64, Failure> {
        let answers = self.pipeline.turn(|| self.sent.next().0).map_err(|error| failed(&error))?;
        Ok(self.units_of(answers))
    }

    fn end(&mut self) -> Result<(), Failure> {
        let answers = self.pipeline.drain().map_err(|error| failed(&error))?;
        self.units_of(answers);
        self.pipeline.order(Order::default()).map_err(|error| failed(&error))
    }
}

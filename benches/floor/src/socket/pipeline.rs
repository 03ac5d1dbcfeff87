//! Several requests in flight.

use std::array;
use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;

use rustix::net::{self, MMsgHdr, SendAncillaryBuffer, SendFlags};

use super::{LONGEST, Order, packet, receive, send, try_receive};

/// Requests in flight at most.
pub const DEPTH: usize = 16;

/// The calling side, with up to [`DEPTH`] requests in flight.
#[derive(Debug)]
pub struct Pipeline {
    pub(super) socket: OwnedFd,
    order: Order,
    in_flight: usize,
    bytes: Vec<u8>,
    lengths: Vec<usize>,
}

impl Pipeline {
    /// Over a socket whose other side [answers](super::answer).
    #[must_use]
    pub fn new(socket: OwnedFd) -> Self {
        let lengths = Vec::with_capacity(DEPTH);
        Self { socket, order: Order::default(), in_flight: 0, bytes: vec![0; LONGEST], lengths }
    }

    /// Tells the other side how to answer from now on; nothing is in flight. Where that drains, so does this side: it
    /// takes all responses that are there and sends as many new requests with one system call.
    ///
    /// # Errors
    /// What the OS says; the other side has gone.
    pub fn order(&mut self, order: Order) -> io::Result<()> {
        self.order = order;
        order.send(&self.socket)
    }

    /// Sends requests of such lengths until [`DEPTH`] of them are in flight.
    ///
    /// # Errors
    /// What the OS says; the other side has gone; lengths as in [`Caller::exchange`](super::Caller::exchange).
    pub fn fill(&mut self, mut next: impl FnMut() -> usize) -> io::Result<()> {
        if self.order.draining {
            self.lengths.clear();
            self.lengths.extend((self.in_flight..DEPTH).map(|_| next()));
            send_all(&self.socket, &self.bytes, &self.lengths)?;
        } else {
            for _ in self.in_flight..DEPTH {
                send(&self.socket, packet(&self.bytes, next())?)?;
            }
        }
        self.in_flight = DEPTH;
        Ok(())
    }

    /// Waits for a response, or for as many as are there, and [fills](Self::fill) again. Gives how many responses came.
    ///
    /// # Errors
    /// Those of [`Pipeline::fill`].
    pub fn turn(&mut self, next: impl FnMut() -> usize) -> io::Result<usize> {
        let before = self.in_flight;
        self.receive()?;
        while self.order.draining && self.in_flight > 0 {
            if try_receive(&self.socket, &mut self.bytes)?.is_none() {
                break;
            }
            self.in_flight -= 1;
        }
        let received = before - self.in_flight;
        self.fill(next)?;
        Ok(received)
    }

    /// Waits for what is in flight; gives how many responses that were.
    ///
    /// # Errors
    /// What the OS says; the other side has gone.
    pub fn drain(&mut self) -> io::Result<usize> {
        let before = self.in_flight;
        while self.in_flight > 0 {
            self.receive()?;
        }
        Ok(before)
    }

    fn receive(&mut self) -> io::Result<()> {
        receive(&self.socket, &mut self.bytes, self.order.waiting)?;
        self.in_flight -= 1;
        Ok(())
    }
}

/// Sends packets of these lengths, up to [`DEPTH`] of them, with one system call where the kernel takes them all.
pub(super) fn send_all(socket: &OwnedFd, bytes: &[u8], lengths: &[usize]) -> io::Result<()> {
    let mut slots: [Slot<'_>; DEPTH] = array::from_fn(|_| Slot::default());
    for (slot, len) in slots.iter_mut().zip(lengths) {
        slot.packet = [IoSlice::new(packet(bytes, *len)?)];
    }
    let mut headers = slots.each_mut().map(|slot| MMsgHdr::new(&slot.packet, &mut slot.ancillary));
    let mut rest = headers.get_mut(..lengths.len()).unwrap_or_default();
    while !rest.is_empty() {
        let sent = net::sendmmsg(socket, rest, SendFlags::NOSIGNAL)?;
        rest = rest.split_at_mut(sent).1;
    }
    Ok(())
}

/// What a header of `sendmmsg` refers to.
struct Slot<'a> {
    packet: [IoSlice<'a>; 1],
    ancillary: SendAncillaryBuffer<'a, 'a, 'a>,
}

impl Default for Slot<'_> {
    fn default() -> Self {
        Self { packet: [IoSlice::new(&[])], ancillary: SendAncillaryBuffer::default() }
    }
}

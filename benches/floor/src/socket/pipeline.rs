//! Several requests in flight.

use std::io;

use super::{Channel, Order, Socket, checked};

/// Requests in flight at most.
pub const DEPTH: usize = 16;

/// The calling side, with up to [`DEPTH`] requests in flight.
#[derive(Debug)]
pub struct Pipeline {
    pub(super) channel: Channel,
    order: Order,
    in_flight: usize,
    lengths: Vec<usize>,
}

impl Pipeline {
    /// Over an end whose other side [answers](super::answer).
    ///
    /// # Errors
    /// What the OS says.
    pub fn new(socket: Socket) -> io::Result<Self> {
        let lengths = Vec::with_capacity(DEPTH);
        Ok(Self { channel: Channel::new(socket)?, order: Order::default(), in_flight: 0, lengths })
    }

    /// Tells the other side how to answer from now on; nothing is in flight. Where that drains, so does this side: it
    /// takes all responses that are there and sends as many new requests in the same way.
    ///
    /// # Errors
    /// What the OS says; the other side has gone.
    pub fn order(&mut self, order: Order) -> io::Result<()> {
        self.order = order;
        self.channel.send_order(order.encode()?)
    }

    /// Sends requests of such lengths until [`DEPTH`] of them are in flight.
    ///
    /// # Errors
    /// What the OS says; the other side has gone; lengths as in [`Caller::exchange`](super::Caller::exchange).
    pub fn fill(&mut self, mut next: impl FnMut() -> usize) -> io::Result<()> {
        if self.order.draining {
            self.lengths.clear();
            self.lengths.extend((self.in_flight..DEPTH).map(|_| next()));
            self.channel.send_all(&self.lengths)?;
        } else {
            for _ in self.in_flight..DEPTH {
                self.channel.send(checked(next())?)?;
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
            if self.channel.try_receive()?.is_none() {
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
        self.channel.receive(self.order.waiting)?;
        self.in_flight -= 1;
        Ok(())
    }
}

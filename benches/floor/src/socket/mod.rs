//! Exchanges of packets over a SEQPACKET socket.

mod order;
mod pipeline;

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

use self::order::ORDER_LEN;
pub use self::order::Order;
pub use self::pipeline::{DEPTH, Pipeline};
use crate::Waiting;

/// Bytes of a packet at least: shorter ones are the caller's orders.
pub const SHORTEST: usize = 16;

/// Bytes of a packet at most.
pub const LONGEST: usize = 64 << 10;

/// Two connected sockets, one for each side.
///
/// # Errors
/// What the OS says.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// The calling side, with one request in flight.
#[derive(Debug)]
pub struct Caller {
    socket: OwnedFd,
    waiting: Waiting,
    packet: Vec<u8>,
}

impl Caller {
    /// Over a socket whose other side [answers](answer).
    #[must_use]
    pub fn new(socket: OwnedFd) -> Self {
        Self { socket, waiting: Waiting::Blocking, packet: vec![0; LONGEST] }
    }

    /// Tells the other side how to answer from now on.
    ///
    /// # Errors
    /// What the OS says; the other side has gone.
    pub fn order(&mut self, order: Order) -> io::Result<()> {
        self.waiting = order.waiting;
        order.send(&self.socket)
    }

    /// A request of so many bytes, and its response.
    ///
    /// # Errors
    /// What the OS says; the other side has gone. Fewer than [`SHORTEST`] bytes, more than [`LONGEST`].
    pub fn exchange(&mut self, len: usize) -> io::Result<()> {
        send(&self.socket, packet(&self.packet, len)?)?;
        receive(&self.socket, &mut self.packet, self.waiting).map(drop)
    }
}

/// The answering side: does as the caller orders, and returns when that hangs up.
///
/// # Errors
/// What the OS says; an order that is none.
pub fn answer(socket: &OwnedFd) -> io::Result<()> {
    let mut bytes = vec![0; LONGEST];
    let mut order = Order::default();
    let mut lengths = Vec::with_capacity(DEPTH);
    loop {
        match receive(socket, &mut bytes, order.waiting) {
            Err(error) if has_gone(&error) => return Ok(()),
            Err(error) => return Err(error),
            Ok(ORDER_LEN) => {
                order = Order::decode(&bytes)?;
                continue;
            }
            Ok(len) => lengths.push(order.answer_len(len)),
        }
        while order.draining && lengths.len() < DEPTH {
            match try_receive(socket, &mut bytes)? {
                Some(len) => lengths.push(order.answer_len(len)),
                None => break,
            }
        }
        let sent = if let [len] = lengths[..] {
            send(socket, packet(&bytes, len)?)
        } else {
            pipeline::send_all(socket, &bytes, &lengths)
        };
        match sent {
            Err(error) if has_gone(&error) => return Ok(()),
            sent => sent?,
        }
        lengths.clear();
    }
}

fn has_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

fn packet(bytes: &[u8], len: usize) -> io::Result<&[u8]> {
    match bytes.get(..len) {
        Some(packet) if len >= SHORTEST => Ok(packet),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

fn send(socket: &OwnedFd, packet: &[u8]) -> io::Result<()> {
    net::send(socket, packet, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Waits for a packet; the end is an error.
fn receive(socket: &OwnedFd, bytes: &mut [u8], waiting: Waiting) -> io::Result<usize> {
    match waiting {
        Waiting::Blocking => len(net::recv(socket, bytes, RecvFlags::empty())?.0),
        Waiting::Spinning => loop {
            if let Some(len) = try_receive(socket, bytes)? {
                return Ok(len);
            }
            std::hint::spin_loop();
        },
    }
}

/// A packet that is there already.
fn try_receive(socket: &OwnedFd, bytes: &mut [u8]) -> io::Result<Option<usize>> {
    match net::recv(socket, bytes, RecvFlags::DONTWAIT) {
        Ok((received, _)) => len(received).map(Some),
        Err(Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn len(received: usize) -> io::Result<usize> {
    if received == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(received) }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn with_answers(test: impl FnOnce(OwnedFd)) {
        let (ours, theirs) = pair().expect("two sockets");
        let answering = thread::spawn(move || answer(&theirs));
        test(ours);
        answering.join().expect("it does not panic").expect("it ends in order");
    }

    const ORDERS: [Order; 2] = [
        Order { waiting: Waiting::Blocking, response: None, draining: false },
        Order { waiting: Waiting::Spinning, response: Some(100), draining: false },
    ];

    #[test]
    fn packets_are_answered_as_ordered() {
        with_answers(|socket| {
            let mut caller = Caller::new(socket);
            for order in ORDERS {
                caller.order(order).expect("it listens");
                for len in [SHORTEST, 40, LONGEST] {
                    send(&caller.socket, &vec![1; len]).expect("it listens");
                    let received =
                        receive(&caller.socket, &mut caller.packet, order.waiting).expect("it answers");
                    assert_eq!(received, order.response.unwrap_or(len), "{order:?}");
                    caller.exchange(len).expect("it answers");
                }
            }
        });
    }

    #[test]
    fn a_pipeline_loses_nothing() {
        with_answers(|socket| {
            let mut pipeline = Pipeline::new(socket);
            let mut lengths = (40..1000).cycle();
            let mut next = || lengths.next().expect("it goes on");
            for draining in [false, true] {
                pipeline.order(Order { draining, ..Order::default() }).expect("it listens");
                pipeline.fill(&mut next).expect("it listens");
                let mut answered = 0;
                while answered < 1000 {
                    let received = pipeline.turn(&mut next).expect("it is answered");
                    assert!((1..=DEPTH).contains(&received));
                    answered += received;
                }
                pipeline.drain().expect("it is answered");
                let more = try_receive(&pipeline.socket, &mut vec![0; LONGEST]);
                assert!(more.expect("it listens").is_none());
            }
        });
    }

    #[test]
    fn packets_that_would_be_orders_or_are_too_long_are_refused() {
        with_answers(|socket| {
            let mut caller = Caller::new(socket);
            for len in [0, ORDER_LEN, SHORTEST - 1, LONGEST + 1] {
                let error = caller.exchange(len).expect_err("not such a one");
                assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{len}");
            }
        });
    }

    #[test]
    fn a_side_that_has_gone_is_an_error() {
        for order in ORDERS {
            let (ours, theirs) = pair().expect("two sockets");
            let mut caller = Caller::new(ours);
            caller.order(order).expect("it is connected");
            drop(theirs);
            assert!(caller.exchange(40).is_err(), "{order:?}");
        }
    }

    #[test]
    fn an_order_that_is_none_ends_the_answers() {
        let (ours, theirs) = pair().expect("two sockets");
        send(&ours, &[9; ORDER_LEN]).expect("it is connected");
        assert_eq!(answer(&theirs).map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
    }
}

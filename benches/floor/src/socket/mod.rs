//! Exchanges of packets: over a SEQPACKET socket, or as messages over a named pipe.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

mod order;
mod pipeline;

use std::io;

use self::order::ORDER_LEN;
pub use self::order::Order;
pub use self::pipeline::{DEPTH, Pipeline};
use self::platform::Channel;
pub use self::platform::{Socket, accept, offer};
use crate::Waiting;

/// Bytes of a packet at least: shorter ones are the caller's orders.
pub const SHORTEST: usize = 16;

/// Bytes of a packet at most.
pub const LONGEST: usize = 64 << 10;

/// Two connected ends, one for each side.
///
/// # Errors
/// What the OS says.
pub fn pair() -> io::Result<(Socket, Socket)> {
    let (ours, theirs) = offer()?;
    Ok((ours, accept(theirs)?))
}

/// The calling side, with one request in flight.
#[derive(Debug)]
pub struct Caller {
    channel: Channel,
    waiting: Waiting,
}

impl Caller {
    /// Over an end whose other side [answers](answer).
    ///
    /// # Errors
    /// What the OS says.
    pub fn new(socket: Socket) -> io::Result<Self> {
        Ok(Self { channel: Channel::new(socket)?, waiting: Waiting::Blocking })
    }

    /// Tells the other side how to answer from now on.
    ///
    /// # Errors
    /// What the OS says; the other side has gone.
    pub fn order(&mut self, order: Order) -> io::Result<()> {
        self.waiting = order.waiting;
        self.channel.send_order(order.encode()?)
    }

    /// A request of so many bytes, and its response.
    ///
    /// # Errors
    /// What the OS says; the other side has gone. Fewer than [`SHORTEST`] bytes, more than [`LONGEST`].
    pub fn exchange(&mut self, len: usize) -> io::Result<()> {
        self.channel.send(checked(len)?)?;
        self.channel.receive(self.waiting).map(drop)
    }
}

/// The answering side: does as the caller orders, and returns when that hangs up.
///
/// # Errors
/// What the OS says; an order that is none.
pub fn answer(socket: Socket) -> io::Result<()> {
    let mut channel = Channel::new(socket)?;
    let mut order = Order::default();
    let mut lengths = Vec::with_capacity(DEPTH);
    loop {
        match channel.receive(order.waiting) {
            Err(error) if has_gone(&error) => return Ok(()),
            Err(error) => return Err(error),
            Ok(ORDER_LEN) => {
                order = Order::decode(channel.received())?;
                continue;
            }
            Ok(len) => lengths.push(order.answer_len(len)),
        }
        while order.draining && lengths.len() < DEPTH {
            match channel.try_receive()? {
                Some(len) => lengths.push(order.answer_len(len)),
                None => break,
            }
        }
        let sent =
            if let [len] = lengths[..] { channel.send(checked(len)?) } else { channel.send_all(&lengths) };
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

/// The length of a packet that is none of an order's, and for which there is room.
fn checked(len: usize) -> io::Result<usize> {
    if (SHORTEST..=LONGEST).contains(&len) { Ok(len) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn with_answers(test: impl FnOnce(Socket)) {
        let (ours, theirs) = pair().expect("two ends");
        let answering = thread::spawn(move || answer(theirs));
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
            let mut caller = Caller::new(socket).expect("an end");
            for order in ORDERS {
                caller.order(order).expect("it listens");
                for len in [SHORTEST, 40, LONGEST] {
                    caller.channel.send(len).expect("it listens");
                    let received = caller.channel.receive(order.waiting).expect("it answers");
                    assert_eq!(received, order.response.unwrap_or(len), "{order:?}");
                    caller.exchange(len).expect("it answers");
                }
            }
        });
    }

    #[test]
    fn a_pipeline_loses_nothing() {
        with_answers(|socket| {
            let mut pipeline = Pipeline::new(socket).expect("an end");
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
                assert!(pipeline.channel.try_receive().expect("it listens").is_none());
            }
        });
    }

    #[test]
    fn packets_that_would_be_orders_or_are_too_long_are_refused() {
        with_answers(|socket| {
            let mut caller = Caller::new(socket).expect("an end");
            for len in [0, ORDER_LEN, SHORTEST - 1, LONGEST + 1] {
                let error = caller.exchange(len).expect_err("not such a one");
                assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{len}");
            }
        });
    }

    #[test]
    fn a_side_that_has_gone_is_an_error() {
        for order in ORDERS {
            let (ours, theirs) = pair().expect("two ends");
            let mut caller = Caller::new(ours).expect("an end");
            caller.order(order).expect("it is connected");
            drop(theirs);
            assert!(caller.exchange(40).is_err(), "{order:?}");
        }
    }

    #[test]
    fn an_order_that_is_none_ends_the_answers() {
        let (ours, theirs) = pair().expect("two ends");
        let mut channel = Channel::new(ours).expect("an end");
        channel.send_order([9; ORDER_LEN]).expect("it is connected");
        assert_eq!(answer(theirs).map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
    }
}

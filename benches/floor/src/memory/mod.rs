//! Exchanges in shared memory.
//!
//! Either side publishes by a sequence number behind its bytes and wakes the other one as the contract demands of shared
//! memory (`docs/contract/posix.md` and `docs/contract/windows.md`, "Sending"). Nothing else happens.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use self::platform::{Shared, pause};
use crate::mapping::Mapping;
use crate::{Offer, Waiting};

/// Bytes that each direction can carry.
pub const LONGEST: usize = 64 << 10;

const LEN: usize = Mapping::len_with(2 * LONGEST);
const WORD: usize = size_of::<AtomicU64>();

/// What is in the control page: words on cache lines of their own, so that neither side's writes slow the other's looks.
mod at {
    pub(super) const REQUEST: usize = 0;
    pub(super) const RESPONSE: usize = 32;
    /// Written between exchanges: how both sides wait, and how long requests and responses are.
    pub(super) const ORDER: usize = 64;
    pub(super) const REQUEST_LEN: usize = 65;
    pub(super) const RESPONSE_LEN: usize = 66;
    pub(super) const ENDED: usize = 96;
    /// Whether somebody waits for a request or a response in the kernel.
    #[cfg(windows)]
    pub(super) const WAITING: [usize; 2] = [128, 160];
}

/// A change of a sequence word that is none of a sequence: it makes whoever waits on the word look up.
const NUDGE: u32 = 1 << 31;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Request,
    Response,
}

/// How both sides wait for each other, and whether they wake each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Blocking,
    Spinning,
    /// Neither waits in the kernel, so that nobody has to be woken.
    Silent,
}

/// A region that two processes share. Cloning it gives the same one.
#[derive(Clone, Debug)]
pub struct Region(Arc<Shared>);

impl Region {
    /// A new region, for the other process to [attach](Self::attach) to.
    ///
    /// # Errors
    /// What the OS says.
    pub fn create() -> io::Result<(Self, Offer)> {
        let (shared, offer) = Shared::create()?;
        Ok((Self(Arc::new(shared)), offer))
    }

    /// The region that [`Region::create`] made in another process.
    ///
    /// # Errors
    /// What the OS says.
    pub fn attach(offer: &Offer) -> io::Result<Self> {
        Ok(Self(Arc::new(Shared::attach(offer)?)))
    }

    /// Ends both sides: whatever waits, and all that is tried later, fails.
    pub fn end(&self) {
        self.control(at::ENDED).store(1, Ordering::Release);
        for direction in [Direction::Request, Direction::Response] {
            self.sequence(direction).fetch_xor(NUDGE, Ordering::Release);
            self.0.wake(direction);
        }
    }

    fn control(&self, at: usize) -> &AtomicU32 {
        &self.0.mapping().control()[at]
    }

    fn sequence(&self, direction: Direction) -> &AtomicU32 {
        self.0.sequence(direction)
    }

    fn area(&self, direction: Direction) -> &[AtomicU64] {
        let (request, response) = self.0.mapping().data().split_at(LONGEST / WORD);
        match direction {
            Direction::Request => request,
            Direction::Response => response,
        }
    }

    fn publish(&self, direction: Direction, sequence: u32, bytes: &[u64], order: Order) {
        for (to, from) in self.area(direction).iter().zip(bytes) {
            to.store(*from, Ordering::Relaxed);
        }
        self.sequence(direction).store(sequence, Ordering::Release);
        if order != Order::Silent {
            self.0.wake(direction);
        }
    }

    fn receive(&self, direction: Direction, sequence: u32, order: Order, into: &mut [u64]) -> io::Result<()> {
        let at = self.sequence(direction);
        let mut looks = 0u32;
        loop {
            let seen = at.load(Ordering::Acquire);
            if seen == sequence {
                break;
            }
            if self.control(at::ENDED).load(Ordering::Acquire) != 0 {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            match order {
                Order::Spinning | Order::Silent => {
                    looks = looks.wrapping_add(1);
                    pause(looks);
                }
                Order::Blocking => self.0.wait(direction, seen),
            }
        }
        for (to, from) in into.iter_mut().zip(self.area(direction)) {
            *to = from.load(Ordering::Relaxed);
        }
        Ok(())
    }

    fn order(&self) -> Order {
        match self.control(at::ORDER).load(Ordering::Relaxed) {
            0 => Order::Blocking,
            1 => Order::Spinning,
            _ => Order::Silent,
        }
    }
}

impl Shared {
    fn sequence(&self, direction: Direction) -> &AtomicU32 {
        let at = match direction {
            Direction::Request => at::REQUEST,
            Direction::Response => at::RESPONSE,
        };
        &self.mapping().control()[at]
    }
}

const fn next(sequence: u32) -> u32 {
    sequence.wrapping_add(1) & !NUDGE
}

/// The calling side.
#[derive(Debug)]
pub struct Caller {
    region: Region,
    sequence: u32,
    /// While both sides spin.
    is_silent: bool,
    order: Order,
    bytes: Vec<u64>,
}

impl Caller {
    /// Of a region whose other side [answers](answer).
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self { region, sequence: 0, is_silent: false, order: Order::Blocking, bytes: vec![0; LONGEST / WORD] }
    }

    /// The same, but while both sides spin neither wakes the other, as in SHM_BUSYWAIT.
    #[must_use]
    pub fn silent(region: Region) -> Self {
        Self { is_silent: true, ..Self::new(region) }
    }

    /// From the next exchange on both sides wait like this. Several callers of a region may take turns: each begins its
    /// turn with this.
    ///
    /// # Errors
    /// The region was ended.
    pub fn wait_by(&mut self, waiting: Waiting) -> io::Result<()> {
        self.sequence = self.region.sequence(Direction::Response).load(Ordering::Acquire) & !NUDGE;
        let (order, first) = match waiting {
            Waiting::Blocking => (Order::Blocking, Order::Blocking),
            // The other side may still wait in the kernel, and is woken once.
            Waiting::Spinning if self.is_silent => (Order::Silent, Order::Spinning),
            Waiting::Spinning => (Order::Spinning, Order::Spinning),
        };
        self.region.control(at::ORDER).store(order as u32, Ordering::Relaxed);
        self.order = first;
        self.exchange(0, 0)?;
        self.order = order;
        Ok(())
    }

    /// A request and its response, of so many bytes each; those of words that are begun count as whole.
    ///
    /// # Errors
    /// The region was ended. More than [`LONGEST`] bytes.
    pub fn exchange(&mut self, request: usize, response: usize) -> io::Result<()> {
        let (region, bytes) = (&self.region, &mut self.bytes);
        let (request_words, response_words) = (request.div_ceil(WORD), response.div_ceil(WORD));
        let too_long = || io::Error::from(io::ErrorKind::InvalidInput);
        let outgoing = bytes.get(..request_words).ok_or_else(too_long)?;
        set(region.control(at::REQUEST_LEN), request_words);
        set(region.control(at::RESPONSE_LEN), response_words);
        self.sequence = next(self.sequence);
        region.publish(Direction::Request, self.sequence, outgoing, self.order);
        let incoming = bytes.get_mut(..response_words).ok_or_else(too_long)?;
        region.receive(Direction::Response, self.sequence, self.order, incoming)
    }
}

/// Lengths change rarely, and a line that is not written stays in the other side's cache.
fn set(word: &AtomicU32, words: usize) {
    let words = u32::try_from(words).unwrap_or(u32::MAX);
    if word.load(Ordering::Relaxed) != words {
        word.store(words, Ordering::Relaxed);
    }
}

/// The answering side: returns when the region is [ended](Region::end).
pub fn answer(region: &Region) {
    let mut bytes = vec![0u64; LONGEST / WORD];
    let mut sequence = 0;
    loop {
        sequence = next(sequence);
        if region.receive(Direction::Request, sequence, region.order(), &mut []).is_err() {
            return;
        }
        let words = |at: usize| (region.control(at).load(Ordering::Relaxed) as usize).min(bytes.len());
        let (request, response) = (words(at::REQUEST_LEN), words(at::RESPONSE_LEN));
        for (to, from) in bytes.iter_mut().zip(&region.area(Direction::Request)[..request]) {
            *to = from.load(Ordering::Relaxed);
        }
        // The request may have come with another order, by which its caller waits already.
        region.publish(Direction::Response, sequence, &bytes[..response], region.order());
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Both sides in this process, over two mappings of the same memory.
    fn with_caller(test: impl FnOnce(&mut Caller, &Region)) {
        let (region, offer) = Region::create().expect("memory can be shared");
        let other = Region::attach(&offer).expect("it is a region");
        let answering = thread::spawn(move || answer(&other));
        test(&mut Caller::new(region.clone()), &region);
        region.end();
        answering.join().expect("it does not panic");
    }

    #[test]
    fn bytes_go_there_and_back() {
        with_caller(|caller, region| {
            for (turn, waiting) in [Waiting::Blocking, Waiting::Spinning].into_iter().enumerate() {
                caller.wait_by(waiting).expect("it is answered");
                let sent = [1, 2, 3 + turn as u64];
                caller.bytes[..3].copy_from_slice(&sent);
                caller.exchange(24, 17).expect("it is answered");
                let words = region.area(Direction::Response)[..3].iter();
                let response: Vec<_> = words.map(|word| word.load(Ordering::Relaxed)).collect();
                assert_eq!(response, sent, "{waiting:?}");
            }
        });
    }

    #[test]
    fn callers_take_turns() {
        with_caller(|first, region| {
            let (mut second, mut silent) = (Caller::new(region.clone()), Caller::silent(region.clone()));
            for _ in 0..3 {
                for caller in [&mut *first, &mut silent, &mut second] {
                    for waiting in [Waiting::Blocking, Waiting::Spinning] {
                        caller.wait_by(waiting).expect("it is answered");
                        caller.exchange(8, 8).expect("it is answered");
                    }
                    caller.wait_by(Waiting::Blocking).expect("it is answered");
                }
            }
        });
    }

    #[test]
    fn more_than_the_region_has_room_for_is_refused() {
        with_caller(|caller, _| {
            assert_eq!(
                caller.exchange(LONGEST + 1, 0).map_err(|error| error.kind()),
                Err(io::ErrorKind::InvalidInput)
            );
            caller.exchange(LONGEST, LONGEST).expect("it is answered");
        });
    }

    #[test]
    fn an_end_ends_what_waits_and_what_comes_later() {
        for order in [Order::Blocking, Order::Spinning, Order::Silent] {
            let (region, _offer) = Region::create().expect("memory can be shared");
            let mut caller = Caller { order, ..Caller::new(region.clone()) };
            let waiter = thread::spawn(move || (caller.exchange(0, 0), caller));
            thread::sleep(Duration::from_millis(5));
            region.end();
            let (ended, mut caller) = waiter.join().expect("it does not panic");
            assert!(ended.is_err(), "{order:?}");
            assert!(caller.exchange(0, 0).is_err(), "{order:?}");
        }
    }
}

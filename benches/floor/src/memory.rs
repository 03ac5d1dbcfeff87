//! Exchanges in shared memory.
//!
//! Either side publishes by a sequence number behind its bytes and wakes the other one with `FUTEX_WAKE`, always, as the
//! contract demands of shared memory (`docs/contract/posix.md`, "Sending"). Nothing else happens.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::thread::futex;

use crate::Waiting;
use crate::mapping::{CONTROL_LEN, Mapping};

/// Bytes that each direction can carry.
pub const LONGEST: usize = 64 << 10;

const LEN: usize = CONTROL_LEN + 2 * LONGEST;
const WORD: usize = size_of::<AtomicU64>();

/// What is in the control page: words on cache lines of their own, so that neither side's writes slow the other's looks.
mod at {
    pub(super) const REQUEST: usize = 0;
    pub(super) const RESPONSE: usize = 32;
    /// Written between exchanges: how the answering side waits, and how long requests and responses are.
    pub(super) const SPINNING: usize = 64;
    pub(super) const REQUEST_LEN: usize = 65;
    pub(super) const RESPONSE_LEN: usize = 66;
    pub(super) const ENDED: usize = 96;
}

/// A change of a sequence word that is none of a sequence: it makes whoever waits on the word look up.
const NUDGE: u32 = 1 << 31;

/// A region that two processes share. Cloning it gives the same one.
#[derive(Clone, Debug)]
pub struct Region(Arc<Mapping>);

impl Region {
    /// A new region, and its file, for the other process to [attach](Self::attach) to.
    ///
    /// # Errors
    /// What the OS says.
    pub fn create() -> io::Result<(Self, OwnedFd)> {
        let file = memfd_create("netipc-floor", MemfdFlags::CLOEXEC)?;
        ftruncate(&file, LEN as u64)?;
        Ok((Self::attach(file.as_fd())?, file))
    }

    /// The region of this file, which [`Region::create`] made in another process.
    ///
    /// # Errors
    /// What the OS says.
    pub fn attach(file: BorrowedFd<'_>) -> io::Result<Self> {
        Ok(Self(Arc::new(Mapping::new(file, LEN)?)))
    }

    /// Ends both sides: whatever waits, and all that is tried later, fails.
    pub fn end(&self) {
        self.control(at::ENDED).store(1, Ordering::Release);
        for word in [at::REQUEST, at::RESPONSE] {
            let word = self.control(word);
            word.fetch_xor(NUDGE, Ordering::Release);
            wake(word);
        }
    }

    fn control(&self, at: usize) -> &AtomicU32 {
        &self.0.control()[at]
    }

    fn area(&self, word: usize) -> &[AtomicU64] {
        let (request, response) = self.0.data().split_at(LONGEST / WORD);
        if word == at::REQUEST { request } else { response }
    }

    fn publish(&self, word: usize, sequence: u32, bytes: &[u64]) {
        for (to, from) in self.area(word).iter().zip(bytes) {
            to.store(*from, Ordering::Relaxed);
        }
        let word = self.control(word);
        word.store(sequence, Ordering::Release);
        wake(word);
    }

    fn receive(&self, word: usize, sequence: u32, waiting: Waiting, into: &mut [u64]) -> io::Result<()> {
        let at = self.control(word);
        loop {
            let seen = at.load(Ordering::Acquire);
            if seen == sequence {
                break;
            }
            if self.control(at::ENDED).load(Ordering::Acquire) != 0 {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            match waiting {
                Waiting::Spinning => std::hint::spin_loop(),
                // It returns at once where the word has changed meanwhile; whatever it returns for, the word says more.
                Waiting::Blocking => drop(futex::wait(at, futex::Flags::empty(), seen, None)),
            }
        }
        for (to, from) in into.iter_mut().zip(self.area(word)) {
            *to = from.load(Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The waiter may be in another process, so that the futex is not a private one.
fn wake(word: &AtomicU32) {
    // It fails for addresses that are none alone.
    let _ = futex::wake(word, futex::Flags::empty(), 1);
}

const fn next(sequence: u32) -> u32 {
    sequence.wrapping_add(1) & !NUDGE
}

/// The calling side.
#[derive(Debug)]
pub struct Caller {
    region: Region,
    sequence: u32,
    waiting: Waiting,
    bytes: Vec<u64>,
}

impl Caller {
    /// Of a region whose other side [answers](answer).
    #[must_use]
    pub fn new(region: Region) -> Self {
        Self { region, sequence: 0, waiting: Waiting::Blocking, bytes: vec![0; LONGEST / WORD] }
    }

    /// From the next exchange on both sides wait like this. Several callers of a region may take turns: each begins its
    /// turn with this.
    ///
    /// # Errors
    /// The region was ended.
    pub fn wait_by(&mut self, waiting: Waiting) -> io::Result<()> {
        self.sequence = self.region.control(at::RESPONSE).load(Ordering::Acquire) & !NUDGE;
        self.waiting = waiting;
        let spinning = u32::from(waiting == Waiting::Spinning);
        self.region.control(at::SPINNING).store(spinning, Ordering::Relaxed);
        self.exchange(0, 0)
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
        region.publish(at::REQUEST, self.sequence, outgoing);
        let incoming = bytes.get_mut(..response_words).ok_or_else(too_long)?;
        region.receive(at::RESPONSE, self.sequence, self.waiting, incoming)
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
        let spinning = region.control(at::SPINNING).load(Ordering::Relaxed) != 0;
        let waiting = if spinning { Waiting::Spinning } else { Waiting::Blocking };
        if region.receive(at::REQUEST, sequence, waiting, &mut []).is_err() {
            return;
        }
        let words = |at: usize| (region.control(at).load(Ordering::Relaxed) as usize).min(bytes.len());
        let (request, response) = (words(at::REQUEST_LEN), words(at::RESPONSE_LEN));
        for (to, from) in bytes.iter_mut().zip(&region.area(at::REQUEST)[..request]) {
            *to = from.load(Ordering::Relaxed);
        }
        region.publish(at::RESPONSE, sequence, &bytes[..response]);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Both sides in this process, over two mappings of the same file.
    fn with_caller(test: impl FnOnce(&mut Caller, &Region)) {
        let (region, file) = Region::create().expect("memory can be shared");
        let other = Region::attach(file.as_fd()).expect("it is a region");
        let answering = thread::spawn(move || answer(&other));
        test(&mut Caller::new(region.clone()), &region);
        region.end();
        answering.join().expect("it does not panic");
    }

    #[test]
    fn bytes_go_there_and_back() {
        with_caller(|caller, region| {
            for waiting in [Waiting::Blocking, Waiting::Spinning] {
                caller.wait_by(waiting).expect("it is answered");
                caller.bytes[..3].copy_from_slice(&[1, 2, 3]);
                caller.exchange(24, 17).expect("it is answered");
                let response: Vec<_> =
                    region.area(at::RESPONSE)[..3].iter().map(|word| word.load(Ordering::Relaxed)).collect();
                assert_eq!(response, [1, 2, 3], "{waiting:?}");
            }
        });
    }

    #[test]
    fn callers_take_turns() {
        with_caller(|first, region| {
            let mut second = Caller::new(region.clone());
            for _ in 0..3 {
                for caller in [&mut *first, &mut second] {
                    caller.wait_by(Waiting::Blocking).expect("it is answered");
                    caller.exchange(8, 8).expect("it is answered");
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
        for waiting in [Waiting::Blocking, Waiting::Spinning] {
            let (region, _file) = Region::create().expect("memory can be shared");
            let mut caller = Caller::new(region.clone());
            caller.waiting = waiting;
            let waiter = thread::spawn(move || (caller.exchange(0, 0), caller));
            thread::sleep(Duration::from_millis(5));
            region.end();
            let (ended, mut caller) = waiter.join().expect("it does not panic");
            assert!(ended.is_err(), "{waiting:?}");
            assert!(caller.exchange(0, 0).is_err(), "{waiting:?}");
        }
    }
}

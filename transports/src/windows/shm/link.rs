//! What Windows brings for one side of a shared-memory session: a section that both have mapped, a pipe, and events.
//!
//! Contract: `docs/contract/windows.md`, "Shared memory".

use std::hint::spin_loop;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::thread;
use std::time::Duration;

use super::region::Region;
use crate::session::{ReceiveError, Violation};
use crate::shm::{Direction, Geometry, Peer, Sequence, Sharing, Shm, Waited, attaching_failed};
use crate::windows::cpus::several_cpus;
use crate::windows::pipe::Pipe;
use crate::{Agreed, AttachError, ConnectError, ConnectOptions, Deadline, Endpoint, Waiting};

/// Looks before a wait at most, whatever the server has written that there should be.
const MOST_LOOKS: u32 = 16_384;

/// A server that ends may lose its region so long before its pipe, in whatever order Windows closes what a process had.
const PATIENCE: Duration = Duration::from_millis(500);

/// A receiver that never waits looks around after so many looks at the sequence.
const LOOKS_PER_ROUND: u32 = 1_024;

/// One side's share of a session.
#[derive(Debug)]
pub(crate) struct Side {
    /// Given back when this side ends: until then its names are taken, and the next server might want them.
    region: Option<Region>,
    geometry: Geometry,
    most_looks: u32,
    /// Carries nothing any more. What is being read from it tells of the peer's end.
    pipe: Box<Pipe>,
    /// What it has told: a packet that came is read only once.
    told: Peer,
    /// Which way messages come to this side.
    incoming: Direction,
}

/// The server's end, in a region that it has made.
pub(in crate::windows) fn served(region: Region, pipe: Pipe, waiting: Waiting) -> Shm<Side> {
    Shm::serve(Side::new(region, pipe, Direction::Request), waiting)
}

/// The client's end: attaches to the region of the session. A pipe whose other end has gone is the reason for whatever
/// fails, and a failed connection. Waits for that end only where the region is missing, and until the deadline.
pub(in crate::windows) fn attached(
    mut pipe: Pipe,
    endpoint: &Endpoint,
    options: &ConnectOptions,
    agreed: &Agreed,
    deadline: Deadline,
) -> Result<Shm<Side>, ConnectError> {
    match Region::attach(endpoint, options.auth_token, agreed) {
        Ok(region) => Ok(Shm::attached(Side::new(region, pipe, Direction::Response), options.waiting)),
        Err(source) => {
            let peer = match &source {
                AttachError::Missing { .. } => pipe.await_peer(deadline.earlier(Deadline::after(PATIENCE))),
                _ => pipe.peer(),
            };
            Err(attaching_failed(source, endpoint, pipe.connection().is_aborted(), peer.ok()))
        }
    }
}

impl Side {
    /// Whose messages come this way. The pipe is read from at once, so that no wait has to begin with that.
    fn new(region: Region, mut pipe: Pipe, incoming: Direction) -> Self {
        // An error comes again when somebody looks for it.
        let told = pipe.peer().unwrap_or(Peer::Present);
        let (geometry, most_looks) = (*region.geometry(), region.spin_tries().min(MOST_LOOKS));
        Self { region: Some(region), geometry, most_looks, pipe: Box::new(pipe), told, incoming }
    }

    pub(in crate::windows) fn pipe(&self) -> &Pipe {
        &self.pipe
    }

    fn outgoing(&self) -> Direction {
        match self.incoming {
            Direction::Request => Direction::Response,
            Direction::Response => Direction::Request,
        }
    }

    /// Whether the peer has said that it has closed.
    fn is_closed(&self) -> bool {
        // Acquire: what it has published before is seen.
        self.region.as_ref().is_none_or(|region| region.closed(self.incoming).load(Ordering::Acquire) != 0)
    }
}

impl Sharing for Side {
    type Pace = ();

    #[inline]
    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    #[inline]
    fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()> {
        self.region.as_ref()?.section().copy_in(at, bytes)
    }

    #[inline]
    fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()> {
        self.region.as_ref()?.section().copy_out(at, bytes)
    }

    #[inline]
    fn sequence(&self, direction: Direction) -> Option<Sequence<'_, AtomicU32, AtomicU64>> {
        Some(self.region.as_ref()?.words(direction).sequence)
    }

    #[inline]
    fn publish(&self, direction: Direction, number: u64, len: u32) {
        let Some(region) = &self.region else { return };
        region.words(direction).publish(number, len, || {
            if let Some(bell) = region.bell(direction) {
                bell.ring();
            }
        });
    }

    fn most_looks(&self) -> u32 {
        self.most_looks
    }

    fn several_cpus(&self) -> bool {
        several_cpus(|| self.pipe.peer_process_id().ok())
    }

    fn wait(
        &mut self,
        direction: Direction,
        number: u64,
        left: Option<Duration>,
        (): &mut (),
    ) -> Result<Waited, ReceiveError> {
        let region = self.region.as_ref().ok_or(ReceiveError::SessionEnded)?;
        let words = region.words(direction);
        let Some(bell) = region.bell(direction) else {
            for _ in 0..LOOKS_PER_ROUND {
                if words.sequence.is_published(number).map_err(Violation::from)? {
                    return Ok(Waited::Published);
                }
                spin_loop();
            }
            thread::yield_now();
            return Ok(Waited::LookAround);
        };
        let parked = words.round(number, || {
            // A peer that closes after this look rings.
            if self.is_closed() { Ok(false) } else { bell.wait_with(self.pipe.readable(), left) }
        });
        match parked.map_err(Violation::from)? {
            None => Ok(Waited::Published),
            Some(Ok(true)) => Ok(Waited::Woken),
            Some(Ok(false)) => {
                self.pipe.settle();
                Ok(Waited::LookAround)
            }
            Some(Err(error)) => Err(ReceiveError::Io(error)),
        }
    }

    /// What the pipe tells, and then the flag. The end of either is the end.
    fn peer(&mut self) -> io::Result<Peer> {
        if self.told == Peer::Present {
            self.told = self.pipe.peer()?;
        }
        match self.told {
            Peer::Present if self.is_closed() => Ok(Peer::Closed),
            told => Ok(told),
        }
    }

    fn settle(&self) {
        self.pipe.settle();
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        self.pipe.connection().is_aborted()
    }

    #[inline]
    fn is_reading_over(&self) -> bool {
        self.pipe.connection().is_reading_over()
    }

    /// Nobody takes memory away from a section of the page file that is mapped.
    #[inline]
    fn lost(&self) -> Option<io::Error> {
        None
    }

    #[inline]
    fn is_unchanged(&self, direction: Direction, number: u64, len: u32) -> bool {
        // The copy lies before these looks.
        fence(Ordering::Acquire);
        let sequence = self.sequence(direction);
        sequence.is_some_and(|sequence| sequence.current() == number && sequence.published_len() == len)
    }

    fn shut_down(&mut self) {
        let remains = self.region.take().map(|region| {
            // Release: a peer that sees it sees what was published before.
            region.closed(self.outgoing()).store(1, Ordering::Release);
            if let Some(bell) = region.bell(self.outgoing()) {
                bell.ring();
            }
            region.unmap()
        });
        self.pipe.connection().close();
        // The names last: a client that has its ack and finds them gone has to find that the pipe is closed.
        drop(remains);
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;

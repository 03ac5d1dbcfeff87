//! What Linux brings for one side of a shared-memory session: a file that both have mapped, a socket, and futexes.
//!
//! Contract: `docs/contract/posix.md`, "Shared memory".

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::Shutdown;

use super::attach::attach;
use super::attendance::Seat;
use super::region::Region;
use super::wait::{self, Slices, Waiter, wake};
use crate::posix::credentials::peer_credentials;
use crate::posix::several_cpus;
use crate::posix::socket::Socket;
use crate::posix::sys::step;
use crate::session::{ReceiveError, Violation};
use crate::shm::{Direction, Geometry, Look, Peer, Sequence, Sharing, Shm, Waited, attaching_failed};
use crate::{ConnectError, Endpoint, Waiting};

/// One side's share of a session.
#[derive(Debug)]
pub(crate) struct Side {
    /// A server's, if its listener watches the socket.
    seat: Option<Seat>,
    region: Region,
    socket: Arc<Socket>,
    /// The alarm as it was when it was last answered.
    heard: u32,
    pub(super) waiter: Waiter,
}

impl Side {
    /// The client's, in a region that it has attached to.
    fn client(region: Region, socket: Arc<Socket>) -> Self {
        Self::new(region, socket, None, Direction::Response)
    }

    /// The server's, in a region that it has made.
    pub(super) fn server(region: Region, socket: Arc<Socket>, seat: Option<Seat>) -> Self {
        socket.abort_also(region.unlinker());
        Self::new(region, socket, seat, Direction::Request)
    }

    fn new(region: Region, socket: Arc<Socket>, seat: Option<Seat>, incoming: Direction) -> Self {
        socket.alarm().wake_also(region.bell(incoming));
        let waiter = Waiter::new(seat.is_some());
        Self { seat, region, socket, heard: 0, waiter }
    }

    pub(crate) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Whoever has waited through a slice has not been watched.
    #[cold]
    fn end_slice(&self, slices: &mut Slices) -> Waited {
        slices.next();
        if let Some(seat) = &self.seat {
            seat.give_up();
        }
        Waited::LookAround
    }
}

/// The client's end: attaches to the region of the session. A socket that has hung up is the reason for whatever fails,
/// and a failed connection.
pub(super) fn attached(
    socket: Arc<Socket>,
    endpoint: &Endpoint,
    session_id: u64,
    waiting: Waiting,
) -> Result<Shm<Side>, ConnectError> {
    let server = peer_credentials(socket.as_fd())
        .map_err(|source| ConnectError::Io { endpoint: endpoint.clone(), source })?;
    match attach(endpoint, session_id, server.uid) {
        Ok(region) => Ok(Shm::attached(Side::client(region, socket), waiting)),
        Err(source) => {
            let peer = socket.peer();
            Err(attaching_failed(source, endpoint, socket.is_aborted(), peer.ok()))
        }
    }
}

impl Sharing for Side {
    type Pace = Slices;

    #[inline]
    fn geometry(&self) -> &Geometry {
        self.region.geometry()
    }

    #[inline]
    fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()> {
        self.region.mapping().copy_in(at, bytes)
    }

    #[inline]
    fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()> {
        self.region.mapping().copy_out(at, bytes)
    }

    #[inline]
    fn sequence(&self, direction: Direction) -> Option<Sequence<'_, AtomicU32, AtomicU64>> {
        Some(self.region.words(direction).sequence)
    }

    #[inline]
    fn publish(&self, direction: Direction, number: u64, len: u32) {
        self.region.words(direction).publish(number, len, step, wake);
    }

    /// As many as there is time for.
    fn most_looks(&self) -> u32 {
        u32::MAX
    }

    fn several_cpus(&self) -> bool {
        several_cpus(self.socket.as_fd())
    }

    /// Waits for as long as the alarm will tell of all else, or for a slice.
    #[inline(always)]
    fn wait(
        &mut self,
        direction: Direction,
        number: u64,
        left: Option<Duration>,
        slices: &mut Slices,
    ) -> Result<Waited, ReceiveError> {
        let Self { region, socket, seat, waiter, heard } = self;
        let words = region.words(direction);
        let alarm = socket.alarm().word();
        let signal = match words.look(number, alarm, *heard).map_err(Violation::from)? {
            Look::Published => return Ok(Waited::Published),
            Look::Alarm(rung) => {
                *heard = rung;
                return Ok(Waited::LookAround);
            }
            Look::Nothing { signal } => signal,
        };
        let is_attended = waiter.hears_alarms() && seat.as_ref().is_some_and(Seat::rely);
        let timeout = if is_attended {
            *slices = Slices::default();
            left
        } else {
            let slice = slices.left();
            if slice.is_zero() {
                return Ok(self.end_slice(slices));
            }
            Some(left.map_or(slice, |left| left.min(slice)))
        };
        match waiter.wait((words.signal, signal), (alarm, *heard), timeout) {
            Ok(wait::Waited::Woken) => Ok(Waited::Woken),
            Ok(wait::Waited::TimedOut) if is_attended => Ok(Waited::LookAround),
            Ok(wait::Waited::TimedOut) => Ok(self.end_slice(slices)),
            Err(error) => Err(waiting_failed(error)),
        }
    }

    #[inline(always)]
    fn end_wait(&mut self) {
        if let Some(seat) = &self.seat {
            seat.end_wait();
        }
    }

    fn peer(&mut self) -> io::Result<Peer> {
        Ok(self.socket.peer()?)
    }

    #[inline]
    fn is_aborted(&self) -> bool {
        self.socket.is_aborted()
    }

    #[inline]
    fn is_reading_over(&self) -> bool {
        self.socket.alarm().is_reading_over()
    }

    #[inline]
    fn lost(&self) -> Option<io::Error> {
        if self.region.mapping().is_truncated() { Some(truncated()) } else { None }
    }

    /// Nobody asks.
    #[inline]
    fn is_unchanged(&self, _direction: Direction, _number: u64, _len: u32) -> bool {
        true
    }

    fn shut_down(&mut self) {
        // A peer that sees the end finds the name gone too.
        self.region.unlink();
        self.socket.shut_down(Shutdown::Both);
    }

    fn is_inherited(&self) -> bool {
        self.socket.is_inherited()
    }
}

#[cold]
fn waiting_failed(error: Errno) -> ReceiveError {
    // The kernel meets the lost bytes too, and raises no signal.
    ReceiveError::Io(if error == Errno::FAULT { truncated() } else { error.into() })
}

/// What the guard makes of the access to a region that has lost its file.
#[cold]
fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the file of the session's shared memory was truncated")
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;

//! Messages through shared memory.
//!
//! Contract: `docs/contract/posix.md`, "Shared memory".

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::Shutdown;

use super::attach::attach;
use super::attendance::Seat;
use super::geometry::MESSAGE_HEADER;
use super::peer::Peer;
use super::publication::{Look, OutOfSequence};
use super::region::{Direction, Region};
use super::wait::{Slices, Waited, Waiter, wake};
use crate::buffer::Buffer;
use crate::envelope::MessageHeader;
use crate::link::{Link, SendFailure};
use crate::packets::HEADER_LEN;
use crate::posix::credentials::peer_credentials;
use crate::posix::several_cpus;
use crate::posix::socket::Socket;
use crate::session::{Limit, ReceiveError, SendError, Violation};
use crate::waiting::{Spinning, Spun};
use crate::{ConnectError, Deadline, Endpoint, Waiting};

/// One end of a shared-memory session. Messages travel through the region; the socket tells that the peer has gone.
#[derive(Debug)]
pub(crate) struct Shm {
    /// A server's, if its listener watches the socket.
    seat: Option<Seat>,
    region: Region,
    socket: Arc<Socket>,
    incoming: Direction,
    outgoing: Direction,
    /// Number of the last message that came, and of the last one that went.
    received: u64,
    sent: u64,
    /// It is this side's turn: one message is in flight in each direction, and the next one goes when the peer has
    /// taken the last one, which its own message shows.
    may_send: bool,
    /// Nothing is taken any more but what was there when reading was ended.
    closing: bool,
    /// The alarm as it was when it was last answered.
    heard: u32,
    spinning: Spinning,
    waiter: Waiter,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Before it began: the message was there.
    Published,
    /// Before it began: the alarm had changed, to this.
    Alarm(u32),
    Over(Waited),
}

/// Looks between two at the clock, while it spins: some microseconds. Answers between threads that spin come sooner, and a
/// look at the clock would be a good part of what they take.
const LOOKS: u32 = 128;

impl Shm {
    /// The server's end, in a region that it has made. A server begins at 0: its client may have published before it
    /// gets as far as this.
    pub(crate) fn serve(region: Region, socket: Arc<Socket>, seat: Option<Seat>, waiting: Waiting) -> Self {
        Self::new(region, socket, seat, (Direction::Request, Direction::Response), waiting)
    }

    fn new(
        region: Region,
        socket: Arc<Socket>,
        seat: Option<Seat>,
        (incoming, outgoing): (Direction, Direction),
        waiting: Waiting,
    ) -> Self {
        socket.alarm().wake_also(region.bell(incoming));
        let waiter = Waiter::new(seat.is_some());
        Self {
            seat,
            region,
            socket,
            incoming,
            outgoing,
            received: 0,
            sent: 0,
            may_send: false,
            closing: false,
            heard: 0,
            spinning: Spinning::new(waiting),
            waiter,
        }
    }

    /// The client's end: attaches to the region of the session. A socket that has hung up is the reason for whatever
    /// fails, and a failed connection.
    pub(crate) fn attach(
        socket: Arc<Socket>,
        endpoint: &Endpoint,
        session_id: u64,
        waiting: Waiting,
    ) -> Result<Self, ConnectError> {
        let named = || endpoint.clone();
        let server = peer_credentials(socket.as_fd())
            .map_err(|source| ConnectError::Io { endpoint: named(), source })?;
        match attach(endpoint, session_id, server.uid) {
            Ok(region) => Ok(Self::attached(region, socket, waiting)),
            Err(_) if socket.is_aborted() => Err(ConnectError::Aborted { endpoint: named() }),
            Err(source) => match socket.peer() {
                Ok(Peer::Closed | Peer::Reset) => Err(ConnectError::Closed { endpoint: named() }),
                _ => Err(ConnectError::Attach { endpoint: named(), source }),
            },
        }
    }

    fn attached(region: Region, socket: Arc<Socket>, waiting: Waiting) -> Self {
        let mut link = Self::new(region, socket, None, (Direction::Response, Direction::Request), waiting);
        link.received = link.region.words(link.incoming).sequence();
        link.sent = link.region.words(link.outgoing).sequence();
        link.may_send = true;
        link
    }

    pub(crate) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Bytes of payload that the region has room for: of a request, and of a response.
    pub(crate) fn largest_payloads(&self) -> (u32, u32) {
        let largest = |direction| self.region.area(direction).largest_payload();
        (largest(Direction::Request), largest(Direction::Response))
    }

    #[inline(always)]
    fn is_published(&self) -> Result<bool, ReceiveError> {
        let published = self.region.words(self.incoming).is_published(self.received.wrapping_add(1));
        Ok(published.map_err(Violation::from)?)
    }

    /// Returns when the next message is there.
    #[inline(always)]
    fn await_message(&mut self, deadline: Deadline) -> Result<(), ReceiveError> {
        if self.is_published()? {
            return Ok(());
        }
        let left = deadline.remaining();
        if left == Some(Duration::ZERO) {
            return self.look_once();
        }
        let Self { region, socket, spinning, .. } = self;
        let (words, next) = (region.words(self.incoming), self.received.wrapping_add(1));
        let spun = spinning.spin(
            left,
            LOOKS,
            || several_cpus(socket.as_fd()),
            || match words.is_published(next) {
                Ok(false) => None,
                found => Some(found),
            },
        );
        match spun {
            Spun::Ready(found) => Ok(found.map(drop).map_err(Violation::from)?),
            Spun::Block(blocking) => {
                let waited = self.block(left, deadline);
                self.spinning.blocked(blocking);
                waited
            }
        }
    }

    /// For whoever never waits, who has to learn of the peer's end too.
    #[cold]
    fn look_once(&self) -> Result<(), ReceiveError> {
        if self.look_around()? { Ok(()) } else { Err(ReceiveError::TimedOut) }
    }

    /// Returns when the next message is there, without spinning. So much time was left a moment ago, and some was.
    #[inline(always)]
    fn block(&mut self, left: Option<Duration>, deadline: Deadline) -> Result<(), ReceiveError> {
        let slices = Slices::new();
        let end = self.wait(left, slices.current())?;
        // The peer's answer is what nearly always ends the first wait.
        if end == Wait::Over(Waited::Woken) && self.is_published()? {
            return Ok(());
        }
        self.block_on(end, slices, deadline)
    }

    /// Goes on blocking where the first wait has ended like this.
    #[cold]
    fn block_on(
        &mut self,
        mut end: Wait,
        mut slices: Slices,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        loop {
            if self.region.is_truncated() {
                return Err(ReceiveError::Io(truncated()));
            }
            let is_there = match end {
                Wait::Published => true,
                Wait::Alarm(rung) => {
                    self.heard = rung;
                    self.look_around()?
                }
                Wait::Over(Waited::Woken) => self.is_published()?,
                Wait::Over(Waited::TimedOut) => {
                    if slices.grow() == Slices::LONGEST
                        && let Some(seat) = &self.seat
                    {
                        seat.give_up();
                    }
                    self.look_around()?
                }
            };
            if is_there {
                return Ok(());
            }
            let left = deadline.remaining();
            if left == Some(Duration::ZERO) {
                return self.look_once();
            }
            end = self.wait(left, slices.current())?;
        }
    }

    /// Waits once, for as long as the alarm will tell of all else, or for a slice.
    #[inline(always)]
    fn wait(&mut self, left: Option<Duration>, slice: Duration) -> Result<Wait, ReceiveError> {
        let Self { region, socket, seat, waiter, .. } = self;
        let words = region.words(self.incoming);
        let (alarm, heard) = (socket.alarm().word(), self.heard);
        let look = words.look(self.received.wrapping_add(1), alarm, heard);
        let signal = match look.map_err(Violation::from)? {
            Look::Published => return Ok(Wait::Published),
            Look::Alarm(rung) => return Ok(Wait::Alarm(rung)),
            Look::Nothing { signal } => signal,
        };
        let is_attended = waiter.hears_alarms() && seat.as_ref().is_some_and(Seat::is_attended);
        let timeout = if is_attended { left } else { Some(left.map_or(slice, |left| left.min(slice))) };
        match waiter.wait((words.signal, signal), (alarm, heard), timeout) {
            Ok(waited) => Ok(Wait::Over(waited)),
            Err(error) => Err(waiting_failed(error)),
        }
    }

    /// Looks at everything but the sequence, and then once more at that: what the peer has published before it went is
    /// still received. Tells whether the next message is there.
    fn look_around(&self) -> Result<bool, ReceiveError> {
        if self.socket.is_aborted() {
            return Err(ReceiveError::Aborted);
        }
        let end = match self.socket.peer().map_err(|error| ReceiveError::Io(error.into()))? {
            Peer::Spoke => return Err(Violation::UnexpectedPacket.into()),
            Peer::Reset => Some(ReceiveError::Broken { mid_message: false }),
            Peer::Closed => Some(ReceiveError::Closed),
            Peer::Present if self.socket.alarm().is_reading_over() => Some(ReceiveError::Closed),
            Peer::Present => None,
        };
        match (self.is_published()?, end) {
            (true, _) => Ok(true),
            (false, None) => Ok(false),
            // An abort ends the socket too.
            (false, Some(_)) if self.socket.is_aborted() => Err(ReceiveError::Aborted),
            (false, Some(end)) => Err(end),
        }
    }

    #[inline(always)]
    fn receive_next(
        &mut self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        self.await_message(deadline)?;
        self.received = self.received.wrapping_add(1);
        self.may_send = true;
        self.take(buffer, admit)
    }

    /// Copies the message that is there.
    #[inline(always)]
    fn take(
        &self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
    ) -> Result<MessageHeader, ReceiveError> {
        let capacity = self.region.area(self.incoming).capacity();
        let len = self.region.words(self.incoming).published_len();
        let wrong = ReceiveError::from(Violation::PublishedLength { len, capacity });
        let Some(payload_len) = len.checked_sub(MESSAGE_HEADER).filter(|_| len <= capacity) else {
            return Err(wrong);
        };
        let head = buffer.message_mut(0)?;
        let Some(()) = self.region.read(self.incoming, 0, head) else { return Err(wrong) };
        let header = MessageHeader::decode(head).map_err(Violation::Envelope)?;
        admit(&header)?;
        let (announced, received) = (header.payload_len, payload_len as usize);
        if announced != payload_len {
            return Err(Violation::PayloadLength { announced, received }.into());
        }
        let payload = &mut buffer.message_mut(received)?[HEADER_LEN..];
        self.region.read(self.incoming, HEADER_LEN, payload).ok_or(wrong)?;
        Ok(header)
    }
}

impl Link for Shm {
    /// Waits for nothing: there is room, or it is not this side's turn.
    #[inline(always)]
    fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        _deadline: Deadline,
    ) -> Result<(), SendFailure> {
        if self.socket.is_aborted() {
            return Err(SendFailure::Broken(SendError::Aborted));
        }
        if !self.may_send {
            return Err(SendFailure::NothingSent(SendError::OutOfTurn));
        }
        let len = header.payload_len.saturating_add(MESSAGE_HEADER);
        // The limits are such that it fits.
        let Some(()) = self.region.write(self.outgoing, &header.encode(), payload) else {
            let limit = self.region.area(self.outgoing).largest_payload();
            let bytes = payload.len() as u64;
            return Err(SendFailure::NothingSent(SendError::OverLimit(Limit::Payload { bytes, limit })));
        };
        self.sent = self.sent.wrapping_add(1);
        self.may_send = false;
        self.region.words(self.outgoing).publish(self.sent, len, wake);
        if self.region.is_truncated() {
            return Err(SendFailure::Broken(SendError::Io(truncated())));
        }
        Ok(())
    }

    /// Sending never waits.
    fn try_send(&mut self, header: &MessageHeader, payload: &[u8]) -> Result<(), SendFailure> {
        self.send(header, payload, Deadline::NEVER)
    }

    fn flush(&mut self, _deadline: Deadline) -> Result<(), SendFailure> {
        Ok(())
    }

    fn has_unsent(&self) -> bool {
        false
    }

    #[inline(always)]
    fn receive(
        &mut self,
        buffer: &mut Buffer,
        admit: impl FnOnce(&MessageHeader) -> Result<(), ReceiveError>,
        deadline: Deadline,
    ) -> Result<MessageHeader, ReceiveError> {
        if self.socket.is_aborted() {
            return Err(ReceiveError::Aborted);
        }
        if self.socket.alarm().is_reading_over() {
            // Else a peer that always has another one would keep this side from ending.
            if std::mem::replace(&mut self.closing, true) {
                return Err(ReceiveError::Closed);
            }
        }
        let received = self.receive_next(buffer, admit, deadline);
        if self.region.is_truncated() {
            return Err(ReceiveError::Io(truncated()));
        }
        received
    }

    fn shut_down(&mut self) {
        // A peer that sees the end finds the name gone too.
        self.region.unlink();
        self.socket.shut_down(Shutdown::Both);
    }

    /// What was sent lies in the region, where the peer has it for as long as it likes.
    fn linger(&mut self, _deadline: Deadline) {}
}

impl Drop for Shm {
    fn drop(&mut self) {
        self.shut_down();
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

impl From<OutOfSequence> for Violation {
    fn from(OutOfSequence { expected, found }: OutOfSequence) -> Self {
        Self::Sequence { expected, found }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;

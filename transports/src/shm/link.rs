//! Messages through shared memory: what each side of a session does, wherever there is any.
//!
//! Contract: `docs/contract/posix.md` and `docs/contract/windows.md`, "Shared memory".

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use super::geometry::{Direction, Geometry, MESSAGE_HEADER};
use super::publication::{OutOfSequence, Sequence};
use crate::buffer::Buffer;
use crate::envelope::MessageHeader;
use crate::link::{Link, SendFailure};
use crate::packets::HEADER_LEN;
use crate::session::{Limit, ReceiveError, SendError, Violation};
use crate::waiting::{Spinning, Spun};
use crate::{Agreed, AttachError, ConnectError, Deadline, Endpoint, Waiting};

/// What a platform brings for one side of a session: the memory, the peer's connection, and a way to wait for both.
pub(crate) trait Sharing {
    /// What a wait remembers from one round to the next.
    type Pace: Default;

    /// Where the areas lie.
    fn geometry(&self) -> &Geometry;

    /// Copies `bytes` to `at`, a multiple of 8. `None`, and nothing is written, where that is not inside of the memory.
    fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()>;

    /// Fills `bytes` with what stands at `at`, a multiple of 8. `None` where that is not inside of the memory.
    fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()>;

    /// What has been published in this direction; `None` where the memory was given back when this side ended.
    fn sequence(&self, direction: Direction) -> Option<Sequence<'_, AtomicU32, AtomicU64>>;

    /// Publishes the message that lies in the area of this direction, and wakes a peer that waits for it.
    fn publish(&self, direction: Direction, number: u64, len: u32);

    /// Looks at the sequence that a spin takes at most.
    fn most_looks(&self) -> u32;

    /// Whether both sides may run at the same time.
    fn several_cpus(&self) -> bool;

    /// Waits once for message `number` of this direction, for so long at most (`None`: for ever).
    fn wait(
        &mut self,
        direction: Direction,
        number: u64,
        left: Option<Duration>,
        pace: &mut Self::Pace,
    ) -> Result<Waited, ReceiveError>;

    /// No further round comes, however the last one ended, before this side begins to wait anew. For platforms on which
    /// others have to know.
    fn end_wait(&mut self) {}

    /// Looks for signs of the peer. Never waits.
    fn peer(&mut self) -> io::Result<Peer>;

    /// Takes back a signal of the connection that tells of nothing, for whoever waits for that alone. What it may tell of is
    /// looked at afterwards.
    fn settle(&self) {}

    /// Whether this side has ended the session.
    fn is_aborted(&self) -> bool;

    /// Whether this side takes nothing more in.
    fn is_reading_over(&self) -> bool;

    /// Why the memory is not what it was, where it is not: what has been read since may be anything.
    fn lost(&self) -> Option<io::Error>;

    /// Whether a message that was copied is the one that was published, where a platform asks.
    fn is_unchanged(&self, direction: Direction, number: u64, len: u32) -> bool;

    /// Ends the session: the peer sees it at once. Comes more than once.
    fn shut_down(&mut self);

    /// Whether the session is another process's, which has forked this one: whoever lets go of it must not end it.
    fn is_inherited(&self) -> bool {
        false
    }
}

/// How a round of a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The message is there.
    Published,
    /// It may be there.
    Woken,
    /// It may be there, and so may the peer's end, or this side's.
    LookAround,
}

/// What the connection of a shared-memory session tells of the peer, which sends nothing over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Present,
    /// It has closed in order, or sent an empty packet, which looks like that on a socket.
    Closed,
    /// It has gone without reading what was sent to it.
    #[cfg_attr(windows, allow(dead_code, reason = "pipes do not tell"))]
    Reset,
    /// It has sent something.
    Spoke,
}

/// One end of a shared-memory session. Messages travel through the region; a connection tells that the peer has gone.
#[derive(Debug)]
pub(crate) struct Shm<S: Sharing> {
    sharing: S,
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
    /// The peer's end was seen together with its last message. Whatever told of it may not tell again.
    has_ended: bool,
    spinning: Spinning,
}

/// Looks between two at the clock, while it spins: some microseconds. Answers between threads that spin come sooner, and a
/// look at the clock would be a good part of what they take.
const LOOKS: u32 = 128;

impl<S: Sharing> Shm<S> {
    /// The server's end, in a region that it has made.
    pub(crate) fn serve(sharing: S, waiting: Waiting) -> Self {
        let spinning = Spinning::new(waiting).with_most_looks(sharing.most_looks());
        Self {
            sharing,
            incoming: Direction::Request,
            outgoing: Direction::Response,
            // It begins there: its client may have published before it gets as far as this.
            received: 0,
            sent: 0,
            may_send: false,
            closing: false,
            has_ended: false,
            spinning,
        }
    }

    /// The client's end, in a region that it has attached to.
    pub(crate) fn attached(sharing: S, waiting: Waiting) -> Self {
        let mut link = Self::serve(sharing, waiting);
        (link.incoming, link.outgoing) = (link.outgoing, link.incoming);
        let current = |direction| link.sharing.sequence(direction).map_or(0, |sequence| sequence.current());
        (link.received, link.sent) = (current(link.incoming), current(link.outgoing));
        link.may_send = true;
        link
    }

    /// What the platform has brought.
    pub(crate) fn sharing(&self) -> &S {
        &self.sharing
    }

    #[cfg(test)]
    pub(crate) fn sharing_mut(&mut self) -> &mut S {
        &mut self.sharing
    }

    /// Cuts limits that the region has no room for to what it has room for.
    pub(crate) fn cut(&self, agreed: &mut Agreed) {
        let Geometry { request, response } = self.sharing.geometry();
        let cut = |limit: &mut u32, largest| *limit = (*limit).min(largest);
        cut(&mut agreed.max_request_payload_bytes, request.largest_payload());
        cut(&mut agreed.max_response_payload_bytes, response.largest_payload());
    }

    #[inline(always)]
    fn next(&self) -> u64 {
        self.received.wrapping_add(1)
    }

    #[inline(always)]
    fn is_published(&self) -> Result<bool, ReceiveError> {
        let sequence = self.sharing.sequence(self.incoming).ok_or(ReceiveError::SessionEnded)?;
        Ok(sequence.is_published(self.next()).map_err(Violation::from)?)
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
        let next = self.next();
        let Self { sharing, spinning, incoming, .. } = self;
        let sequence = sharing.sequence(*incoming).ok_or(ReceiveError::SessionEnded)?;
        let spun = spinning.spin(
            left,
            LOOKS,
            || sharing.several_cpus(),
            || match sequence.is_published(next) {
                Ok(false) => None,
                found => Some(found),
            },
        );
        match spun {
            Spun::Ready(found) => Ok(found.map(drop).map_err(Violation::from)?),
            Spun::Block(blocking) => {
                let waited = self.block(left, deadline);
                self.sharing.end_wait();
                self.spinning.blocked(blocking);
                waited
            }
        }
    }

    /// For whoever never waits, who has to learn of the peer's end too.
    #[cold]
    fn look_once(&mut self) -> Result<(), ReceiveError> {
        self.sharing.settle();
        if self.look_around()? { Ok(()) } else { Err(ReceiveError::TimedOut) }
    }

    /// Returns when the next message is there, without spinning. So much time was left a moment ago, and some was.
    #[inline(always)]
    fn block(&mut self, left: Option<Duration>, deadline: Deadline) -> Result<(), ReceiveError> {
        if self.has_ended {
            return self.look_once();
        }
        let mut pace = S::Pace::default();
        let waited = self.sharing.wait(self.incoming, self.next(), left, &mut pace)?;
        // The peer's answer is what nearly always ends the first wait.
        if waited == Waited::Woken && self.is_published()? {
            return Ok(());
        }
        self.block_on(waited, pace, deadline)
    }

    /// Goes on blocking where the first wait has ended like this.
    #[cold]
    fn block_on(
        &mut self,
        mut waited: Waited,
        mut pace: S::Pace,
        deadline: Deadline,
    ) -> Result<(), ReceiveError> {
        loop {
            if let Some(error) = self.sharing.lost() {
                return Err(ReceiveError::Io(error));
            }
            let is_there = match waited {
                Waited::Published => true,
                Waited::Woken => self.is_published()?,
                Waited::LookAround => self.look_around()?,
            };
            if is_there {
                return Ok(());
            }
            let left = deadline.remaining();
            if left == Some(Duration::ZERO) {
                return self.look_once();
            }
            waited = self.sharing.wait(self.incoming, self.next(), left, &mut pace)?;
        }
    }

    /// Looks at everything but the sequence, and then once more at that: what the peer has published before it went is
    /// still received. Tells whether the next message is there.
    fn look_around(&mut self) -> Result<bool, ReceiveError> {
        if self.sharing.is_aborted() {
            return Err(ReceiveError::Aborted);
        }
        let end = match self.sharing.peer().map_err(ReceiveError::Io)? {
            Peer::Spoke => return Err(Violation::UnexpectedPacket.into()),
            Peer::Reset => Some(ReceiveError::Broken { mid_message: false }),
            Peer::Closed => Some(ReceiveError::Closed),
            Peer::Present if self.sharing.is_reading_over() => Some(ReceiveError::Closed),
            Peer::Present => None,
        };
        match (self.is_published()?, end) {
            (true, end) => {
                self.has_ended = end.is_some();
                Ok(true)
            }
            (false, None) => Ok(false),
            // An abort ends the connection too.
            (false, Some(_)) if self.sharing.is_aborted() => Err(ReceiveError::Aborted),
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
        self.received = self.next();
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
        let Self { sharing, incoming, received, .. } = self;
        let area = sharing.geometry().area(*incoming);
        let (at, capacity) = (area.offset as usize, area.capacity);
        let len = sharing.sequence(*incoming).ok_or(ReceiveError::SessionEnded)?.published_len();
        let wrong = ReceiveError::from(Violation::PublishedLength { len, capacity });
        let Some(payload_len) = len.checked_sub(MESSAGE_HEADER).filter(|_| len <= capacity) else {
            return Err(wrong);
        };
        let head = buffer.message_mut(0)?;
        let Some(()) = sharing.copy_out(at, head) else { return Err(wrong) };
        let header = MessageHeader::decode(head).map_err(Violation::Envelope)?;
        admit(&header)?;
        let (announced, came) = (header.payload_len, payload_len as usize);
        if announced != payload_len {
            return Err(Violation::PayloadLength { announced, received: came }.into());
        }
        let payload = &mut buffer.message_mut(came)?[HEADER_LEN..];
        sharing.copy_out(at + HEADER_LEN, payload).ok_or(wrong)?;
        if !sharing.is_unchanged(*incoming, *received, len) {
            return Err(Violation::ChangedMessage.into());
        }
        Ok(header)
    }

    /// Writes a message. `None`, and nothing is written, if the area has no room for it.
    #[inline(always)]
    fn write(&self, header: &MessageHeader, payload: &[u8]) -> Option<()> {
        let area = self.sharing.geometry().area(self.outgoing);
        if payload.len() > area.largest_payload() as usize {
            return None;
        }
        let at = area.offset as usize;
        self.sharing.copy_in(at + HEADER_LEN, payload)?;
        self.sharing.copy_in(at, &header.encode())
    }
}

impl<S: Sharing> Link for Shm<S> {
    /// Waits for nothing: there is room, or it is not this side's turn.
    #[inline(always)]
    fn send(
        &mut self,
        header: &MessageHeader,
        payload: &[u8],
        _deadline: Deadline,
    ) -> Result<(), SendFailure> {
        if self.sharing.is_aborted() {
            return Err(SendFailure::Broken(SendError::Aborted));
        }
        if !self.may_send {
            return Err(SendFailure::NothingSent(SendError::OutOfTurn));
        }
        let len = header.payload_len.saturating_add(MESSAGE_HEADER);
        // The limits are such that it fits.
        let Some(()) = self.write(header, payload) else {
            let limit = self.sharing.geometry().area(self.outgoing).largest_payload();
            let bytes = payload.len() as u64;
            return Err(SendFailure::NothingSent(SendError::OverLimit(Limit::Payload { bytes, limit })));
        };
        self.sent = self.sent.wrapping_add(1);
        self.may_send = false;
        self.sharing.publish(self.outgoing, self.sent, len);
        match self.sharing.lost() {
            None => Ok(()),
            Some(error) => Err(SendFailure::Broken(SendError::Io(error))),
        }
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
        if self.sharing.is_aborted() {
            return Err(ReceiveError::Aborted);
        }
        if self.sharing.is_reading_over() {
            // Else a peer that always has another one would keep this side from ending.
            if std::mem::replace(&mut self.closing, true) {
                return Err(ReceiveError::Closed);
            }
        }
        let received = self.receive_next(buffer, admit, deadline);
        match self.sharing.lost() {
            None => received,
            Some(error) => Err(ReceiveError::Io(error)),
        }
    }

    fn shut_down(&mut self) {
        self.sharing.shut_down();
    }

    /// What was sent lies in the region, where the peer has it for as long as it likes.
    fn linger(&mut self, _deadline: Deadline) {}
}

impl<S: Sharing> Drop for Shm<S> {
    fn drop(&mut self) {
        if !self.sharing.is_inherited() {
            self.sharing.shut_down();
        }
    }
}

/// Why a client that cannot attach has no session: its own end and the server's come before whatever has failed.
pub(crate) fn attaching_failed(
    source: AttachError,
    endpoint: &Endpoint,
    is_aborted: bool,
    peer: Option<Peer>,
) -> ConnectError {
    let endpoint = endpoint.clone();
    match peer {
        _ if is_aborted => ConnectError::Aborted { endpoint },
        Some(Peer::Closed | Peer::Reset) => ConnectError::Closed { endpoint },
        _ => ConnectError::Attach { endpoint, source },
    }
}

impl From<OutOfSequence> for Violation {
    fn from(OutOfSequence { expected, found }: OutOfSequence) -> Self {
        Self::Sequence { expected, found }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;

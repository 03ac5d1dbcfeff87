//! Packets over a connected named pipe in message mode.

use std::io;
use std::os::windows::io::{AsHandle, BorrowedHandle};
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use super::cpus::several_cpus;
use super::failure::Failure;
use super::sys::{Event, Operation, Transferred, client_process_id, pending_bytes, server_process_id};
use super::windows_session;
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};
use crate::shm::Peer;
use crate::waiting::{Spinning, Spun};
use crate::{Credentials, Deadline, Profiles, Waiting, defaults};

/// Looks between two at the clock, while it spins. Each is a look at a word that the kernel writes.
const LOOKS: u32 = 64;

/// A peer that sends nothing for so long has stopped sending.
const PAUSE: Duration = Duration::from_millis(100);

/// A read of what is there takes no longer.
const LATENESS: Duration = Duration::from_secs(1);

/// Bytes that are read away at a time.
const ROOM_TO_DISCARD: usize = 4096;

/// Packets over a pipe's connection: one system call each where they come and go at once, and one more to wait.
///
/// A read that has begun stays in progress when a deadline ends the wait for it, and the next receive goes on with it, so
/// that its event tells when a packet is there. What was received is copied out of the read's own memory, for which nobody
/// has to wait when a receive gives up; what is sent goes through memory of the write's, since no call of Windows puts a
/// message together from parts.
#[derive(Debug)]
pub(crate) struct Pipe {
    connection: Arc<Connection>,
    side: Side,
    spinning: Spinning,
    reading: Operation,
    writing: Operation,
    /// Once reading is over: bytes that were there by then and have not been taken.
    last_bytes: Option<usize>,
}

/// Which end of a pipe one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

/// What to do with a packet that has not gone out in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    /// It does not go out.
    Cancel,
    /// It goes out whenever that is possible.
    Keep,
}

impl Pipe {
    pub(super) fn new(connection: Arc<Connection>, side: Side, waiting: Waiting) -> io::Result<Self> {
        let pipe = connection.pipe();
        let (readable, writable) = (Arc::clone(connection.readable()), Arc::new(Event::signalled()?));
        Ok(Self {
            side,
            spinning: Spinning::new(waiting),
            reading: Operation::new(Arc::clone(pipe), readable, 0),
            writing: Operation::new(Arc::clone(pipe), writable, 0),
            last_bytes: None,
            connection,
        })
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// What a session with this server can be carried by. Nothing tells that of a server that has gone.
    pub(crate) fn carried(&self) -> Result<Profiles, PacketError> {
        let carried = windows_session::carried_to_server(self.connection.pipe());
        if carried != Profiles::CARRIED {
            let Some(pipe) = self.connection.pipe().enter() else { return Err(self.failed(Failure::Closed)) };
            pending_bytes(pipe.handle()).map_err(|error| self.failed(error.into()))?;
        }
        Ok(carried)
    }

    /// The process at the other end.
    pub(super) fn peer_credentials(&self) -> io::Result<Credentials> {
        Ok(Credentials { pid: self.peer_process_id()? })
    }

    /// The process at the other end.
    pub(super) fn peer_process_id(&self) -> io::Result<u32> {
        peer_process_id(&self.connection, self.side)
    }

    /// Signalled when it is time to look what has become of the peer, once it was looked at.
    pub(super) fn readable(&self) -> &Event {
        self.reading.event()
    }

    /// Takes back a signal of [`Pipe::readable`] that has come too late to tell of anything. Whatever it may tell of has to be
    /// looked at afterwards.
    pub(super) fn settle(&self) {
        self.reading.settle();
    }

    /// Looks for signs of the peer, which sends nothing any more. Never waits. A read stays in progress, which is what
    /// signals the event when something happens.
    pub(super) fn peer(&mut self) -> io::Result<Peer> {
        loop {
            let result = match self.reading.finish() {
                Some(result) => result.map(Some),
                None => self.reading.read(1),
            };
            let error = match result {
                Ok(None) => return Ok(Peer::Present),
                // Also an empty message: the end is an error.
                Ok(Some(_)) => return Ok(Peer::Spoke),
                Err(error) => error,
            };
            match Failure::from(error) {
                // The thread that began it has ended.
                Failure::Cancelled if !self.connection.is_aborted() => {}
                Failure::Closed | Failure::Cancelled => return Ok(Peer::Closed),
                Failure::Io(error) => return Err(error),
            }
        }
    }

    /// As [`Pipe::peer`], but waits until the deadline for something to happen.
    pub(super) fn await_peer(&mut self, deadline: Deadline) -> io::Result<Peer> {
        loop {
            let peer = self.peer()?;
            if peer != Peer::Present || deadline.is_past() {
                return Ok(peer);
            }
            self.reading.wait(deadline.remaining())?;
        }
    }

    /// Signalled when a packet that was kept may be gone.
    pub(super) fn writable(&self) -> BorrowedHandle<'_> {
        self.writing.event().as_handle()
    }

    /// Receives a packet of at most so many bytes into the memory of the read.
    #[inline(always)]
    fn receive_packet(&mut self, room: usize, deadline: Deadline) -> Result<Transferred, PacketError> {
        if self.connection.is_aborted() {
            return Err(PacketError::Aborted);
        }
        if self.connection.is_reading_over() {
            return self.receive_last(room, deadline);
        }
        // A read that begins now resets the event.
        let is_settled = !self.reading.is_in_progress();
        match self.reading.read(room) {
            Ok(Some(transferred)) => Ok(transferred),
            begun => self.receive_later(begun, is_settled, room, deadline),
        }
    }

    /// Goes on with a read that has not given a packet at once.
    fn receive_later(
        &mut self,
        mut begun: io::Result<Option<Transferred>>,
        mut is_settled: bool,
        room: usize,
        deadline: Deadline,
    ) -> Result<Transferred, PacketError> {
        loop {
            match begun {
                Ok(Some(transferred)) => return Ok(transferred),
                Ok(None) => {}
                Err(error) => match Failure::from(error) {
                    // The thread that began it has ended: nothing was read.
                    Failure::Cancelled if !self.connection.is_aborted() => {
                        begun = self.reading.read(room);
                        continue;
                    }
                    failure => return Err(self.failed(failure)),
                },
            }
            if let Some(result) = self.reading.finish() {
                begun = result.map(Some);
                continue;
            }
            // Asked after the read has begun, which resets the event that tells of it.
            if self.connection.is_reading_over() {
                return self.receive_last(room, deadline);
            }
            if self.connection.is_aborted() {
                return Err(PacketError::Aborted);
            }
            match deadline.remaining() {
                Some(Duration::ZERO) if is_settled => return Err(PacketError::TimedOut),
                // Whoever waits for the event itself comes here.
                Some(Duration::ZERO) => self.reading.settle(),
                left => self.await_packet(left).map_err(PacketError::Io)?,
            }
            is_settled = true;
            begun = Ok(None);
        }
    }

    /// Waits for the read that is in progress: spins and then blocks, as the policy has it. May end early.
    fn await_packet(&mut self, left: Option<Duration>) -> io::Result<()> {
        let Self { connection, side, spinning, reading, .. } = self;
        let spun = spinning.spin(
            left,
            LOOKS,
            || several_cpus(|| peer_process_id(connection, *side).ok()),
            || reading.is_complete().then_some(()),
        );
        if let Spun::Block(blocking) = spun {
            let waited = reading.wait(left);
            spinning.blocked(blocking);
            waited?;
        }
        Ok(())
    }

    /// Receives what was there when reading was ended, and nothing that has come since: else a peer that always has another
    /// one would keep this side from ending.
    #[cold]
    fn receive_last(&mut self, room: usize, deadline: Deadline) -> Result<Transferred, PacketError> {
        // What came before it could be cancelled.
        if let Some(transferred) = self.cancel_read()? {
            return Ok(transferred);
        }
        let left = match self.last_bytes {
            Some(left) => left,
            None => self.pending_bytes().map_err(|error| self.failed(error.into()))?,
        };
        self.last_bytes = Some(left);
        if left == 0 {
            return Err(PacketError::Closed);
        }
        let read = match self.reading.read(room).map_err(|error| self.failed(error.into()))? {
            // Only this side reads, so that it is still there, unless its sender has taken it back.
            None => self.finish_read(deadline.earlier(Deadline::after(LATENESS)))?,
            read => read,
        };
        self.last_bytes = Some(read.map_or(0, |transferred| left.saturating_sub(transferred.bytes)));
        read.ok_or(PacketError::Closed)
    }

    /// What the read that is in progress brings until the deadline, which ends it.
    fn finish_read(&mut self, deadline: Deadline) -> Result<Option<Transferred>, PacketError> {
        while !self.reading.is_complete() && !self.connection.is_aborted() && !deadline.is_past() {
            self.reading.wait(deadline.remaining()).map_err(PacketError::Io)?;
        }
        self.cancel_read()
    }

    /// Ends the read that is in progress, if one is. It may have brought something all the same.
    fn cancel_read(&mut self) -> Result<Option<Transferred>, PacketError> {
        match self.reading.cancel().transpose().map_err(Failure::from) {
            Ok(read) => Ok(read),
            Err(Failure::Cancelled) if !self.connection.is_aborted() => Ok(None),
            Err(failure) => Err(self.failed(failure)),
        }
    }

    fn pending_bytes(&self) -> io::Result<usize> {
        // A pipe that is closed has nothing.
        self.connection.pipe().enter().map_or(Ok(0), |pipe| pending_bytes(pipe.handle()))
    }

    /// Goes on with a packet that has not gone out at once.
    #[cold]
    fn send_later(
        &mut self,
        mut begun: io::Result<Option<Transferred>>,
        (header, payload): (&[u8; HEADER_LEN], &[u8]),
        deadline: Deadline,
        late: Late,
    ) -> Result<(), PacketError> {
        let mut is_settled = false;
        loop {
            match begun {
                // Messages go out whole.
                Ok(Some(_)) => return Ok(()),
                Ok(None) => {}
                Err(error) => match Failure::from(error) {
                    // The thread that began it has ended: nothing was written.
                    Failure::Cancelled if !self.connection.is_aborted() => {
                        begun = self.writing.write(header, payload);
                        continue;
                    }
                    failure => return Err(self.failed(failure)),
                },
            }
            if let Some(result) = self.writing.finish() {
                begun = result.map(Some);
                continue;
            }
            match deadline.remaining() {
                Some(Duration::ZERO) if late == Late::Cancel => return self.give_up(),
                Some(Duration::ZERO) if is_settled => return Err(PacketError::TimedOut),
                // As in a receive.
                Some(Duration::ZERO) => self.writing.settle(),
                left => self.writing.wait(left).map_err(PacketError::Io)?,
            }
            is_settled = true;
            begun = Ok(None);
        }
    }

    /// Takes back the packet that is going out. The peer may have read it by then, and then it was sent: a message is read
    /// whole or not at all, so that there is nothing in between.
    fn give_up(&mut self) -> Result<(), PacketError> {
        match self.writing.cancel().map(|result| result.map_err(Failure::from)) {
            Some(Ok(_)) => Ok(()),
            Some(Err(Failure::Cancelled)) if !self.connection.is_aborted() => Err(PacketError::TimedOut),
            Some(Err(failure)) => Err(self.failed(failure)),
            None => Err(PacketError::TimedOut),
        }
    }

    /// What a failure means here. One that this side has made has its reason.
    #[cold]
    fn failed(&self, failure: Failure) -> PacketError {
        match failure {
            _ if self.connection.is_aborted() => PacketError::Aborted,
            // This side cancels only what it then does not ask about, or closes the pipe.
            Failure::Closed | Failure::Cancelled => PacketError::Closed,
            Failure::Io(error) => PacketError::Io(error),
        }
    }

    /// The bytes of a packet that has come.
    #[inline(always)]
    fn packet(&self, transferred: Transferred) -> &[u8] {
        self.reading.buffer().and_then(|buffer| buffer.get(..transferred.bytes)).unwrap_or_default()
    }
}

impl Packets for Pipe {
    fn packet_size(&self, configured: u32) -> u32 {
        packet_size(configured)
    }

    #[inline(always)]
    fn send(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError> {
        if self.connection.is_aborted() {
            return Err(PacketError::Aborted);
        }
        match self.writing.write(header, payload) {
            Ok(Some(_)) => Ok(()),
            begun => self.send_later(begun, (header, payload), deadline, Late::Cancel),
        }
    }

    fn send_kept(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError> {
        if self.connection.is_aborted() {
            return Err(PacketError::Aborted);
        }
        let begun = self.writing.write(header, payload);
        self.send_later(begun, (header, payload), deadline, Late::Keep)
    }

    #[inline(always)]
    fn receive(&mut self, packet: &mut [u8], deadline: Deadline) -> Result<Received, PacketError> {
        let transferred = self.receive_packet(packet.len(), deadline)?;
        let came = self.packet(transferred);
        let bytes = came.len().min(packet.len());
        packet[..bytes].copy_from_slice(&came[..bytes]);
        Ok(Received::new(bytes, transferred.truncated || came.len() > bytes))
    }

    fn receive_parts(
        &mut self,
        header: &mut [u8; HEADER_LEN],
        payload: &mut [u8],
        deadline: Deadline,
    ) -> Result<Received, PacketError> {
        let transferred = self.receive_packet(HEADER_LEN + payload.len(), deadline)?;
        let (head, body) = {
            let came = self.packet(transferred);
            came.split_at(came.len().min(HEADER_LEN))
        };
        header[..head.len()].copy_from_slice(head);
        let bytes = body.len().min(payload.len());
        payload[..bytes].copy_from_slice(&body[..bytes]);
        Ok(Received::new(head.len() + bytes, transferred.truncated || body.len() > bytes))
    }

    fn shut_down(&mut self) {
        self.connection.close();
    }

    /// There is no direction of its own to end, and what was sent can be read after the close, whatever has come meanwhile.
    /// But a peer that is still sending would meet the close first, and might not look for what was sent. So it may send on
    /// until it pauses.
    fn linger(&mut self, deadline: Deadline) {
        while !deadline.is_past() {
            let pause = deadline.earlier(Deadline::after(PAUSE));
            if self.receive_packet(ROOM_TO_DISCARD, pause).is_err() {
                break;
            }
        }
        self.connection.close();
    }
}

/// Signalled when it is time for a receive: a packet may be there, or the end, or no read has begun that would tell.
impl AsHandle for Pipe {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.reading.event().as_handle()
    }
}

/// A pipe carries packets of any size.
pub(super) fn packet_size(configured: u32) -> u32 {
    if configured == 0 { defaults::PACKET_SIZE } else { configured }
}

/// The process at the other end of a connection.
fn peer_process_id(connection: &Connection, side: Side) -> io::Result<u32> {
    let Some(pipe) = connection.pipe().enter() else { return Err(io::ErrorKind::NotConnected.into()) };
    match side {
        Side::Client => server_process_id(pipe.handle()),
        Side::Server => client_process_id(pipe.handle()),
    }
}

#[cfg(test)]
#[path = "pipe_tests.rs"]
mod tests;

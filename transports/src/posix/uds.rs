//! Packets over a connected socket.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use rustix::io::Errno;
use rustix::net::sockopt::Timeout as Direction;
use rustix::net::{RecvFlags, ReturnFlags, SendFlags, Shutdown};

use super::socket::Socket;
use super::sys::{recv, recvmsg, send, sendmsg, set_socket_timeout, socket_send_buffer_size};
use super::timeout::Timeout;
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};
use crate::{Deadline, defaults};

/// The kernel keeps so much of the send buffer for itself: a packet may be that much smaller at most.
const SEND_BUFFER_OVERHEAD: usize = 32;

/// Packets up to this length are sent from one place: copying so much costs less than the kernel's work for a second
/// part does (0.1 us on the machine where this was measured; with 16 KiB it is the other way round).
const ONE_PLACE: usize = 4096;

/// Packets over a connected, blocking `AF_UNIX` socket of type `SOCK_SEQPACKET`: one system call each, in the steady
/// state.
#[derive(Debug)]
pub(crate) struct Uds {
    socket: Arc<Socket>,
    receive_timeout: Timeout,
    send_timeout: Timeout,
    /// Where a short packet is put together.
    outgoing: Box<[u8; ONE_PLACE]>,
    /// The peer has closed over packets that it did not read.
    reset: bool,
}

impl Uds {
    /// Over a socket on which no time-outs have been set.
    pub(super) fn new(socket: Arc<Socket>) -> Self {
        Self {
            socket,
            receive_timeout: Timeout::NONE,
            send_timeout: Timeout::NONE,
            outgoing: Box::new([0; ONE_PLACE]),
            reset: false,
        }
    }

    pub(super) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Bytes of a packet at most, as the kernel sees it.
    pub(crate) fn largest_packet(&self) -> u32 {
        largest_packet(self.socket.as_fd())
    }

    /// Sets the socket's time-out so that a wait ends in time; tells whether to wait at all.
    #[inline(always)]
    fn arm(&mut self, direction: Direction, deadline: Deadline, again: bool) -> Result<bool, PacketError> {
        let timeout = match direction {
            Direction::Recv => &mut self.receive_timeout,
            Direction::Send => &mut self.send_timeout,
        };
        let left = deadline.remaining();
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(false);
        }
        if let Some(changed) = timeout.change_for(left, again) {
            set_socket_timeout(&*self.socket, direction, changed.armed()).map_err(io_error)?;
            *timeout = changed;
        }
        Ok(true)
    }

    /// One packet, without waiting for room.
    #[inline(always)]
    fn send_now(&mut self, header: &[u8; HEADER_LEN], payload: &[u8]) -> Result<(), Errno> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let len = HEADER_LEN + payload.len();
        match self.outgoing.get_mut(..len) {
            Some(packet) => {
                let (head, body) = packet.split_at_mut(HEADER_LEN);
                head.copy_from_slice(header);
                body.copy_from_slice(payload);
                send(self.socket.as_fd(), packet, flags).map(drop)
            }
            None => send_parts(self.socket.as_fd(), header, payload, flags),
        }
    }

    /// Goes on with a packet that has not gone out at once, for this reason.
    #[cold]
    fn send_later(
        &mut self,
        mut error: Errno,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError> {
        let mut again = false;
        loop {
            match error {
                Errno::AGAIN | Errno::INTR => {
                    if !self.arm(Direction::Send, deadline, again)? {
                        return Err(PacketError::TimedOut);
                    }
                }
                Errno::PIPE => return Err(self.end()),
                Errno::CONNRESET => {
                    self.reset = true;
                    return Err(self.end());
                }
                error => return Err(io_error(error)),
            }
            match send_parts(self.socket.as_fd(), header, payload, SendFlags::NOSIGNAL) {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
            again = error == Errno::AGAIN;
        }
    }

    /// Receives one packet by `once`, which is told whether to wait and gives the bytes that came and whether these are
    /// not all.
    #[inline(always)]
    fn receive_with(
        &mut self,
        deadline: Deadline,
        mut once: impl FnMut(BorrowedFd<'_>, bool) -> Result<(usize, bool), Errno>,
    ) -> Result<Received, PacketError> {
        if self.socket.is_aborted() {
            return Err(PacketError::Aborted);
        }
        let mut again = false;
        loop {
            let wait = self.arm(Direction::Recv, deadline, again)?;
            match once(self.socket.as_fd(), wait) {
                // An empty packet looks like the end of the stream, and counts as that.
                Ok((0, _)) => return Err(self.end()),
                Ok((bytes, truncated)) => return Ok(Received::new(bytes, truncated)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if !wait => return Err(PacketError::TimedOut),
                Err(Errno::AGAIN) => again = true,
                // Comes once, and before what the peer had sent.
                Err(Errno::CONNRESET) if !self.reset => self.reset = true,
                Err(Errno::CONNRESET) => return Err(self.end()),
                Err(error) => return Err(io_error(error)),
            }
        }
    }

    /// Why nothing comes or goes any more on a socket at its end.
    fn end(&self) -> PacketError {
        if self.socket.is_aborted() {
            PacketError::Aborted
        } else if self.reset {
            PacketError::Reset
        } else {
            PacketError::Closed
        }
    }
}

impl Packets for Uds {
    #[inline(always)]
    fn send(
        &mut self,
        header: &[u8; HEADER_LEN],
        payload: &[u8],
        deadline: Deadline,
    ) -> Result<(), PacketError> {
        if self.socket.is_aborted() {
            return Err(PacketError::Aborted);
        }
        // There nearly always is room, so that neither the clock nor a time-out is needed.
        match self.send_now(header, payload) {
            Ok(()) => Ok(()),
            Err(error) => self.send_later(error, header, payload, deadline),
        }
    }

    #[inline(always)]
    fn receive(&mut self, packet: &mut [u8], deadline: Deadline) -> Result<Received, PacketError> {
        self.receive_with(deadline, |socket, wait| receive_packet(socket, packet, wait))
    }

    fn receive_parts(
        &mut self,
        header: &mut [u8; HEADER_LEN],
        payload: &mut [u8],
        deadline: Deadline,
    ) -> Result<Received, PacketError> {
        self.receive_with(deadline, |socket, wait| receive_packet_parts(socket, header, payload, wait))
    }

    fn shut_down(&mut self) {
        self.socket.shut_down(Shutdown::Both);
    }

    fn shut_down_write(&mut self) {
        self.socket.shut_down(Shutdown::Write);
    }
}

impl AsFd for Uds {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// One `sendmsg` that does not wait: a whole packet or nothing.
pub(super) fn send_packet(
    fd: BorrowedFd<'_>,
    header: &[u8; HEADER_LEN],
    payload: &[u8],
) -> Result<(), Errno> {
    send_parts(fd, header, payload, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
}

fn send_parts(
    fd: BorrowedFd<'_>,
    header: &[u8; HEADER_LEN],
    payload: &[u8],
    flags: SendFlags,
) -> Result<(), Errno> {
    let parts = [IoSlice::new(header), IoSlice::new(payload)];
    sendmsg(fd, &parts, flags).map(drop)
}

/// One `recv`: gives the bytes that came, and whether the kernel cut the packet.
#[inline(always)]
pub(super) fn receive_packet(
    fd: BorrowedFd<'_>,
    packet: &mut [u8],
    wait: bool,
) -> Result<(usize, bool), Errno> {
    // With this flag the kernel tells the length of the packet, and not of the part that found room.
    let flags = if wait { RecvFlags::TRUNC } else { RecvFlags::TRUNC | RecvFlags::DONTWAIT };
    let room = packet.len();
    let (_, len) = recv(fd, packet, flags)?;
    Ok((len.min(room), len > room))
}

/// One `recvmsg`: as [`receive_packet`], into two places. Descriptors that a peer passes along are discarded by the
/// kernel, since there is no room for them; `recv` has none either.
fn receive_packet_parts(
    fd: BorrowedFd<'_>,
    header: &mut [u8; HEADER_LEN],
    payload: &mut [u8],
    wait: bool,
) -> Result<(usize, bool), Errno> {
    let flags = if wait { RecvFlags::CMSG_CLOEXEC } else { RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT };
    let mut parts = [IoSliceMut::new(header), IoSliceMut::new(payload)];
    let received = recvmsg(fd, &mut parts, flags)?;
    Ok((received.bytes, received.flags.contains(ReturnFlags::TRUNC)))
}

/// Bytes of a packet at most: what the send buffer can carry.
pub(super) fn largest_packet(fd: BorrowedFd<'_>) -> u32 {
    socket_send_buffer_size(fd)
        .ok()
        .and_then(|bytes| u32::try_from(bytes.checked_sub(SEND_BUFFER_OVERHEAD)?).ok())
        .unwrap_or(defaults::PACKET_SIZE)
}

pub(super) fn io_error(error: Errno) -> PacketError {
    PacketError::Io(error.into())
}

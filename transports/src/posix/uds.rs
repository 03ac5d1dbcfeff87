//! Packets over a connected socket.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::Timeout as Direction;
use rustix::net::{RecvFlags, ReturnFlags, SendFlags, Shutdown};

use super::several_cpus;
use super::socket::Socket;
use super::sys::{
    CLOSED_BY_EXEC, NO_SIGNAL, recv_packet, recvmsg, send, sendmsg, set_socket_timeout,
    socket_send_buffer_size,
};
use super::timeout::Timeout;
use crate::packets::{HEADER_LEN, PacketError, Packets, Received};
use crate::waiting::{Spinning, Spun};
use crate::{Deadline, Profiles, Waiting, defaults};

/// The kernel keeps so much of the send buffer for itself: a packet may be that much smaller at most.
const SEND_BUFFER_OVERHEAD: usize = 32;

/// Packets up to this length are sent from one place: copying so much costs less than the kernel's work for a second
/// part does (0.1 us on the machine where this was measured; with 16 KiB it is the other way round).
const ONE_PLACE: usize = 4096;

/// One system call that receives a packet, told whether to wait for it: the bytes that came, and whether the packet had
/// more of them.
type Once<'a> = dyn FnMut(BorrowedFd<'_>, bool) -> Result<(usize, bool), Errno> + 'a;

/// Packets over a connected, blocking `AF_UNIX` socket of type `SOCK_SEQPACKET`: one system call each in the steady
/// state, and one for each look while it spins.
#[derive(Debug)]
pub(crate) struct Uds {
    socket: Arc<Socket>,
    spinning: Spinning,
    receive_timeout: Timeout,
    send_timeout: Timeout,
    /// Where a short packet is put together.
    outgoing: Box<[u8; ONE_PLACE]>,
    /// The peer has closed over packets that it did not read.
    reset: bool,
}

impl Uds {
    /// Over a socket on which no time-outs have been set.
    pub(super) fn new(socket: Arc<Socket>, waiting: Waiting) -> Self {
        Self {
            socket,
            spinning: Spinning::new(waiting),
            receive_timeout: Timeout::NONE,
            send_timeout: Timeout::NONE,
            outgoing: Box::new([0; ONE_PLACE]),
            reset: false,
        }
    }

    /// What a session with this peer can be carried by.
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "on Windows it depends on the peer")]
    pub(crate) fn carried(&self) -> Result<Profiles, PacketError> {
        Ok(Profiles::CARRIED)
    }

    pub(super) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Sets the socket's time-out so that a wait of `left` (`None`: for ever) ends in time. `again` says that the one
    /// that is set has run out in this very wait.
    #[inline(always)]
    fn arm(&mut self, direction: Direction, left: Option<Duration>, again: bool) -> Result<(), PacketError> {
        let timeout = match direction {
            Direction::Recv => &mut self.receive_timeout,
            Direction::Send => &mut self.send_timeout,
        };
        if let Some(changed) = timeout.change_for(left, again) {
            set_socket_timeout(&*self.socket, direction, changed.armed()).map_err(io_error)?;
            *timeout = changed;
        }
        Ok(())
    }

    /// One packet, without waiting for room.
    #[inline(always)]
    fn send_now(&mut self, header: &[u8; HEADER_LEN], payload: &[u8]) -> Result<(), Errno> {
        let flags = NO_SIGNAL | SendFlags::DONTWAIT;
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
            let waits = match error {
                Errno::AGAIN => {
                    let left = deadline.remaining();
                    if left == Some(Duration::ZERO) {
                        return Err(PacketError::TimedOut);
                    }
                    self.arm(Direction::Send, left, again)?;
                    true
                }
                // Says nothing of room.
                Errno::INTR => false,
                Errno::PIPE => return Err(self.end()),
                Errno::CONNRESET => {
                    self.reset = true;
                    return Err(self.end());
                }
                error => return Err(io_error(error)),
            };
            let flags = if waits { NO_SIGNAL } else { NO_SIGNAL | SendFlags::DONTWAIT };
            match send_parts(self.socket.as_fd(), header, payload, flags) {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
            again = waits && error == Errno::AGAIN;
        }
    }

    /// Receives one packet by `once`, which is told whether to wait and gives the bytes that came and whether these are
    /// not all. Spins and then blocks, as the policy has it.
    #[inline(always)]
    fn receive_with(
        &mut self,
        deadline: Deadline,
        mut once: impl FnMut(BorrowedFd<'_>, bool) -> Result<(usize, bool), Errno>,
    ) -> Result<Received, PacketError> {
        if self.socket.is_aborted() {
            return Err(PacketError::Aborted);
        }
        let left = deadline.remaining();
        let waits = left != Some(Duration::ZERO);
        let received = if waits {
            let socket = self.socket.as_fd();
            let spun = self.spinning.spin(
                left,
                1,
                || several_cpus(socket),
                || match once(socket, false) {
                    Err(Errno::AGAIN) => None,
                    received => Some(received),
                },
            );
            match spun {
                Spun::Ready(received) => received,
                Spun::Block(blocking) => {
                    self.arm(Direction::Recv, left, false)?;
                    let received = once(self.socket.as_fd(), true);
                    self.spinning.blocked(blocking);
                    received
                }
            }
        } else {
            once(self.socket.as_fd(), false)
        };
        match received {
            Ok((bytes @ 1.., truncated)) => Ok(Received::new(bytes, truncated)),
            received => self.receive_later(received, waits, deadline, &mut once),
        }
    }

    /// Goes on with a packet that has not come at once: this has come instead, after waiting for it or not.
    #[cold]
    fn receive_later(
        &mut self,
        mut received: Result<(usize, bool), Errno>,
        mut waited: bool,
        deadline: Deadline,
        once: &mut Once<'_>,
    ) -> Result<Received, PacketError> {
        loop {
            let mut again = false;
            match received {
                // An empty packet looks like the end of the stream, and counts as that.
                Ok((0, _)) => return Err(self.end()),
                Ok((bytes, truncated)) => return Ok(Received::new(bytes, truncated)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if !waited => return Err(PacketError::TimedOut),
                Err(Errno::AGAIN) => again = true,
                // Comes once, and before what the peer had sent.
                Err(Errno::CONNRESET) if !self.reset => self.reset = true,
                Err(Errno::CONNRESET) => return Err(self.end()),
                Err(error) => return Err(io_error(error)),
            }
            let left = deadline.remaining();
            waited = left != Some(Duration::ZERO);
            if waited {
                self.arm(Direction::Recv, left, again)?;
            }
            received = once(self.socket.as_fd(), waited);
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
    fn packet_size(&self, configured: u32) -> u32 {
        packet_size(self.socket.as_fd(), configured)
    }

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

    fn is_inherited(&self) -> bool {
        self.socket.is_inherited()
    }

    fn linger(&mut self, deadline: Deadline) {
        self.socket.shut_down(Shutdown::Write);
        while !deadline.is_past() && self.receive(&mut [0; HEADER_LEN], deadline).is_ok() {}
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
    send_parts(fd, header, payload, NO_SIGNAL | SendFlags::DONTWAIT)
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

/// One packet: gives the bytes that came, and whether the kernel cut the packet.
#[inline(always)]
pub(super) fn receive_packet(
    fd: BorrowedFd<'_>,
    packet: &mut [u8],
    wait: bool,
) -> Result<(usize, bool), Errno> {
    recv_packet(fd, packet, if wait { RecvFlags::empty() } else { RecvFlags::DONTWAIT })
}

/// One `recvmsg`: as [`receive_packet`], into two places. Descriptors that a peer passes along are discarded by the
/// kernel, since there is no room for them; there is none in [`receive_packet`] either.
fn receive_packet_parts(
    fd: BorrowedFd<'_>,
    header: &mut [u8; HEADER_LEN],
    payload: &mut [u8],
    wait: bool,
) -> Result<(usize, bool), Errno> {
    let flags = if wait { CLOSED_BY_EXEC } else { CLOSED_BY_EXEC | RecvFlags::DONTWAIT };
    let mut parts = [IoSliceMut::new(header), IoSliceMut::new(payload)];
    let received = recvmsg(fd, &mut parts, flags)?;
    Ok((received.bytes, received.flags.contains(ReturnFlags::TRUNC)))
}

/// Bytes of a packet at most: so many as are configured, or else what the send buffer can carry, and never more than that.
pub(super) fn packet_size(fd: BorrowedFd<'_>, configured: u32) -> u32 {
    cut(configured, largest_packet(fd))
}

fn cut(configured: u32, largest_packet: u32) -> u32 {
    if configured == 0 { largest_packet } else { configured.min(largest_packet) }
}

fn largest_packet(fd: BorrowedFd<'_>) -> u32 {
    socket_send_buffer_size(fd)
        .ok()
        .and_then(|bytes| u32::try_from(bytes.checked_sub(SEND_BUFFER_OVERHEAD)?).ok())
        .unwrap_or(defaults::PACKET_SIZE)
}

pub(super) fn io_error(error: Errno) -> PacketError {
    PacketError::Io(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configured_packet_size_is_cut_to_what_the_socket_carries() {
        assert_eq!(cut(4_096, 5_000), 4_096);
        assert_eq!(cut(6_000, 5_000), 5_000);
        assert_eq!(cut(0, 5_000), 5_000);
    }
}

//! Packets over a SEQPACKET socket.

use std::array;
use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{
    self, AddressFamily, MMsgHdr, RecvFlags, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType,
};

use super::{DEPTH, LONGEST, ORDER_LEN, checked};
use crate::Waiting;

/// One end of a connection.
pub type Socket = OwnedFd;

/// One end of a connection, and what the other process [accepts](accept).
///
/// # Errors
/// What the OS says.
pub fn offer() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// The other end.
///
/// # Errors
/// None: a file descriptor that has come is the end itself.
pub fn accept(offer: OwnedFd) -> io::Result<OwnedFd> {
    Ok(offer)
}

/// A socket, and memory for what it carries.
#[derive(Debug)]
pub(super) struct Channel {
    socket: OwnedFd,
    bytes: Vec<u8>,
}

impl Channel {
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        Ok(Self { socket, bytes: vec![0; LONGEST] })
    }

    pub(super) fn send(&mut self, len: usize) -> io::Result<()> {
        send(&self.socket, &self.bytes[..len])
    }

    pub(super) fn send_order(&mut self, order: [u8; ORDER_LEN]) -> io::Result<()> {
        send(&self.socket, &order)
    }

    /// Sends packets of these lengths, up to [`DEPTH`] of them, with one system call where the kernel takes them all.
    pub(super) fn send_all(&mut self, lengths: &[usize]) -> io::Result<()> {
        let mut slots: [Slot<'_>; DEPTH] = array::from_fn(|_| Slot::default());
        for (slot, len) in slots.iter_mut().zip(lengths) {
            slot.packet = [IoSlice::new(&self.bytes[..checked(*len)?])];
        }
        let mut headers = slots.each_mut().map(|slot| MMsgHdr::new(&slot.packet, &mut slot.ancillary));
        let mut rest = headers.get_mut(..lengths.len()).unwrap_or_default();
        while !rest.is_empty() {
            let sent = net::sendmmsg(&self.socket, rest, SendFlags::NOSIGNAL)?;
            rest = rest.split_at_mut(sent).1;
        }
        Ok(())
    }

    /// Waits for a packet, and gives its length; the end is an error.
    pub(super) fn receive(&mut self, waiting: Waiting) -> io::Result<usize> {
        match waiting {
            Waiting::Blocking => len(net::recv(&self.socket, &mut self.bytes[..], RecvFlags::empty())?.0),
            Waiting::Spinning => loop {
                if let Some(len) = self.try_receive()? {
                    return Ok(len);
                }
                std::hint::spin_loop();
            },
        }
    }

    /// The length of a packet that is there already.
    pub(super) fn try_receive(&mut self) -> io::Result<Option<usize>> {
        match net::recv(&self.socket, &mut self.bytes[..], RecvFlags::DONTWAIT) {
            Ok((received, _)) => len(received).map(Some),
            Err(Errno::AGAIN) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What begins with the packet that was received last.
    pub(super) fn received(&mut self) -> &[u8] {
        &self.bytes
    }
}

fn send(socket: &OwnedFd, packet: &[u8]) -> io::Result<()> {
    net::send(socket, packet, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn len(received: usize) -> io::Result<usize> {
    if received == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(received) }
}

/// What a header of `sendmmsg` refers to.
struct Slot<'a> {
    packet: [IoSlice<'a>; 1],
    ancillary: SendAncillaryBuffer<'a, 'a, 'a>,
}

impl Default for Slot<'_> {
    fn default() -> Self {
        Self { packet: [IoSlice::new(&[])], ancillary: SendAncillaryBuffer::default() }
    }
}

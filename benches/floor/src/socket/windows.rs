//! Messages over a named pipe, by overlapped reads and writes.

use std::io;
use std::os::windows::io::OwnedHandle;
use std::sync::Arc;

use super::{LONGEST, ORDER_LEN, checked};
use crate::Waiting;
use crate::windows::{Operation, create_pipe, new_name, open_pipe};

/// One end of a connection.
pub type Socket = OwnedHandle;

/// Bytes of each of a pipe's two buffers. Netipc's are as long. So many in flight as a benchmark has fit in both together:
/// neither side waits for room for a message while the other one does.
const BUFFER_BYTES: u32 = 128 << 10;

/// One end of a connection, and what the other process [accepts](accept).
///
/// # Errors
/// What the OS says.
pub fn offer() -> io::Result<(OwnedHandle, String)> {
    let name = new_name();
    Ok((create_pipe(&name, BUFFER_BYTES)?, name))
}

/// The other end.
///
/// # Errors
/// What the OS says.
#[allow(clippy::needless_pass_by_value, reason = "an offer is accepted once")]
pub fn accept(offer: String) -> io::Result<OwnedHandle> {
    open_pipe(&offer)
}

/// A pipe, and memory for what it carries.
#[derive(Debug)]
pub(super) struct Channel {
    reading: Operation,
    writing: Operation,
}

impl Channel {
    pub(super) fn new(socket: OwnedHandle) -> io::Result<Self> {
        let pipe = Arc::new(socket);
        Ok(Self {
            reading: Operation::new(Arc::clone(&pipe), LONGEST)?,
            writing: Operation::new(pipe, LONGEST)?,
        })
    }

    pub(super) fn send(&mut self, len: usize) -> io::Result<()> {
        self.writing.write(len)
    }

    pub(super) fn send_order(&mut self, order: [u8; ORDER_LEN]) -> io::Result<()> {
        self.writing.buffer()[..ORDER_LEN].copy_from_slice(&order);
        self.writing.write(ORDER_LEN)
    }

    /// Sends messages of these lengths, for which Windows has no single system call.
    pub(super) fn send_all(&mut self, lengths: &[usize]) -> io::Result<()> {
        lengths.iter().try_for_each(|len| self.send(checked(*len)?))
    }

    /// Waits for a message, and gives its length; the end is an error.
    pub(super) fn receive(&mut self, waiting: Waiting) -> io::Result<usize> {
        match self.reading.read()? {
            Some(len) => Ok(len),
            None => self.reading.wait(waiting),
        }
    }

    /// The length of a message that is there already. Where there is none, the read stays in progress.
    pub(super) fn try_receive(&mut self) -> io::Result<Option<usize>> {
        self.reading.read()
    }

    /// What begins with the message that was received last.
    pub(super) fn received(&mut self) -> &[u8] {
        self.reading.buffer()
    }
}

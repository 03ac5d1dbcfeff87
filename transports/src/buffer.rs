//! The memory that a session receives into.

use std::io;

use zerocopy::FromZeros;

use crate::packets::HEADER_LEN;
use crate::session::ReceiveError;

/// One message as it came, its payload right behind its header, in private memory that is reused from message to
/// message. It grows to the longest one and never shrinks. A session over packets makes room for a whole one before any has
/// come; while that is empty it takes addresses, and no memory where the system gives that page by page.
#[derive(Debug, Default)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    /// The place of a message with so much payload, header included; what is in it already is kept. A message within
    /// the limits for which there is no memory is an error, not the end of the process.
    #[inline]
    pub(crate) fn message_mut(&mut self, payload_len: usize) -> Result<&mut [u8], ReceiveError> {
        let len = payload_len.saturating_add(HEADER_LEN);
        if len > self.0.len() {
            self.grow(len)?;
        }
        Ok(&mut self.0[..len])
    }

    #[cold]
    fn grow(&mut self, len: usize) -> Result<(), ReceiveError> {
        if self.0.is_empty() {
            // Room for the longest packet that may come: of that the system gives memory to what comes.
            self.0 = u8::new_vec_zeroed(len).map_err(|_| out_of_memory())?;
        } else {
            // A message has announced so much.
            let more = len - self.0.len();
            self.0.try_reserve_exact(more).map_err(|_| out_of_memory())?;
            self.0.resize(len, 0);
        }
        Ok(())
    }

    /// The first bytes of the payload, at most as many as there was room made for.
    #[inline]
    pub(crate) fn payload(&self, len: usize) -> &[u8] {
        let payload = self.0.get(HEADER_LEN..).unwrap_or_default();
        &payload[..len.min(payload.len())]
    }

    /// Payload bytes that there is memory for.
    #[cfg(test)]
    pub(crate) fn payload_capacity(&self) -> usize {
        self.0.capacity().saturating_sub(HEADER_LEN)
    }
}

fn out_of_memory() -> ReceiveError {
    ReceiveError::Io(io::ErrorKind::OutOfMemory.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_memory_before_it_is_used() {
        let buffer = Buffer::default();
        assert_eq!(buffer.payload_capacity(), 0);
        assert_eq!(buffer.payload(10), []);
    }

    /// More than anything else that runs beside this test takes.
    #[cfg(target_os = "linux")]
    #[test]
    fn room_for_what_has_not_come_takes_no_memory() {
        const ROOM: usize = 256 << 20;
        let resident = || {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            kilobytes.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
        };
        let (mut buffer, before) = (Buffer::default(), resident());
        buffer.message_mut(ROOM).unwrap()[HEADER_LEN] = 1;
        let taken = resident().saturating_sub(before);
        assert!(taken < ROOM / 2, "{taken}");
        assert_eq!(buffer.payload(2), [1, 0]);
    }

    #[test]
    fn what_is_in_it_stays_when_it_grows() {
        let mut buffer = Buffer::default();
        buffer.message_mut(2).unwrap()[HEADER_LEN..].copy_from_slice(&[1, 2]);
        assert_eq!(buffer.message_mut(100).unwrap().len(), HEADER_LEN + 100);
        assert_eq!(buffer.payload(2), [1, 2]);
    }

    #[test]
    fn a_message_without_memory_for_it_is_an_error() {
        let error = Buffer::default().message_mut(usize::MAX).unwrap_err();
        assert!(matches!(error, ReceiveError::Io(error) if error.kind() == io::ErrorKind::OutOfMemory));
    }
}

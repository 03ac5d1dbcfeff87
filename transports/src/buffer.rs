//! The memory that a session receives into.

use std::io;

use crate::packets::HEADER_LEN;
use crate::session::ReceiveError;

/// One message as it came, its payload right behind its header, in private memory that is reused from message to
/// message. It grows to the longest one and never shrinks.
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
        let more = len - self.0.len();
        let out_of_memory = |_| ReceiveError::Io(io::ErrorKind::OutOfMemory.into());
        self.0.try_reserve_exact(more).map_err(out_of_memory)?;
        self.0.resize(len, 0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_memory_before_it_is_used() {
        let buffer = Buffer::default();
        assert_eq!(buffer.payload_capacity(), 0);
        assert_eq!(buffer.payload(10), []);
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

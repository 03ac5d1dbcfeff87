//! What a sender that never waits could not get rid of.

use crate::envelope::MessageHeader;

/// A message that has not gone out whole. Its memory is used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    header: Option<MessageHeader>,
    payload: Vec<u8>,
    /// Packets of it that have gone out.
    pub(super) packets_sent: usize,
}

impl Unsent {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.header.is_none()
    }

    /// Keeps a message of which so many packets have gone out.
    pub(super) fn keep(&mut self, header: &MessageHeader, payload: &[u8], packets_sent: usize) {
        self.header = Some(*header);
        self.payload.clear();
        self.payload.extend_from_slice(payload);
        self.packets_sent = packets_sent;
    }

    /// Forgets it.
    pub(super) fn clear(&mut self) {
        self.header = None;
    }

    /// The message, if there is one.
    pub(super) fn message(&self) -> Option<(MessageHeader, &[u8])> {
        Some((self.header?, &self.payload))
    }
}

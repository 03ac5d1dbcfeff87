//! A message as it was received.

use crate::envelope::{Batch, MessageHeader};

/// A message that was received: all that can be checked without knowing its meaning has been checked. It borrows the
/// session's buffer until the next receive.
///
/// Contract: `docs/contract/envelope.md`, "What a receiver checks in every message".
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Its header.
    pub header: MessageHeader,
    /// Its payload, of `header.payload_len` bytes.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// The items of a batch; `None` for a single message, and for a response that is not OK.
    #[must_use]
    pub fn items(&self) -> Option<Batch<'a>> {
        if !self.header.has_items() {
            return None;
        }
        Batch::checked(self.payload, self.header.item_count)
    }
}

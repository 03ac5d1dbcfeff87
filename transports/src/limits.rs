//! The limits of one direction.

use crate::envelope::{MAX_PAYLOAD_LEN, MessageHeader};
use crate::session::Limit;

/// What a message may be at most in one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) payload_bytes: u32,
    pub(crate) batch_items: u32,
}

impl Limits {
    pub(crate) fn new(payload_bytes: u32, batch_items: u32) -> Self {
        Self { payload_bytes: payload_bytes.min(MAX_PAYLOAD_LEN), batch_items: batch_items.max(1) }
    }

    /// The limit that a message passes, if it does. A response that is not OK has no items to count.
    #[inline]
    pub(crate) fn passed_by(self, header: &MessageHeader) -> Option<Limit> {
        if header.payload_len > self.payload_bytes {
            return Some(Limit::Payload { bytes: header.payload_len.into(), limit: self.payload_bytes });
        }
        if header.item_count > self.batch_items && header.has_content() {
            return Some(Limit::Items { count: header.item_count, limit: self.batch_items });
        }
        None
    }
}

//! Lengths of what is exchanged, the same for ours and for the floor.

use netipc::transport::MessageHeader;

/// Items of a batch at least and at most.
const BATCH_ITEMS: std::ops::RangeInclusive<u32> = 2..=1000;

/// Bytes that an INCREMENT takes in a batch: its entry in the directory, and itself.
const BATCH_ITEM_BYTES: u32 = 16;

/// Bytes of a batch's payload at most.
pub(super) const MAX_BATCH_BYTES: u32 = *BATCH_ITEMS.end() * BATCH_ITEM_BYTES;

/// Items of a batch at most.
pub(super) const MAX_BATCH_ITEMS: u32 = *BATCH_ITEMS.end();

/// The numbers of items of batches: all of 2 to 1000 in a scattered order, again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BatchItems(u32);

impl BatchItems {
    pub(super) fn next(&mut self) -> u32 {
        let all = BATCH_ITEMS.end() - BATCH_ITEMS.start() + 1;
        // Has no factor in common with their number, so that all of them come.
        self.0 = (self.0 + 389) % all;
        BATCH_ITEMS.start() + self.0
    }
}

/// Lengths of messages, headers included.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sizes {
    /// No bytes at all: what orders and wakes alone cost.
    Empty,
    /// Payloads of so many bytes.
    Payloads { request: usize, response: usize },
    /// Batches of INCREMENT, answered by as many bytes.
    Batches(BatchItems),
}

impl Sizes {
    /// Bytes of the next request, and for how much it counts.
    pub(super) fn next(&mut self) -> (usize, u64) {
        match self {
            Self::Empty => (0, 1),
            Self::Payloads { request, .. } => (MessageHeader::LEN + *request, 1),
            Self::Batches(items) => {
                let items = items.next();
                (MessageHeader::LEN + (items * BATCH_ITEM_BYTES) as usize, items.into())
            }
        }
    }

    /// Bytes of each response; `None`: as many as its request has.
    pub(super) fn response(&self) -> Option<usize> {
        match self {
            Self::Payloads { response, .. } => Some(MessageHeader::LEN + *response),
            Self::Empty | Self::Batches(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn batches_have_every_number_of_items_from_2_to_1000() {
        let mut items = BatchItems::default();
        let seen: BTreeSet<_> = (0..999).map(|_| items.next()).collect();
        assert_eq!((seen.len(), seen.first(), seen.last()), (999, Some(&2), Some(&1000)));
    }

    #[test]
    fn a_floor_has_the_bytes_of_ours() {
        let mut batches = Sizes::Batches(BatchItems::default());
        assert_eq!(batches.next(), (32 + 16 * 391, 391));
        let mut payloads = Sizes::Payloads { request: 8, response: 100 };
        assert_eq!((payloads.next(), payloads.response()), ((40, 1), Some(132)));
    }
}

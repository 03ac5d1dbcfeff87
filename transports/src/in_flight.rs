//! The requests that wait for their responses.

use rustc_hash::FxHashSet;

/// The ids of the requests in flight at a client. The ids are the caller's own, so that a fast hash is safe.
#[derive(Debug, Default)]
pub(crate) struct InFlight(FxHashSet<u64>);

impl InFlight {
    /// Whether the id is in flight.
    pub(crate) fn contains(&self, message_id: u64) -> bool {
        self.0.contains(&message_id)
    }

    /// Notes that a request has gone out.
    pub(crate) fn insert(&mut self, message_id: u64) {
        self.0.insert(message_id);
    }

    /// Notes that its response has come.
    pub(crate) fn remove(&mut self, message_id: u64) {
        self.0.remove(&message_id);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().copied()
    }
}

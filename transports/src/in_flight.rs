//! The requests that wait for their responses.

use rustc_hash::FxHashSet;

/// The ids of the requests in flight at a client. No look-up depends on how many there are: one id has a place of its
/// own, so that a client with one request at a time needs no hashing, and a hash set has the others. The ids are the
/// caller's own, so that a fast hash is safe.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    one: Option<u64>,
    others: FxHashSet<u64>,
}

impl InFlight {
    /// Whether the id is in flight.
    #[inline(always)]
    pub(crate) fn contains(&self, message_id: u64) -> bool {
        self.one == Some(message_id) || !self.others.is_empty() && self.others.contains(&message_id)
    }

    /// Notes that a request goes out; tells whether its id is new.
    #[inline(always)]
    pub(crate) fn insert(&mut self, message_id: u64) -> bool {
        if self.contains(message_id) {
            return false;
        }
        if self.one.is_none() {
            self.one = Some(message_id);
        } else {
            self.others.insert(message_id);
        }
        true
    }

    /// Notes that its response has come.
    #[inline(always)]
    pub(crate) fn remove(&mut self, message_id: u64) {
        if self.one == Some(message_id) {
            self.one = None;
        } else {
            self.others.remove(&message_id);
        }
    }

    /// How many there are.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.others.len() + usize::from(self.one.is_some())
    }

    /// All of them, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.one.iter().chain(&self.others).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_flight_from_insert_to_remove_in_any_order() {
        let mut in_flight = InFlight::default();
        for id in 1..=4 {
            assert!(in_flight.insert(id));
        }
        for id in [1, 3, 2, 4] {
            assert!(!in_flight.insert(id), "{id} is in flight");
            in_flight.remove(id);
            assert!(!in_flight.contains(id));
            assert!(in_flight.insert(id + 10));
        }
        let mut ids: Vec<_> = in_flight.iter().collect();
        ids.sort_unstable();
        assert_eq!(ids, [11, 12, 13, 14]);
        assert_eq!(in_flight.len(), 4);
    }

    #[test]
    fn removing_what_is_not_in_flight_changes_nothing() {
        let mut in_flight = InFlight::default();
        in_flight.insert(1);
        in_flight.remove(2);
        assert_eq!(in_flight.iter().collect::<Vec<_>>(), [1]);
    }
}

//! How much larger than its marker an item is, as far as past responses tell.

/// The bytes that an item has beyond its marker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Estimate(Option<usize>);

impl Estimate {
    /// What an item has beyond a marker of so many bytes; as much again, where nothing is known.
    pub(super) fn extra(self, marker: usize) -> usize {
        self.0.unwrap_or(marker)
    }

    /// Learns from `items` items that had `extra` bytes beyond their markers. What is larger than expected counts at
    /// once, what is smaller little by little: asking for too many keys costs more than asking once more.
    pub(super) fn learn(&mut self, extra: usize, items: usize) {
        let Some(found) = (extra + items.saturating_sub(1)).checked_div(items) else { return };
        self.0 = Some(match self.0 {
            Some(expected) if found < expected => (3 * expected + found) / 4,
            _ => found,
        });
    }
}

/// What a response of `limit` bytes is expected to hold; a little remains for what is larger than expected.
pub(super) fn expected_room(limit: usize) -> usize {
    limit - limit / 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_experience_an_item_is_twice_its_marker() {
        assert_eq!(Estimate::default().extra(64), 64);
    }

    #[test]
    fn larger_items_count_at_once_and_smaller_ones_little_by_little() {
        let mut estimate = Estimate::default();
        estimate.learn(1_000, 10);
        assert_eq!(estimate.extra(64), 100);
        estimate.learn(2_000, 10);
        assert_eq!(estimate.extra(64), 200);
        estimate.learn(0, 10);
        assert_eq!(estimate.extra(64), 150);
    }

    #[test]
    fn nothing_is_learned_from_no_items() {
        let mut estimate = Estimate::default();
        estimate.learn(0, 0);
        assert_eq!(estimate.extra(64), 64);
    }
}

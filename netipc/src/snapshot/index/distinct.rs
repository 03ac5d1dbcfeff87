//! Entries of a list that are one item.

use super::Place;

/// Which items are the first to begin where they do: a bit for each.
pub(super) struct Distinct(Vec<u64>);

impl Distinct {
    pub(super) fn of(places: impl ExactSizeIterator<Item = Place> + Clone) -> Self {
        let end = places.clone().map(|place| place.start).max().map_or(0, |last| last as usize + 1);
        let (mut begun, mut distinct) = (vec![0; end.div_ceil(64)], vec![0; places.len().div_ceil(64)]);
        for (number, place) in places.enumerate() {
            if set(&mut begun, place.start as usize) {
                set(&mut distinct, number);
            }
        }
        Self(distinct)
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// Sets a bit, and tells whether it was not.
fn set(bits: &mut [u64], at: usize) -> bool {
    let Some(word) = bits.get_mut(at / 64) else { return false };
    let (before, bit) = (*word, 1 << (at % 64));
    *word |= bit;
    before & bit == 0
}

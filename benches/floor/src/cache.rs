//! Lookups in a snapshot that is kept, by hand: a table for this one key, for a provider that is trusted.

mod cached;
mod data;
mod maps;

pub use cached::Cached;
pub use data::entries;
pub use maps::{Names, Pairs, Rows};

/// A cgroup that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// First part of its key.
    pub hash: u32,
    /// Second part of its key.
    pub name: Vec<u8>,
    /// What is looked up.
    pub path: Vec<u8>,
}

/// Open addressing, at most half full, by the hash that the entries bring.
#[derive(Clone, Debug)]
pub struct Table {
    slots: Vec<Option<Entry>>,
}

impl Table {
    /// Of these entries; of two with the same key, the first.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let slots = (2 * entries.len()).next_power_of_two().max(2);
        let mut table = Self { slots: vec![None; slots] };
        for entry in entries {
            let slot = table.slot(entry.hash, &entry.name);
            table.slots[slot].get_or_insert(entry);
        }
        table
    }

    /// The entry with this key.
    #[must_use]
    #[inline]
    pub fn get(&self, hash: u32, name: &[u8]) -> Option<&Entry> {
        self.slots[self.slot(hash, name)].as_ref()
    }

    /// Where an entry is, or belongs.
    #[inline]
    fn slot(&self, hash: u32, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(entry) = &self.slots[slot] {
            if entry.hash == hash && entry.name == name {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        let entry = |index: u32| Entry {
            // All in the same place.
            hash: index / 3 * 64,
            name: format!("name-{index}").into(),
            path: format!("path-{index}").into(),
        };
        let entries: Vec<_> = (0..20).map(entry).collect();
        let second = Entry { path: b"another".to_vec(), ..entry(7) };
        let table = Table::new(entries.iter().cloned().chain([second]).collect());
        for entry in &entries {
            assert_eq!(table.get(entry.hash, &entry.name), Some(entry));
        }
        assert_eq!(table.get(0, b"name-19"), None);
        assert_eq!(table.get(1, b"name-0"), None);
        assert_eq!(Table::new(Vec::new()).get(0, b""), None);
    }
}

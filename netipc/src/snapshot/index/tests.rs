//! The index against a model, and against providers that mean harm. No I/O: Miri runs these.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use proptest::prelude::*;

use super::*;

/// Items whose names are parts of one text, as they are in a payload. Counts what a build compares.
#[derive(Default)]
struct Table {
    text: Vec<u8>,
    items: Vec<(u32, Range<usize>)>,
    compared: Cell<usize>,
}

impl Table {
    fn of<'a>(items: impl IntoIterator<Item = (u32, &'a [u8])>) -> Self {
        let mut table = Self::default();
        for (hash, name) in items {
            let start = table.text.len();
            table.text.extend_from_slice(name);
            table.items.push((hash, start..table.text.len()));
        }
        table
    }

    fn numbered(count: u32, hash: impl Fn(u32) -> u32) -> Self {
        let names: Vec<_> = (0..count).map(|item| format!("name-{item}")).collect();
        Self::of((0..count).zip(&names).map(|(item, name)| (hash(item), name.as_bytes())))
    }

    fn indexed(&self) -> Index {
        let mut index = Index::new();
        index.rebuild(self, self.text.len()).expect("no name shares bytes");
        index
    }

    fn find(&self, index: &Index, key: (u32, &[u8])) -> Option<u32> {
        index.find(&key, |item| self.has_key(item, key).then_some(item))
    }
}

impl Keyed for Table {
    type Key<'a> = (u32, &'a [u8]);

    fn len(&self) -> usize {
        self.items.len()
    }

    fn key(&self, item: u32) -> Option<(u32, &[u8])> {
        let (hash, name) = self.items.get(item as usize)?;
        Some((*hash, &self.text[name.clone()]))
    }

    fn has_key(&self, item: u32, key: (u32, &[u8])) -> bool {
        self.compared.set(self.compared.get() + 1);
        self.key(item) == Some(key)
    }

    fn position(&self, item: u32) -> usize {
        self.items[item as usize].1.start
    }
}

#[test]
fn nothing_is_found_in_an_index_of_nothing() {
    let table = Table::default();
    assert_eq!(table.find(&Index::new(), (1, b"web")), None);
    assert_eq!(table.find(&table.indexed(), (1, b"web")), None);
}

#[test]
fn all_of_the_key_counts() {
    let table = Table::of([(1, &b"web"[..]), (1, b"db"), (2, b"web"), (2, b"")]);
    let index = table.indexed();
    assert_eq!(table.find(&index, (1, b"web")), Some(0));
    assert_eq!(table.find(&index, (1, b"db")), Some(1));
    assert_eq!(table.find(&index, (2, b"web")), Some(2));
    assert_eq!(table.find(&index, (2, b"")), Some(3));
    assert_eq!(table.find(&index, (2, b"db")), None);
    assert_eq!(table.find(&index, (3, b"web")), None);
}

#[test]
fn of_equal_keys_the_first_counts() {
    let table = Table::of([(1, &b"web"[..]), (2, b"db"), (1, b"web"), (1, b"web")]);
    assert_eq!(table.find(&table.indexed(), (1, b"web")), Some(0));
}

#[test]
fn an_index_forgets_what_it_had() {
    let mut index = Table::numbered(100, |item| item).indexed();
    let table = Table::of([(500, &b"web"[..])]);
    index.rebuild(&table, 3).expect("it has 3 bytes");
    assert_eq!(table.find(&index, (500, b"web")), Some(0));
    assert_eq!(table.find(&index, (7, b"name-7")), None);
}

#[test]
fn an_index_keeps_its_memory_for_as_many_items_and_gives_it_back_for_few() {
    let (many, few) = (Table::numbered(100, |item| item), Table::numbered(2, |item| item));
    let mut index = many.indexed();
    let (place, bytes) = (index.slots.as_ptr(), index.heap_bytes());
    index.rebuild(&many, many.text.len()).expect("as before");
    assert_eq!((index.slots.as_ptr(), index.heap_bytes()), (place, bytes));
    index.rebuild(&few, few.text.len()).expect("as before");
    assert!(index.heap_bytes() < bytes / 4);
}

#[test]
fn keys_that_a_provider_has_hashed_well_take_the_quick_hash() {
    let table = Table::numbered(1_000, |item| item.wrapping_mul(0x9e37_79b9));
    assert!(!table.indexed().hashing.is_keyed);
}

#[test]
fn keys_without_integers_are_hashed_by_their_bytes() {
    struct Names(Vec<String>);

    impl Keyed for Names {
        type Key<'a> = &'a [u8];

        fn len(&self) -> usize {
            self.0.len()
        }

        fn key(&self, item: u32) -> Option<&[u8]> {
            self.0.get(item as usize).map(String::as_bytes)
        }

        fn has_key(&self, item: u32, key: &[u8]) -> bool {
            self.key(item) == Some(key)
        }

        fn position(&self, item: u32) -> usize {
            item as usize
        }
    }

    let names = Names((0..300).map(|item| format!("name-{item}")).collect());
    let mut index = Index::new();
    index.rebuild(&names, names.0.iter().map(String::len).sum()).expect("no name shares bytes");
    assert!(!index.hashing.is_keyed);
    for (item, name) in (0..).zip(&names.0) {
        let key = name.as_bytes();
        let found = index.find(&key, |item| names.has_key(item, key).then_some(item));
        assert_eq!(found, Some(item));
    }
}

#[test]
fn a_small_integer_does_not_stand_for_the_string_beside_it() {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let hashing = Hashing::new();
    for item in 0..50u8 {
        let name = [item; 3];
        one.push(hashing.of(&(7u16, &name[..])));
        other.push(hashing.of(&(7u32, &name[..])));
    }
    one.dedup();
    other.dedup();
    assert_eq!((one.len(), other.len()), (50, 1), "a u16 is not enough, a u32 is");
}

#[test]
fn keys_that_all_have_one_hash_are_found_in_a_bounded_number_of_looks() {
    let count = if cfg!(miri) { 200 } else { 20_000 };
    let table = Table::numbered(count, |_| 0);
    let index = table.indexed();
    assert!(index.hashing.is_keyed);
    let built = table.compared.replace(0);
    assert!(built < count as usize + 100, "{built} comparisons to build {count}");
    for item in 0..count {
        assert_eq!(table.find(&index, (0, format!("name-{item}").as_bytes())), Some(item));
    }
    let found = table.compared.get();
    assert!(found < 2 * count as usize, "{found} comparisons to find {count}");
}

#[test]
fn after_keys_that_crowd_the_next_ones_take_the_quick_hash_again() {
    let mut index = Table::numbered(100, |_| 0).indexed();
    assert!(index.hashing.is_keyed);
    let table = Table::numbered(100, |item| item);
    index.rebuild(&table, table.text.len()).expect("no name shares bytes");
    assert!(!index.hashing.is_keyed);
}

#[test]
fn entries_that_are_one_item_count_once_however_long_its_name() {
    let count = if cfg!(miri) { 300 } else { 100_000 };
    let name = vec![b'x'; 10_000];
    let mut table = Table::of([(1, &name[..])]);
    table.items = vec![(1, 0..name.len()); count];
    let index = table.indexed();
    assert_eq!(table.find(&index, (1, &name)), Some(0));
    assert!(table.compared.get() < 10, "nothing of that length is compared often");
}

#[test]
fn different_items_with_names_of_more_bytes_than_there_are_are_refused() {
    let mut table = Table::of([(1, &[b'x'; 100][..])]);
    table.items = (0..50).map(|start| (1, start..100)).collect();
    let mut index = Index::new();
    assert_eq!(index.rebuild(&table, 100), Err(SharedKeys { payload: 100 }));
    assert_eq!(table.find(&index, (1, &[b'x'; 100])), None);
    assert!(table.compared.get() < 100);
}

#[test]
fn names_that_share_bytes_are_found_while_they_have_no_more_than_there_are() {
    let mut table = Table::of([(1, &b"abcdefghij"[..])]);
    table.items = vec![(1, 0..4), (1, 2..6), (1, 8..10)];
    let index = table.indexed();
    assert_eq!(table.find(&index, (1, b"cdef")), Some(1));
}

/// Items of a case; each is interpreted under Miri.
const MOST: usize = if cfg!(miri) { 20 } else { 200 };

/// A few keys, so that many are equal.
fn few_keys() -> impl Strategy<Value = (u32, Vec<u8>)> {
    (0..6u32, prop::collection::vec(b'a'..=b'b', 0..4))
}

proptest! {
    #[test]
    fn it_finds_what_a_map_of_the_first_items_has(
        items in prop::collection::vec(few_keys(), 0..MOST),
        others in prop::collection::vec(few_keys(), 0..MOST / 4),
    ) {
        let table = Table::of(items.iter().map(|(hash, name)| (*hash, &name[..])));
        let mut model = HashMap::new();
        for (item, (hash, name)) in (0..).zip(&items) {
            model.entry((*hash, &name[..])).or_insert(item);
        }
        let index = table.indexed();
        for (hash, name) in items.iter().chain(&others) {
            let key = (*hash, &name[..]);
            prop_assert_eq!(table.find(&index, key), model.get(&key).copied());
        }
    }

    #[test]
    fn it_finds_everything_whatever_the_hashes(
        items in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u8>(), 0..40)), 0..MOST),
    ) {
        let table = Table::of(items.iter().map(|(hash, name)| (*hash, &name[..])));
        let index = table.indexed();
        for (hash, name) in &items {
            let found = table.find(&index, (*hash, name)).expect("it is there");
            prop_assert_eq!(table.key(found), Some((*hash, &name[..])));
        }
    }
}

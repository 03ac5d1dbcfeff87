//! The index against a model, and against providers that mean harm. No I/O: Miri runs these.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use proptest::prelude::*;

use super::*;

/// Items whose names are parts of one text, as they are in a payload. Counts what is compared.
#[derive(Default)]
struct Entries {
    text: Vec<u8>,
    items: Vec<(u32, Range<usize>)>,
    compared: Cell<usize>,
}

impl Entries {
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

    fn rebuild(&self, index: &mut Index) -> Result<(), SharedKeys> {
        index.rebuild(self, &(0..self.items.len()).map(numbered), self.text.len())
    }

    fn indexed(&self) -> Index {
        let mut index = Index::new();
        self.rebuild(&mut index).expect("no name shares bytes");
        index
    }

    fn find(&self, index: &Index, key: (u32, &[u8])) -> Option<u32> {
        index.find(self, key)
    }
}

fn is_quick(index: &Index) -> bool {
    assert_ne!(index.quick.is_empty(), index.keyed.is_empty(), "one of them is in use");
    index.keyed.is_empty()
}

/// The place of an item that is known by its number.
fn numbered(item: usize) -> Place {
    let start = u32::try_from(item).expect("they are few");
    Place { start, end: start + 1 }
}

impl<'p> Keyed<'p> for &'p Entries {
    type Item = u32;
    type Key<'k> = (u32, &'k [u8]);

    fn item(self, place: Place) -> Option<u32> {
        self.items.get(place.start as usize).map(|_| place.start)
    }

    fn key(self, item: u32) -> (u32, &'p [u8]) {
        let (hash, name) = &self.items[item as usize];
        (*hash, &self.text[name.clone()])
    }

    fn has_key(self, item: u32, key: (u32, &[u8])) -> bool {
        self.compared.set(self.compared.get() + 1);
        self.key(item) == key
    }
}

#[test]
fn nothing_is_found_in_an_index_of_nothing() {
    let table = Entries::default();
    assert_eq!(table.find(&Index::new(), (1, b"web")), None);
    assert_eq!(table.find(&table.indexed(), (1, b"web")), None);
}

#[test]
fn all_of_the_key_counts() {
    let table = Entries::of([(1, &b"web"[..]), (1, b"db"), (2, b"web"), (2, b"")]);
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
    let table = Entries::of([(1, &b"web"[..]), (2, b"db"), (1, b"web"), (1, b"web")]);
    assert_eq!(table.find(&table.indexed(), (1, b"web")), Some(0));
}

#[test]
fn an_index_forgets_what_it_had() {
    let mut index = Entries::numbered(100, |item| item).indexed();
    let table = Entries::of([(500, &b"web"[..])]);
    table.rebuild(&mut index).expect("no name shares bytes");
    assert_eq!(table.find(&index, (500, b"web")), Some(0));
    assert_eq!(table.find(&index, (7, b"name-7")), None);
}

#[test]
fn an_index_keeps_its_memory_for_as_many_items_and_gives_it_back_for_few() {
    let (many, few) = (Entries::numbered(100, |item| item), Entries::numbered(2, |item| item));
    let mut index = many.indexed();
    let (place, bytes) = (index.quick.slots.as_ptr(), index.heap_bytes());
    many.rebuild(&mut index).expect("as before");
    assert_eq!((index.quick.slots.as_ptr(), index.heap_bytes()), (place, bytes));
    few.rebuild(&mut index).expect("as before");
    assert!(index.heap_bytes() < bytes / 4);
}

#[test]
fn keys_that_a_provider_has_hashed_well_take_the_quick_hash() {
    let table = Entries::numbered(1_000, |item| item.wrapping_mul(0x9e37_79b9));
    // They crowd under two secrets in a thousand, and each index draws its own.
    assert!((0..8).any(|_| is_quick(&table.indexed())));
}

#[test]
fn keys_without_integers_are_hashed_by_their_bytes() {
    #[derive(Clone, Copy)]
    struct Names<'p>(&'p [String]);

    impl<'p> Keyed<'p> for Names<'p> {
        type Item = u32;
        type Key<'k> = &'k [u8];

        fn item(self, place: Place) -> Option<u32> {
            (place.start < place.end).then_some(place.start)
        }

        fn key(self, item: u32) -> &'p [u8] {
            self.0[item as usize].as_bytes()
        }

        fn has_key(self, item: u32, key: &[u8]) -> bool {
            self.key(item) == key
        }
    }

    let all: Vec<_> = (0..300).map(|item| format!("name-{item}")).collect();
    let names = Names(&all);
    let mut index = Index::new();
    index
        .rebuild(names, &(0..300).map(numbered), all.iter().map(String::len).sum())
        .expect("no name shares bytes");
    assert!(is_quick(&index));
    for (item, name) in (0..).zip(&all) {
        assert_eq!(index.find(names, name.as_bytes()), Some(item));
    }
}

#[test]
fn a_small_integer_does_not_stand_for_the_string_beside_it() {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let hashing = Hashing::new();
    for item in 0..50u8 {
        let name = [item; 3];
        one.push(hashing.quick((7u16, &name[..])));
        other.push(hashing.quick((7u32, &name[..])));
    }
    one.dedup();
    other.dedup();
    assert_eq!((one.len(), other.len()), (50, 1), "a u16 is not enough, a u32 is");
}

#[test]
fn keys_that_all_have_one_hash_are_found_in_a_bounded_number_of_looks() {
    let count = if cfg!(miri) { 200 } else { 20_000 };
    let table = Entries::numbered(count, |_| 0);
    let index = table.indexed();
    assert!(!is_quick(&index));
    let built = table.compared.replace(0);
    assert!(built < count as usize + 100, "{built} comparisons to build {count}");
    for item in 0..count {
        assert_eq!(table.find(&index, (0, format!("name-{item}").as_bytes())), Some(item));
    }
    let found = table.compared.get();
    assert!(found < 2 * count as usize, "{found} comparisons to find {count}");
}

#[test]
fn of_few_items_almost_all_have_their_first_slot() {
    for count in [1, 16, 64] {
        let index = Entries::numbered(count, |item| item).indexed();
        assert!(index.quick.displaced() <= (DRAWS - 1) / 4, "{index:?}");
    }
}

#[test]
fn a_secret_that_was_good_enough_stays_so_for_the_same_items() {
    for count in [16, 32, 64] {
        let table = Entries::numbered(count, |item| item.wrapping_mul(item).wrapping_mul(0x9e37_79b9));
        let mut index = table.indexed();
        let secret = index.hashing.quick((1u32, &b""[..]));
        for _ in 0..10 {
            table.rebuild(&mut index).expect("as before");
            assert_eq!(index.hashing.quick((1u32, &b""[..])), secret, "of {count}");
        }
    }
}

#[test]
fn no_other_secret_is_drawn_for_keys_that_collide_whatever_it_is() {
    let table = Entries::numbered(5, |_| 7);
    assert!(is_quick(&table.indexed()));
    assert_eq!(table.compared.get(), 4 + 3 + 2 + 1, "each is compared with those before it, once");
}

#[test]
fn keys_that_crowd_again_are_indexed_in_the_same_memory() {
    let table = Entries::numbered(100, |_| 0);
    let mut index = table.indexed();
    let place = index.keyed.slots.as_ptr();
    table.rebuild(&mut index).expect("as before");
    assert!(!is_quick(&index));
    assert_eq!(index.keyed.slots.as_ptr(), place);
}

#[test]
fn after_keys_that_crowd_the_next_ones_take_the_quick_hash_again() {
    let mut index = Entries::numbered(100, |_| 0).indexed();
    assert!(!is_quick(&index));
    let table = Entries::numbered(100, |item| item);
    table.rebuild(&mut index).expect("no name shares bytes");
    assert!(is_quick(&index));
}

#[test]
fn entries_that_are_one_item_count_once_however_long_its_name() {
    let count = if cfg!(miri) { 300 } else { 100_000 };
    let name = vec![b'x'; 10_000];
    let table = Entries::of([(1, &name[..])]);
    let mut index = Index::new();
    let entries = std::iter::repeat_n(numbered(0), count);
    index.rebuild(&table, &entries, table.text.len()).expect("it is one item");
    assert_eq!(table.find(&index, (1, &name)), Some(0));
    assert!(table.compared.get() < 10, "nothing of that length is compared often");
}

/// The most slots that a lookup of what is there, or of what is not, looks at: all of a row of taken ones and the free one
/// behind it, unless patience ends before.
fn most_looks(index: &Index) -> usize {
    let (table, patience) = if is_quick(index) { (&index.quick, QUICK) } else { (&index.keyed, KEYED) };
    let taken: Vec<_> = table.slots.iter().map(|slot| !slot.is_free()).collect();
    let rows = taken.split(|taken| !taken).map(<[bool]>::len);
    // The last slot is followed by the first.
    let around = taken.iter().take_while(|taken| **taken).count();
    (rows.max().unwrap_or_default() + around + 1).min(patience.taken as usize + 1)
}

#[test]
fn whatever_hashes_a_provider_chooses_no_lookup_looks_at_many_slots() {
    let count = if cfg!(miri) { 200 } else { 10_000 };
    let choices: [fn(u32) -> u32; 5] =
        [|_| 7, |item| item % 9, |item| item << 20, |item| item.reverse_bits(), |item| item / 8];
    for hash in choices {
        let table = Entries::numbered(count, hash);
        let index = table.indexed();
        assert!(most_looks(&index) < 300, "{} slots", most_looks(&index));
        table.compared.set(0);
        for item in 0..count {
            assert_eq!(table.find(&index, (hash(item), format!("name-{item}").as_bytes())), Some(item));
            assert_eq!(table.find(&index, (hash(item), b"another")), None);
        }
        let compared = table.compared.get();
        assert!(compared < 20 * count as usize, "{compared} comparisons in {count} times two lookups");
    }
}

#[test]
fn different_items_with_names_of_more_bytes_than_there_are_are_refused() {
    let mut table = Entries::of([(1, &[b'x'; 100][..])]);
    table.items = (0..50).map(|start| (1, start..100)).collect();
    let mut index = Index::new();
    assert_eq!(table.rebuild(&mut index), Err(SharedKeys { payload: 100 }));
    assert_eq!(table.find(&index, (1, &[b'x'; 100])), None);
    assert!(table.compared.get() < 100);
}

#[test]
fn names_that_share_bytes_are_found_while_they_have_no_more_than_there_are() {
    let mut table = Entries::of([(1, &b"abcdefghij"[..])]);
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
        let table = Entries::of(items.iter().map(|(hash, name)| (*hash, &name[..])));
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
        let table = Entries::of(items.iter().map(|(hash, name)| (*hash, &name[..])));
        let index = table.indexed();
        for (hash, name) in &items {
            let found = table.find(&index, (*hash, name)).expect("it is there");
            prop_assert_eq!(table.key(found), (*hash, &name[..]));
        }
    }
}

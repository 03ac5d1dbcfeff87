//! The slot under loom: every order in which its owners and a handler can take turns, under Rust's memory model.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use loom::sync::atomic::AtomicUsize;
use loom::thread;

use super::{FREE, Ordering, RESERVED, Slot, Word};

super::word!(AtomicUsize);

type Pair = (usize, usize);

/// Mappings that are entered one after the other, and so what a handler may find. The last one begins where the first
/// one did.
const ENTERED: [Pair; 3] = [(0x1000, 10), (0x2000, 20), (0x1000, 30)];

fn free() -> Slot<AtomicUsize> {
    Slot {
        entries: AtomicUsize::new(0),
        start: AtomicUsize::new(FREE),
        len: AtomicUsize::new(0),
        truncated: AtomicBool::new(false),
    }
}

/// All mappings come and go, in two threads, while a handler reads the slot in this way.
fn read_while_it_changes_hands(read: fn(&Slot<AtomicUsize>) -> Option<Pair>) {
    loom::model(move || {
        let slot = Arc::new(free());
        let [(start, len), later @ ..] = ENTERED;
        assert!(slot.enter(start, len));
        let first_owner = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.release())
        };
        let second_owner = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || {
                for (start, len) in later {
                    if slot.enter(start, len) {
                        slot.release();
                    }
                }
            })
        };
        if let Some(found) = read(&slot) {
            assert!(ENTERED.contains(&found), "a pair that nobody has entered: {found:?}");
        }
        first_owner.join().unwrap();
        second_owner.join().unwrap();
        assert_eq!(slot.mapping(), None);
    });
}

#[test]
fn a_handler_never_finds_the_start_of_one_mapping_with_the_length_of_another() {
    read_while_it_changes_hands(Slot::mapping);
}

#[test]
fn a_handler_finds_its_own_threads_mapping_whatever_was_there_before() {
    loom::model(|| {
        let slot = Arc::new(free());
        let [(start, len), own, _] = ENTERED;
        assert!(slot.enter(start, len));
        let other = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || slot.release())
        };
        // The other one's, until that lets go of it.
        if slot.enter(own.0, own.1) {
            assert_eq!(slot.mapping(), Some(own));
            assert_eq!(slot.holds(own.0 + own.1 - 1), Some(own));
            assert_eq!(slot.holds(own.0 + own.1), None);
        }
        other.join().unwrap();
    });
}

/// What is wrong with these, loom finds: else the tests above would show nothing.
mod broken {
    use super::*;

    #[test]
    #[should_panic(expected = "a pair that nobody has entered")]
    fn a_handler_that_does_not_count_entries_mixes_two_mappings() {
        read_while_it_changes_hands(|slot| {
            let start = slot.start.load(Ordering::Acquire);
            let len = slot.len.load(Ordering::Acquire);
            (start > RESERVED).then_some((start, len))
        });
    }

    #[test]
    #[should_panic(expected = "a pair that nobody has entered")]
    fn a_handler_that_looks_at_the_start_again_instead_mixes_two_mappings() {
        read_while_it_changes_hands(|slot| {
            let start = slot.start.load(Ordering::Acquire);
            let len = slot.len.load(Ordering::Acquire);
            (start > RESERVED && slot.start.load(Ordering::Acquire) == start).then_some((start, len))
        });
    }
}

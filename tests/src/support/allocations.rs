//! Counting allocations.
#![allow(unsafe_code, reason = "a global allocator is unsafe to implement")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counting: `#[global_allocator]` of a test program that asks how much is allocated.
pub struct Counting;

static ALL: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static HERE: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALL.fetch_add(1, Ordering::Relaxed);
    // A thread that is ending counts no more.
    let _ = HERE.try_with(|here| here.set(here.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates nothing and changes nothing that it
// promises.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc`'s contract, which is the same one.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc_zeroed`'s contract, which is the same one.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: `place` came from the methods above, so from `System`, with this layout.
        unsafe { System.realloc(place, layout, new_size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: `place` came from the methods above, so from `System`, with this layout.
        unsafe { System.dealloc(place, layout) }
    }
}

/// How many allocations all threads have made.
pub fn in_all_threads() -> usize {
    ALL.load(Ordering::Relaxed)
}

/// How many allocations `work` makes in this thread, and what comes of it.
pub fn counted<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let mut outcome = None;
    let made = in_this_thread(|| outcome = Some(work()));
    (made, outcome.unwrap())
}

/// How many allocations `work` makes in this thread.
pub fn in_this_thread(work: impl FnOnce()) -> usize {
    let counted = |work: &mut dyn FnMut()| {
        let before = HERE.get();
        work();
        HERE.get() - before
    };
    assert_eq!(counted(&mut || drop(black_box(Box::new(1)))), 1, "the program does not count");
    let mut work = Some(work);
    counted(&mut || work.take().into_iter().for_each(|work| work()))
}

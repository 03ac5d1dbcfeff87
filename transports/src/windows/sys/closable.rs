//! A handle that any thread may close while another one uses it.
#![allow(unsafe_code, reason = "a handle that is not owned by one place alone")]

use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, IntoRawHandle, OwnedHandle};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use windows_sys::Win32::System::IO::CancelIoEx;

/// In the gate's state, besides the number of those who are in.
const CLOSED: u32 = 1 << 31;
const VACANT: u32 = 1 << 30;

/// A pipe's handle that any thread may close. Whoever uses it enters for the length of a call, so that it cannot be closed,
/// and its number given to something else, meanwhile: the last one out closes it.
///
/// Windows ends a connection only when a handle is closed, and knows no `shutdown`.
#[derive(Debug)]
pub(crate) struct ClosableHandle {
    raw: AtomicPtr<std::ffi::c_void>,
    state: AtomicU32,
}

/// Somebody who uses the handle. It stays open until this is dropped.
pub(crate) struct Entered<'a>(&'a ClosableHandle);

impl ClosableHandle {
    /// Around no handle yet.
    pub(crate) fn vacant() -> Self {
        Self { raw: AtomicPtr::new(ptr::null_mut()), state: AtomicU32::new(VACANT) }
    }

    /// Around this one.
    pub(crate) fn new(handle: OwnedHandle) -> Self {
        Self { raw: AtomicPtr::new(handle.into_raw_handle()), state: AtomicU32::new(0) }
    }

    /// Takes its handle; tells whether it could. Where it has one already, or was closed, the new one is closed.
    pub(crate) fn fill(&self, handle: OwnedHandle) -> bool {
        // One that fills it is in, while nobody can enter yet: neither a second one nor a close comes in between.
        if self.state.compare_exchange(VACANT, VACANT | 1, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return false;
        }
        self.raw.store(handle.into_raw_handle(), Ordering::Relaxed);
        // Release: whoever enters sees the handle.
        if self.state.fetch_sub(VACANT | 1, Ordering::AcqRel) & CLOSED == 0 {
            return true;
        }
        self.really_close();
        false
    }

    /// The handle, unless it was closed.
    #[inline]
    pub(crate) fn enter(&self) -> Option<Entered<'_>> {
        let mut state = self.state.load(Ordering::Relaxed);
        while state & (CLOSED | VACANT) == 0 {
            // Acquire: what `fill` has written is seen.
            match self.state.compare_exchange_weak(state, state + 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Some(Entered(self)),
                Err(now) => state = now,
            }
        }
        None
    }

    /// Closes it, at once or when the last one who uses it is out. What is in progress on it ends.
    pub(crate) fn close(&self) {
        if self.state.fetch_or(CLOSED, Ordering::AcqRel) == 0 {
            self.really_close();
        }
    }

    /// To be called once, by whoever has made the state `CLOSED` with nobody in.
    fn really_close(&self) {
        let raw = self.raw.load(Ordering::Relaxed);
        // SAFETY: `raw` came from an `OwnedHandle`, and only this closes it. Nobody is in: a use of the handle lies between
        // `enter` and the drop of its guard, which count. Nobody enters any more: `enter` refuses a state with `CLOSED`. And
        // the state comes to be `CLOSED` with nobody in only once, because the count never grows again.
        let handle = unsafe { OwnedHandle::from_raw_handle(raw) };
        // Closing would cancel operations too, but not where another process has got a copy of the handle.
        // SAFETY: the handle is open; a null pointer stands for all operations of this process on it. Cancelled operations
        // are completed by the kernel in the memory that they were begun with, which their owners keep until then.
        unsafe { CancelIoEx(handle.as_raw_handle(), ptr::null()) };
    }
}

impl Entered<'_> {
    pub(crate) fn handle(&self) -> BorrowedHandle<'_> {
        // SAFETY: the handle is open until this guard is dropped, which the borrow does not outlive.
        unsafe { BorrowedHandle::borrow_raw(self.0.raw.load(Ordering::Relaxed)) }
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release and acquire: all uses lie before the close.
        if self.0.state.fetch_sub(1, Ordering::AcqRel) == CLOSED | 1 {
            self.0.really_close();
        }
    }
}

impl Drop for ClosableHandle {
    fn drop(&mut self) {
        // A state of `VACANT` is not 0, so that there is a handle.
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::AsHandle;
    use std::thread;

    use super::super::Event;
    use super::*;

    fn handle() -> OwnedHandle {
        Event::signalled().unwrap().as_handle().try_clone_to_owned().unwrap()
    }

    #[test]
    fn whoever_is_in_keeps_it_open_and_nobody_enters_once_it_is_closed() {
        let shared = ClosableHandle::new(handle());
        let (one, other) = (shared.enter().unwrap(), shared.enter().unwrap());
        shared.close();
        assert!(shared.enter().is_none());
        drop(one);
        assert!(other.handle().try_clone_to_owned().is_ok());
    }

    #[test]
    fn a_vacant_one_lets_nobody_in_until_it_is_filled() {
        let vacant = ClosableHandle::vacant();
        assert!(vacant.enter().is_none());
        assert!(vacant.fill(handle()));
        assert!(vacant.enter().is_some());
        assert!(!vacant.fill(handle()), "it has one");
    }

    #[test]
    fn one_that_was_closed_before_it_was_filled_stays_closed() {
        let vacant = ClosableHandle::vacant();
        vacant.close();
        assert!(!vacant.fill(handle()));
        assert!(vacant.enter().is_none());
    }

    #[test]
    fn threads_that_come_and_go_find_it_open_or_not_at_all() {
        for _ in 0..100 {
            let shared = ClosableHandle::new(handle());
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while let Some(entered) = shared.enter() {
                            assert!(entered.handle().try_clone_to_owned().is_ok());
                        }
                    });
                }
                thread::yield_now();
                shared.close();
            });
        }
    }
}

//! Events: what threads and operations wait on.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr;
use std::time::Duration;

use windows_sys::Win32::Foundation::{WAIT_FAILED, WAIT_TIMEOUT};
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, ResetEvent, SetEvent, WaitForSingleObject,
};

use super::last_error;
use crate::abort::Wake;

/// An event that stays signalled until it is reset.
#[derive(Debug)]
pub(crate) struct Event(OwnedHandle);

impl Event {
    /// One that is signalled.
    pub(crate) fn signalled() -> io::Result<Self> {
        // SAFETY: no attributes and no name are null pointers, which the call takes as that.
        let handle = unsafe { CreateEventW(ptr::null(), 1, 1, ptr::null()) };
        if handle.is_null() {
            return Err(last_error());
        }
        // SAFETY: the handle was made just now, is open, and nobody else has it.
        Ok(Self(unsafe { OwnedHandle::from_raw_handle(handle) }))
    }

    /// Signals it.
    pub(crate) fn set(&self) {
        // SAFETY: the handle is open for as long as `self` lives. The call fails only for one that is no event.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// Signals it no longer.
    pub(crate) fn reset(&self) {
        // SAFETY: as in `set`.
        unsafe { ResetEvent(self.0.as_raw_handle()) };
    }

    /// Waits until it is signalled, for so long at most (`None`: for ever); tells whether it is.
    pub(crate) fn wait(&self, timeout: Option<Duration>) -> io::Result<bool> {
        // SAFETY: the handle is open for as long as `self` lives, and may be waited for.
        match unsafe { WaitForSingleObject(self.0.as_raw_handle(), millis(timeout)) } {
            WAIT_FAILED => Err(last_error()),
            WAIT_TIMEOUT => Ok(false),
            _ => Ok(true),
        }
    }
}

impl AsHandle for Event {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

impl Wake for Event {
    fn wake(&self) {
        self.set();
    }
}

/// A time-out as Windows counts it. One that is too long for that ends early, and whoever waits looks at the clock again.
pub(super) fn millis(timeout: Option<Duration>) -> u32 {
    let Some(timeout) = timeout else { return INFINITE };
    let millis = timeout.as_nanos().div_ceil(1_000_000);
    u32::try_from(millis).unwrap_or(INFINITE).min(INFINITE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_as_it_is_set() {
        let event = Event::signalled().unwrap();
        assert!(event.wait(Some(Duration::ZERO)).unwrap());
        assert!(event.wait(None).unwrap());
        event.reset();
        assert!(!event.wait(Some(Duration::from_millis(1))).unwrap());
        event.set();
        assert!(event.wait(Some(Duration::ZERO)).unwrap());
    }

    #[test]
    fn a_wait_is_never_shorter_than_asked_for_and_only_the_endless_one_is_endless() {
        assert_eq!(millis(None), INFINITE);
        assert_eq!(millis(Some(Duration::ZERO)), 0);
        assert_eq!(millis(Some(Duration::from_nanos(1))), 1);
        assert_eq!(millis(Some(Duration::from_millis(7))), 7);
        assert_eq!(millis(Some(Duration::from_millis(u32::MAX.into()))), INFINITE - 1);
        assert_eq!(millis(Some(Duration::MAX)), INFINITE - 1);
    }
}

//! Events: what threads and operations wait on.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Threading::{
    CreateEventW, EVENT_MODIFY_STATE, INFINITE, OpenEventW, ResetEvent, SYNCHRONIZATION_SYNCHRONIZE,
    SetEvent, WaitForSingleObject,
};

use super::{created, local, opened};

/// An event.
#[derive(Debug)]
pub(crate) struct Event(OwnedHandle);

impl Event {
    /// `CreateEventW`: one that stays signalled until it is reset. It is not signalled.
    pub(super) fn lasting() -> io::Result<Self> {
        // SAFETY: no attributes and no name are null pointers. The call makes a handle of its own.
        unsafe { opened(CreateEventW(ptr::null(), 1, 0, ptr::null())) }.map(Self)
    }

    /// `CreateEventW`: one of this name that one wait takes.
    pub(crate) fn create(name: &str) -> io::Result<Self> {
        let name = local(name);
        // SAFETY: no attributes are a null pointer. The name is UTF-16 with a NUL at its end and outlives the call, which
        // makes a handle of its own.
        unsafe { created(|| CreateEventW(ptr::null(), 0, 0, name.as_ptr())) }.map(Self)
    }

    /// `OpenEventW`: one that another process has made.
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        let name = local(name);
        let access = EVENT_MODIFY_STATE | SYNCHRONIZATION_SYNCHRONIZE;
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call, which makes a handle of its own.
        unsafe { opened(OpenEventW(access, 0, name.as_ptr())) }.map(Self)
    }

    /// `SetEvent`.
    #[inline]
    pub(crate) fn set(&self) {
        // SAFETY: the handle is open for as long as `self` lives. The call fails only for one that is no event.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// `ResetEvent`.
    #[inline]
    pub(super) fn reset(&self) {
        // SAFETY: as in `set`.
        unsafe { ResetEvent(self.0.as_raw_handle()) };
    }

    /// `WaitForSingleObject`: until it is signalled.
    #[inline]
    pub(crate) fn wait(&self) {
        // SAFETY: the handle is open for as long as `self` lives, and may be waited for, so that the call does not fail.
        unsafe { WaitForSingleObject(self.0.as_raw_handle(), INFINITE) };
    }

    pub(super) fn handle(&self) -> HANDLE {
        self.0.as_raw_handle()
    }
}

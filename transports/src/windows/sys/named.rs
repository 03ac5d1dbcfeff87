//! Objects with a name, which are made or opened.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, ERROR_INVALID_HANDLE, HANDLE, SetLastError,
};

use super::{code, last_error};

/// The handle of a named object that `create` makes, which tells failure by null; `None` where there was something
/// of that name already.
///
/// # Safety
/// `create` has to give a handle that nobody else has, or null.
pub(super) unsafe fn created(create: impl FnOnce() -> HANDLE) -> io::Result<Option<OwnedHandle>> {
    // SAFETY: it only sets a variable of this thread, which the call may leave as it is where all is well.
    unsafe { SetLastError(0) };
    let handle = create();
    let error = last_error();
    if handle.is_null() {
        return match code(&error) {
            // Somebody else has made it, or it is of another kind.
            ERROR_ACCESS_DENIED | ERROR_INVALID_HANDLE => Ok(None),
            _ => Err(error),
        };
    }
    // SAFETY: by the caller's promise.
    let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
    Ok((code(&error) != ERROR_ALREADY_EXISTS).then_some(handle))
}

/// The handle of a named object that a call has opened, which tells failure by null.
///
/// # Safety
/// Nobody else may have the handle.
pub(super) unsafe fn opened(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() {
        return Err(last_error());
    }
    // SAFETY: by the caller's promise.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

#[cfg(test)]
mod tests {
    use super::super::{Bell, Section, SecurityDescriptor};

    #[test]
    fn a_name_that_something_of_another_kind_has_is_taken() {
        let name = |test: &str| format!(r"Local\netipc-test-{}-{test}", std::process::id());
        let security = SecurityDescriptor::new().unwrap();
        let _bell = Bell::create(&name("bell"), &security).unwrap().unwrap();
        assert!(Section::<64>::create(&name("bell"), 64, &security).unwrap().is_none());
        let _section = Section::<64>::create(&name("section"), 64, &security).unwrap().unwrap();
        assert!(Bell::create(&name("section"), &security).unwrap().is_none());
    }
}

//! Every call of Windows that this crate makes, and all of its unsafe code there.

mod event;
mod operation;
mod pipe;
pub mod process;
mod view;

use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, HANDLE, SetLastError};

pub(crate) use event::Event;
pub(crate) use operation::Operation;
pub(crate) use pipe::{create_pipe, open_pipe};
pub(crate) use view::View;

/// A name that no other process has. Where one has it all the same, nothing is made.
pub(crate) fn new_name() -> String {
    format!("netipc-floor-{}-{:016x}", std::process::id(), fastrand::u64(..))
}

/// A string as Windows takes it: UTF-16, ended by a NUL.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The name of an object that the processes of this session see.
fn local(name: &str) -> Vec<u16> {
    wide(&format!(r"Local\{name}"))
}

/// The outcome of a call that tells failure by 0.
fn succeeded(result: windows_sys::core::BOOL) -> io::Result<()> {
    if result == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The handle of a named object that `create` makes, which tells failure by null. One that exists already is a failure too.
///
/// # Safety
/// `create` has to give a handle that nobody else has, or null.
#[allow(unsafe_code, reason = "handles")]
unsafe fn created(create: impl FnOnce() -> HANDLE) -> io::Result<OwnedHandle> {
    // SAFETY: it only sets a variable of this thread, which the call may leave as it is where all is well.
    unsafe { SetLastError(0) };
    let handle = create();
    let error = io::Error::last_os_error();
    if handle.is_null() {
        return Err(error);
    }
    // SAFETY: by the caller's promise.
    let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
    if error.raw_os_error() == Some(ERROR_ALREADY_EXISTS.cast_signed()) { Err(error) } else { Ok(handle) }
}

/// The handle that a call has opened, which tells failure by null.
///
/// # Safety
/// Nobody else may have the handle.
#[allow(unsafe_code, reason = "handles")]
unsafe fn opened(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: by the caller's promise.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

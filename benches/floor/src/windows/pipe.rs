//! Named pipes in message mode.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, PIPE_ACCESS_DUPLEX,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, PIPE_READMODE_MESSAGE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_MESSAGE,
    SetNamedPipeHandleState,
};

use super::{succeeded, wide};

fn path(name: &str) -> Vec<u16> {
    wide(&format!(r"\\.\pipe\{name}"))
}

/// `CreateNamedPipeW`: the first end of a pipe of this name, for one client, with buffers of so many bytes.
pub(crate) fn create_pipe(name: &str, buffer_bytes: u32) -> io::Result<OwnedHandle> {
    let name = path(name);
    let open_mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE;
    let pipe_mode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS;
    // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call. No attributes are a null pointer.
    owned(unsafe {
        CreateNamedPipeW(name.as_ptr(), open_mode, pipe_mode, 1, buffer_bytes, buffer_bytes, 0, ptr::null())
    })
}

/// `CreateFileW`, then `SetNamedPipeHandleState`: the other end.
pub(crate) fn open_pipe(name: &str) -> io::Result<OwnedHandle> {
    let (name, nobody) = (path(name), ptr::null_mut());
    let access = GENERIC_READ | GENERIC_WRITE;
    // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call. No attributes and no template are null.
    let pipe = owned(unsafe {
        CreateFileW(name.as_ptr(), access, 0, ptr::null(), OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nobody)
    })?;
    let mode = PIPE_READMODE_MESSAGE;
    // SAFETY: the handle is open; the mode is a variable that outlives the call, and what is null is not changed.
    succeeded(unsafe {
        SetNamedPipeHandleState(pipe.as_raw_handle(), &raw const mode, ptr::null(), ptr::null())
    })?;
    Ok(pipe)
}

/// The handle that a call has made.
fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

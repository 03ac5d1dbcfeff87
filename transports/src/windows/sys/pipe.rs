//! Named pipes.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, FILE_FLAGS_AND_ATTRIBUTES,
    OPEN_EXISTING, PIPE_ACCESS_DUPLEX, SECURITY_IDENTIFICATION, SECURITY_SQOS_PRESENT,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, DisconnectNamedPipe, GetNamedPipeClientProcessId, GetNamedPipeClientSessionId,
    GetNamedPipeServerProcessId, GetNamedPipeServerSessionId, NAMED_PIPE_MODE, PIPE_READMODE_MESSAGE,
    PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES, PeekNamedPipe,
    SetNamedPipeHandleState,
};
use windows_sys::core::BOOL;

use super::security::Attributes;
use super::{SecurityDescriptor, last_error, succeeded, wide};

/// Messages in both directions, and nobody from another machine. (Calls wait, which those that are overlapped do not.)
const PIPE_MODE: NAMED_PIPE_MODE = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS;

/// A client opens it for both directions, and lets its server know who it is, but not act in its name.
const CLIENT_FLAGS: FILE_FLAGS_AND_ATTRIBUTES =
    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;

/// What `CreateNamedPipeW` is asked for: an instance of a pipe.
pub(crate) struct NewInstance<'a> {
    name: Vec<u16>,
    open_mode: FILE_FLAGS_AND_ATTRIBUTES,
    pipe_mode: NAMED_PIPE_MODE,
    max_instances: u32,
    /// In each direction.
    buffer_bytes: u32,
    security: Attributes<'a>,
}

impl<'a> NewInstance<'a> {
    /// The first instance of its name, which there is only if nobody has made one already.
    pub(crate) fn first(name: &str, buffer_bytes: u32, security: &'a SecurityDescriptor) -> Self {
        let next = Self::next(name, buffer_bytes, security);
        Self { open_mode: next.open_mode | FILE_FLAG_FIRST_PIPE_INSTANCE, ..next }
    }

    /// One more.
    pub(crate) fn next(name: &str, buffer_bytes: u32, security: &'a SecurityDescriptor) -> Self {
        Self {
            name: wide(name),
            open_mode: PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
            pipe_mode: PIPE_MODE,
            max_instances: PIPE_UNLIMITED_INSTANCES,
            buffer_bytes,
            security: security.attributes(),
        }
    }

    /// `CreateNamedPipeW`. No child process inherits it.
    pub(crate) fn create(&self) -> io::Result<OwnedHandle> {
        // SAFETY: the name is UTF-16 with a NUL at its end. Name, attributes and the descriptor that these point to outlive
        // the call, which keeps none of them.
        let handle = unsafe {
            CreateNamedPipeW(
                self.name.as_ptr(),
                self.open_mode,
                self.pipe_mode,
                self.max_instances,
                self.buffer_bytes,
                self.buffer_bytes,
                0,
                self.security.as_ptr(),
            )
        };
        owned(handle)
    }
}

/// A client's end of the pipe of this name, which reads messages. No child process inherits it.
pub(crate) fn open_pipe(name: &str) -> io::Result<OwnedHandle> {
    let pipe = open_any_pipe(name)?;
    read_messages(pipe.as_handle())?;
    Ok(pipe)
}

/// `CreateFileW`: a client's end of the pipe of this name, whatever that carries. It reads bytes.
pub(crate) fn open_any_pipe(name: &str) -> io::Result<OwnedHandle> {
    let (name, nobody) = (wide(name), ptr::null_mut());
    let access = GENERIC_READ | GENERIC_WRITE;
    // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call. No attributes and no template are null.
    let handle =
        unsafe { CreateFileW(name.as_ptr(), access, 0, ptr::null(), OPEN_EXISTING, CLIENT_FLAGS, nobody) };
    owned(handle)
}

/// `SetNamedPipeHandleState`: a client's end reads messages from now on. One whose pipe carries bytes cannot.
pub(crate) fn read_messages(pipe: BorrowedHandle<'_>) -> io::Result<()> {
    let mode = PIPE_READMODE_MESSAGE;
    // SAFETY: the handle is open; the mode is a variable that outlives the call, and what is null is not changed.
    succeeded(unsafe {
        SetNamedPipeHandleState(pipe.as_raw_handle(), &raw const mode, ptr::null(), ptr::null())
    })
}

/// `DisconnectNamedPipe`: throws the client of an instance out, so that the instance can wait for another one.
pub(crate) fn disconnect(pipe: BorrowedHandle<'_>) -> io::Result<()> {
    // SAFETY: the handle is open.
    succeeded(unsafe { DisconnectNamedPipe(pipe.as_raw_handle()) })
}

/// `PeekNamedPipe`: how many bytes, of all messages together, wait to be read.
pub(crate) fn pending_bytes(pipe: BorrowedHandle<'_>) -> io::Result<usize> {
    let (mut bytes, none) = (0, ptr::null_mut());
    // SAFETY: the handle is open, and `bytes` a variable that outlives the call. What is null is not asked for.
    let result = unsafe {
        PeekNamedPipe(pipe.as_raw_handle(), none, 0, ptr::null_mut(), &raw mut bytes, ptr::null_mut())
    };
    succeeded(result).map(|()| bytes as usize)
}

/// `GetNamedPipeClientProcessId`, of a server's end.
pub(crate) fn client_process_id(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    number(pipe, GetNamedPipeClientProcessId)
}

/// `GetNamedPipeServerProcessId`, of a client's end.
pub(crate) fn server_process_id(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    number(pipe, GetNamedPipeServerProcessId)
}

/// `GetNamedPipeClientSessionId`, of a server's end: the session of Windows that the client is in.
pub(crate) fn client_windows_session(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    number(pipe, GetNamedPipeClientSessionId)
}

/// `GetNamedPipeServerSessionId`, of a client's end: the session of Windows that the server is in.
pub(crate) fn server_windows_session(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    number(pipe, GetNamedPipeServerSessionId)
}

fn number(
    pipe: BorrowedHandle<'_>,
    get: unsafe extern "system" fn(HANDLE, *mut u32) -> BOOL,
) -> io::Result<u32> {
    let mut id = 0;
    // SAFETY: `get` is one of the four calls above. The handle is open, and `id` a variable that outlives the call.
    succeeded(unsafe { get(pipe.as_raw_handle(), &raw mut id) }).map(|()| id)
}

/// The handle that a call has made.
fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle == INVALID_HANDLE_VALUE {
        return Err(last_error());
    }
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// A pipe of this name that carries bytes, as no server of the contract makes one.
#[cfg(test)]
pub(crate) fn create_byte_pipe(name: &str) -> io::Result<OwnedHandle> {
    use windows_sys::Win32::System::Pipes::PIPE_TYPE_BYTE;

    let security = SecurityDescriptor::new()?;
    let of_messages = NewInstance::first(name, 4_096, &security);
    NewInstance { pipe_mode: PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, ..of_messages }.create()
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Foundation::ERROR_INVALID_PARAMETER;

    use super::super::{code, own_windows_session};
    use super::*;

    // What these say cannot be tried under Wine, which ignores them.

    #[test]
    fn only_the_first_instance_is_exclusive() {
        let security = SecurityDescriptor::new().unwrap();
        // Duplex, overlapped, and of the first also FILE_FLAG_FIRST_PIPE_INSTANCE.
        assert_eq!(NewInstance::first("name", 4_096, &security).open_mode, 0x4008_0003);
        assert_eq!(NewInstance::next("name", 4_096, &security).open_mode, 0x4000_0003);
    }

    #[test]
    fn pipes_carry_messages_and_reject_other_machines() {
        let security = SecurityDescriptor::new().unwrap();
        for make in [NewInstance::first, NewInstance::next] {
            let asked = make("name", 4_096, &security);
            assert_eq!(asked.pipe_mode, 0x04 | 0x02 | 0x08);
            assert_eq!((asked.max_instances, asked.buffer_bytes), (255, 4_096));
            assert_eq!(asked.name, wide("name"));
        }
    }

    #[test]
    fn every_instance_has_the_servers_security_descriptor() {
        let security = SecurityDescriptor::new().unwrap();
        for make in [NewInstance::first, NewInstance::next] {
            let asked = make("name", 4_096, &security).security;
            assert!(asked.refers_to(&security));
        }
    }

    #[test]
    fn a_server_may_know_its_client_and_not_act_for_it() {
        assert_eq!(CLIENT_FLAGS & 0x001f_0000, 0x0011_0000);
    }

    #[test]
    fn a_pipe_that_carries_bytes_cannot_be_opened_for_messages() {
        let name = format!(r"\\.\pipe\netipc-test-{}-bytes", std::process::id());
        let _pipe = create_byte_pipe(&name).unwrap();
        assert_eq!(code(&open_pipe(&name).unwrap_err()), ERROR_INVALID_PARAMETER);
    }

    #[test]
    fn both_ends_are_told_the_others_windows_session() {
        let name = format!(r"\\.\pipe\netipc-test-{}-session", std::process::id());
        let instance =
            NewInstance::first(&name, 4_096, &SecurityDescriptor::new().unwrap()).create().unwrap();
        let opened = open_pipe(&name).unwrap();
        let own = own_windows_session().unwrap();
        assert_eq!(server_windows_session(opened.as_handle()).unwrap(), own);
        assert_eq!(client_windows_session(instance.as_handle()).unwrap(), own);
    }
}

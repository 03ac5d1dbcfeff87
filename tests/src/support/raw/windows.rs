//! How packets move on Windows.
#![allow(unsafe_code, reason = "the standard library opens pipes, but makes none")]

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle};
use std::ptr;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use netipc_transport::Endpoint;
use windows_sys::Win32::Foundation::{
    ERROR_NO_DATA, ERROR_PIPE_BUSY, ERROR_PIPE_CONNECTED, INVALID_HANDLE_VALUE, WAIT_OBJECT_0,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAGS_AND_ATTRIBUTES, PIPE_ACCESS_DUPLEX,
};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, PIPE_READMODE_MESSAGE, PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
    SetNamedPipeHandleState,
};
use windows_sys::Win32::System::Threading::WaitForSingleObject;

/// One end of a connection.
#[derive(Debug)]
pub struct Raw {
    file: File,
}

impl Raw {
    pub fn connect(endpoint: &Endpoint) -> Self {
        let file = open(endpoint.pipe_name());
        let mode = PIPE_READMODE_MESSAGE;
        // SAFETY: the handle is open; the mode outlives the call, and what is null is not changed.
        let done = unsafe {
            SetNamedPipeHandleState(file.as_raw_handle(), &raw const mode, ptr::null(), ptr::null())
        };
        assert_ne!(done, 0, "{}", io::Error::last_os_error());
        Self { file }
    }

    pub fn try_send(&self, packet: &[u8]) -> io::Result<usize> {
        (&self.file).write(packet)
    }

    pub fn try_receive(&self) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; 1 << 20];
        let len = (&self.file).read(&mut buffer)?;
        buffer.truncate(len);
        Ok(buffer)
    }
}

/// Opens a pipe, as soon as one of its instances is free.
fn open(name: &str) -> File {
    loop {
        match File::options().read(true).write(true).open(name) {
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY.cast_signed()) => {
                thread::sleep(Duration::from_millis(1));
            }
            opened => return opened.unwrap(),
        }
    }
}

/// A server's pipe that does as it is told.
#[derive(Debug)]
pub struct RawListener {
    name: String,
    /// The instance that the next client gets.
    next: Mutex<File>,
}

impl RawListener {
    pub fn at(endpoint: &Endpoint) -> Self {
        let name = endpoint.pipe_name().to_owned();
        let next = Mutex::new(instance(&name));
        Self { name, next }
    }

    /// One that has room for a single connection that it has not accepted.
    pub fn without_room(endpoint: &Endpoint) -> Self {
        // There is never more than the one instance.
        Self::at(endpoint)
    }

    pub fn accept(&self) -> Raw {
        let mut next = self.next.lock().unwrap();
        // SAFETY: the handle is open. The call returns when there is a client.
        let done = unsafe { ConnectNamedPipe(next.as_raw_handle(), ptr::null_mut()) };
        let error = io::Error::last_os_error();
        // One that has gone again was there too.
        let is_connected = [ERROR_PIPE_CONNECTED, ERROR_NO_DATA]
            .iter()
            .any(|code| error.raw_os_error() == Some(code.cast_signed()));
        assert!(done != 0 || is_connected, "{error}");
        Raw { file: std::mem::replace(&mut *next, instance(&self.name)) }
    }
}

/// Whether the system makes no second "first" instance of a pipe. Wine does, so that two servers of one name do not notice
/// each other there.
pub fn first_instances_are_exclusive() -> bool {
    let name = format!(r"\\.\pipe\netipc-tests-{}-{:?}", std::process::id(), thread::current().id());
    let first = || try_instance(&name, FILE_FLAG_FIRST_PIPE_INSTANCE);
    let one = first().unwrap();
    let other = first();
    drop(one);
    other.is_err()
}

/// Whether a handle is signalled within so long.
pub fn is_signalled(handle: BorrowedHandle<'_>, within: Duration) -> bool {
    let millis = u32::try_from(within.as_millis()).unwrap();
    // SAFETY: the handle is open.
    unsafe { WaitForSingleObject(handle.as_raw_handle(), millis) == WAIT_OBJECT_0 }
}

/// An instance of a pipe whose calls wait.
fn instance(name: &str) -> File {
    try_instance(name, 0).unwrap()
}

fn try_instance(name: &str, flags: FILE_FLAGS_AND_ATTRIBUTES) -> io::Result<File> {
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let (mode, buffer) = (PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1 << 16);
    // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call; no attributes are null.
    let handle = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            PIPE_ACCESS_DUPLEX | flags,
            mode,
            PIPE_UNLIMITED_INSTANCES,
            buffer,
            buffer,
            0,
            ptr::null(),
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    Ok(unsafe { File::from_raw_handle(handle) })
}

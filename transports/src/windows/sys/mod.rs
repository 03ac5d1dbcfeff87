//! Every call of Windows that this crate makes, and all of its unsafe code there: small types whose safe methods keep what
//! the calls ask for.
//!
//! Errors are [`io::Error`] with the code of `GetLastError`; [`code`] gives that back.

mod bell;
mod closable;
mod event;
mod named;
mod operation;
mod pipe;
mod process;
mod section;
mod security;

pub(crate) use bell::Bell;
pub(crate) use closable::ClosableHandle;
pub(crate) use event::Event;
pub(crate) use operation::{Operation, Transferred};
#[cfg(test)]
pub(crate) use pipe::create_byte_pipe;
pub(crate) use pipe::{
    NewInstance, client_process_id, client_windows_session, disconnect, open_any_pipe, open_pipe,
    pending_bytes, read_messages, server_process_id, server_windows_session,
};
pub(crate) use process::{cpus_of, own_cpus, own_user, own_windows_session, user_of, windows_session_of};
pub(crate) use section::Section;
pub(crate) use security::{SecurityDescriptor, owner_of};

use std::io;

use windows_sys::Win32::Foundation::WIN32_ERROR;

/// A string as Windows takes it: UTF-16, ended by a NUL. What has a NUL inside ends there, so that callers check first.
pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The code of an error that a call has given.
pub(crate) fn code(error: &io::Error) -> WIN32_ERROR {
    error.raw_os_error().map_or(0, i32::cast_unsigned)
}

/// What a call that has failed says.
fn last_error() -> io::Error {
    io::Error::last_os_error()
}

/// The outcome of a call that tells failure by 0.
fn succeeded(result: windows_sys::core::BOOL) -> io::Result<()> {
    if result == 0 { Err(last_error()) } else { Ok(()) }
}

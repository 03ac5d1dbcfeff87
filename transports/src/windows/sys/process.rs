//! Processes: where they may run, and for whom.
#![allow(unsafe_code, reason = "calls of Windows")]

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{
    GetTokenInformation, PSID, SECURITY_MAX_SID_SIZE, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetProcessAffinityMask, OpenProcess, OpenProcessToken,
    PROCESS_QUERY_LIMITED_INFORMATION,
};

use super::security::Local;
use super::{last_error, succeeded};

/// This process.
pub(super) fn current_process() -> BorrowedHandle<'static> {
    // SAFETY: the call cannot fail. It gives a number that stands for the calling process as long as that lives, and that
    // nobody has to close.
    unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) }
}

/// So many structures have room for any user's identifier.
const IDENTIFIER: usize = (SECURITY_MAX_SID_SIZE as usize).div_ceil(size_of::<TOKEN_USER>());

fn open_process(id: u32) -> io::Result<OwnedHandle> {
    // SAFETY: the call takes numbers only.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id) };
    if handle.is_null() {
        return Err(last_error());
    }
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// The CPUs that this process may run on, as a mask; 0 where it runs on several groups of them.
pub(crate) fn own_cpus() -> io::Result<usize> {
    cpus(current_process())
}

/// The CPUs that another process may run on.
pub(crate) fn cpus_of(process_id: u32) -> io::Result<usize> {
    cpus(open_process(process_id)?.as_handle())
}

fn cpus(process: BorrowedHandle<'_>) -> io::Result<usize> {
    let (mut own, mut all) = (0, 0);
    // SAFETY: the handle is open, and the masks are variables that outlive the call.
    succeeded(unsafe { GetProcessAffinityMask(process.as_raw_handle(), &raw mut own, &raw mut all) })?;
    Ok(own)
}

/// The session of Windows that this process is in.
pub(crate) fn own_windows_session() -> io::Result<u32> {
    windows_session_of(std::process::id())
}

/// `ProcessIdToSessionId`: the session of Windows that a process is in.
pub(crate) fn windows_session_of(process_id: u32) -> io::Result<u32> {
    let mut session = 0;
    // SAFETY: the call takes a number, and a variable that outlives it.
    succeeded(unsafe { ProcessIdToSessionId(process_id, &raw mut session) }).map(|()| session)
}

/// The user of this process, as Windows writes it: `S-1-5-…`.
pub(crate) fn own_user() -> io::Result<String> {
    user_of_process(current_process())
}

/// The user of a process.
pub(crate) fn user_of(process_id: u32) -> io::Result<String> {
    user_of_process(open_process(process_id)?.as_handle())
}

fn user_of_process(process: BorrowedHandle<'_>) -> io::Result<String> {
    let mut token = ptr::null_mut();
    // SAFETY: the handle is open, and the variable for the result outlives the call.
    succeeded(unsafe { OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // A user is described by a structure and the identifier that it points to.
    let mut place = [TOKEN_USER::default(); 1 + IDENTIFIER];
    let (room, mut len) = (u32::try_from(size_of_val(&place)).unwrap_or(0), 0);
    // SAFETY: the handle is open; the place has so many bytes, is aligned for the structure, and outlives the call and all
    // uses of what is put there.
    succeeded(unsafe {
        GetTokenInformation(token.as_raw_handle(), TokenUser, place.as_mut_ptr().cast(), room, &raw mut len)
    })?;
    // SAFETY: the call has put the structure at the place's start, and its `Sid` points to an identifier in the place.
    unsafe { words(place[0].User.Sid) }
}

/// An identifier, as Windows writes it: `S-1-5-…`.
///
/// # Safety
/// `sid` points to an identifier that lives as long as this call.
pub(super) unsafe fn words(sid: PSID) -> io::Result<String> {
    let mut text = ptr::null_mut();
    // SAFETY: `sid` is one, by the contract of this function. The variable for the result outlives the call.
    succeeded(unsafe { ConvertSidToStringSidW(sid, &raw mut text) })?;
    // SAFETY: the call allocates a text by `LocalAlloc` for its caller to free, in UTF-16 with a NUL at its end.
    Ok(unsafe { Local::new(text.cast())?.into_text() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_user_and_cpus_whoever_asks() {
        let own = own_user().unwrap();
        assert!(own.starts_with("S-1-"), "{own}");
        assert_eq!(user_of(std::process::id()).unwrap(), own);
        let cpus = own_cpus().unwrap();
        assert_ne!(cpus, 0);
        assert_eq!(cpus_of(std::process::id()).unwrap(), cpus);
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(user_of(u32::MAX).is_err());
        assert!(cpus_of(u32::MAX).is_err());
    }
}

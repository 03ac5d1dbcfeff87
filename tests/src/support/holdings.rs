//! What this process holds on Windows.
#![allow(unsafe_code, reason = "the standard library does not count")]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{GetHandleInformation, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
};

/// Values of handles are multiples of 4, of which low ones are taken first. No test has nearly so many open.
const HANDLES: usize = 4_096;

/// Open handles, which are tried one by one: Wine 8 counts none in `GetProcessHandleCount`.
pub fn handles() -> usize {
    let is_open = |handle: &usize| {
        let mut flags = 0;
        // SAFETY: the call refuses what is no open handle, and changes nothing; the variable outlives it.
        unsafe { GetHandleInformation(ptr::without_provenance_mut(4 * handle), &raw mut flags) != 0 }
    };
    (1..=HANDLES).filter(is_open).count()
}

/// Threads, of all kinds.
pub fn threads() -> usize {
    // SAFETY: the call takes numbers only.
    let handle = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0) };
    assert_ne!(handle, INVALID_HANDLE_VALUE, "{}", io::Error::last_os_error());
    // SAFETY: the handle was made just now, is open, and nobody else has it.
    let list = unsafe { OwnedHandle::from_raw_handle(handle) };
    let mut entry =
        THREADENTRY32 { dwSize: size_of::<THREADENTRY32>().try_into().unwrap(), ..THREADENTRY32::default() };
    let mut own = 0;
    // SAFETY: the handle is open, and the entry, which says how long it is, outlives the call.
    let mut found = unsafe { Thread32First(list.as_raw_handle(), &raw mut entry) };
    while found != 0 {
        own += usize::from(entry.th32OwnerProcessID == std::process::id());
        // SAFETY: as above.
        found = unsafe { Thread32Next(list.as_raw_handle(), &raw mut entry) };
    }
    own
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    // One test, so that no other one opens or starts anything meanwhile.
    #[test]
    fn what_is_opened_and_started_is_counted() {
        let before = handles();
        let files: Vec<_> = (0..10).map(|_| File::open("NUL").unwrap()).collect();
        assert_eq!(handles(), before + files.len());
        drop(files);
        assert_eq!(handles(), before);

        let (before, barrier) = (threads(), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| barrier.wait());
            assert_eq!(threads(), before + 1);
            barrier.wait();
        });
    }
}

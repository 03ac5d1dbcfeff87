//! Surviving the truncation of a region.
//!
//! Contract: `docs/contract/posix.md`, "Attaching"; `docs/security.md`.
#![allow(unsafe_code, reason = "there is no other way to handle SIGBUS")]

use std::ffi::c_void;
use std::io;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

use nix::libc::{
    self, SA_ONSTACK, SA_RESETHAND, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, c_int, sigaction, siginfo_t,
};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use super::registry;
use crate::posix::sys::enter;

/// What was there before. Never freed: a handler may run at any time.
static PREVIOUS: AtomicPtr<sigaction> = AtomicPtr::new(ptr::null_mut());

/// Whether the handler is there. Whoever comes second waits until it is.
static INSTALLED: Mutex<bool> = Mutex::new(false);

/// Makes the truncation of a shared-memory session's file an error of that session instead of the end of the process.
///
/// Whoever may write a region's file, which is this process's user, the server's, and root, may also truncate it. The
/// next access to the lost bytes raises SIGBUS, which ends the process unless it is handled. This installs a handler
/// for the life of the process: it knows the regions that this library has mapped, puts zeros in the place of one that
/// has lost its file, and has the operation fail with [`io::ErrorKind::UnexpectedEof`]. Every other SIGBUS goes to the
/// handler that was there before, or does what it did before.
///
/// Opt-in, because signals belong to the program and not to a library. Call it at the start, after whatever else
/// installs a handler for SIGBUS. Once it has succeeded, calling it again does nothing.
///
/// Contract: `docs/contract/posix.md`, "Attaching".
///
/// ```
/// netipc_transport::guard_against_truncation()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// What `sigaction(2)` says; not expected.
pub fn guard_against_truncation() -> io::Result<()> {
    // No code that can panic runs under this lock.
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if *installed {
        return Ok(());
    }
    let before = exchange(None)?;
    // Known before the handler can run.
    remember(before);
    // The mask and the flags of whoever was there, who is called with them.
    let mut ours = before;
    ours.sa_sigaction = handle as *const () as libc::sighandler_t;
    ours.sa_flags = (before.sa_flags | SA_SIGINFO | SA_ONSTACK) & !SA_RESETHAND;
    let replaced = exchange(Some(&ours))?;
    if replaced.sa_sigaction != before.sa_sigaction || replaced.sa_flags != before.sa_flags {
        // Somebody has installed another one in between.
        remember(replaced);
    }
    *installed = true;
    Ok(())
}

/// Installs a handler, where one is given; tells what was there before.
fn exchange(new: Option<&sigaction>) -> io::Result<sigaction> {
    enter("sigaction")?;
    // SAFETY: all-zero is a valid value: no flags, an empty mask, the default action.
    let mut before: sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null pointer asks for the action alone; else it is `handle` with SA_SIGINFO, whose signature it has and
    // which does only what a handler may do. `before` has room for the answer.
    let result = unsafe { sigaction(SIGBUS, new.map_or(ptr::null(), ptr::from_ref), &raw mut before) };
    if result == 0 { Ok(before) } else { Err(io::Error::last_os_error()) }
}

fn remember(previous: sigaction) {
    PREVIOUS.store(Box::into_raw(Box::new(previous)), Ordering::Release);
}

/// Runs in the middle of anything: it takes no lock, allocates nothing, and makes two system calls at most.
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel hands over a valid structure.
    let code = unsafe { (*info).si_code };
    // Above zero it is the kernel that speaks, of an address.
    let is_fault = code > 0;
    if is_fault {
        // SAFETY: as above, and a fault has an address.
        let address = unsafe { (*info).si_addr() } as usize;
        if replace(address) {
            return;
        }
    }
    hand_on(signal, info, context, is_fault);
}

/// Puts zeros in the place of the region that `address` lies in; tells whether it lies in one.
fn replace(address: usize) -> bool {
    let Some((slot, start, len)) = registry::find(address) else { return false };
    let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE | MapFlags::FIXED);
    let place = ptr::with_exposed_provenance_mut(start);
    // SAFETY: the place is a whole mapping of this library's, the one in which this thread's access has faulted. For
    // start and length are those of one mapping, never of two (`slot`); a mapping is in the registry only while it is
    // there; and mappings that are there at one time do not overlap, so that no other one holds the address while this
    // thread is in it. Whoever uses a mapping keeps it mapped, so that it is not being unmapped either. References into
    // it are to atomics, for which zeros are a value like any other that a peer may have written.
    let replaced = unsafe { mmap_anonymous(place, len, access, flags) };
    // Before the access is made again.
    slot.truncate();
    replaced.is_ok()
}

/// Does what would have been done without this handler.
fn hand_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void, is_fault: bool) {
    // SAFETY: it is null or what `remember` has stored, which is never freed.
    match unsafe { PREVIOUS.load(Ordering::Acquire).as_ref() } {
        Some(previous) if previous.sa_sigaction == SIG_IGN && !is_fault => {}
        Some(previous) if previous.sa_sigaction != SIG_DFL && previous.sa_sigaction != SIG_IGN => {
            if previous.sa_flags & SA_SIGINFO != 0 {
                // SAFETY: whoever installed this address with this flag said that it is such a function.
                let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) =
                    unsafe { mem::transmute(previous.sa_sigaction) };
                handler(signal, info, context);
            } else {
                // SAFETY: the same without the flag.
                let handler: extern "C" fn(c_int) = unsafe { mem::transmute(previous.sa_sigaction) };
                handler(signal);
            }
        }
        _ => {
            // SAFETY: all-zero is the default action. A fault is met again when this returns, and a signal that somebody
            // has sent is sent again; it comes when this returns.
            unsafe {
                let default: sigaction = mem::zeroed();
                sigaction(signal, &raw const default, ptr::null_mut());
                if !is_fault {
                    libc::raise(signal);
                }
            }
        }
    }
}

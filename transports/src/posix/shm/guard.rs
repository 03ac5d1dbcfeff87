//! Surviving the truncation of a region.
//!
//! Contract: `docs/contract/posix.md`, "Attaching"; `docs/security.md`.
#![allow(unsafe_code, reason = "there is no other way to handle SIGBUS")]

use std::ffi::c_void;
use std::io;
use std::mem;
use std::ptr;
use std::sync::OnceLock;

use nix::libc::{self, SA_ONSTACK, SA_RESETHAND, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, c_int, siginfo_t};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use super::registry;

/// What was there before.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Makes the truncation of a shared-memory session's file an error of that session instead of the end of the process.
///
/// Whoever may write a region's file, which is this process's user, the server's, and root, may also truncate it. The
/// next access to the lost bytes raises SIGBUS, which ends the process unless it is handled. This installs a handler
/// for the life of the process: it knows the regions that this library has mapped, puts zeros in the place of one that
/// has lost its file, and has the operation fail with [`io::ErrorKind::UnexpectedEof`]. Every other SIGBUS goes to the
/// handler that was there before, or does what it did before.
///
/// Opt-in, because signals belong to the program and not to a library. Call it at the start, after whatever else
/// installs a handler for SIGBUS; calling it again does nothing.
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
    // SAFETY: all-zero is a valid value: no flags, an empty mask, the default action.
    let mut before: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null pointer asks for the action alone, and `before` has room for it.
    checked(unsafe { libc::sigaction(SIGBUS, ptr::null(), &raw mut before) })?;
    // Known before the handler can run. Whoever comes second has nothing to do.
    if PREVIOUS.set(before).is_err() {
        return Ok(());
    }
    // The mask and the flags of whoever was there, who is called with them.
    let mut ours = before;
    ours.sa_sigaction = handle as *const () as libc::sighandler_t;
    ours.sa_flags = (before.sa_flags | SA_SIGINFO | SA_ONSTACK) & !SA_RESETHAND;
    // SAFETY: `handle` has the signature that SA_SIGINFO asks for, and does only what a handler may do.
    checked(unsafe { libc::sigaction(SIGBUS, &raw const ours, ptr::null_mut()) })
}

fn checked(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
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
    match PREVIOUS.get() {
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
                let default: libc::sigaction = mem::zeroed();
                libc::sigaction(signal, &raw const default, ptr::null_mut());
                if !is_fault {
                    libc::raise(signal);
                }
            }
        }
    }
}

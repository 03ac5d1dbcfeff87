//! A file that two processes have mapped, as atomics. The only unsafe code of this crate.
#![allow(unsafe_code, reason = "mapping memory, and making references into it")]

use std::io;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// Bytes of the first page, which has the control words.
pub(crate) const CONTROL_LEN: usize = 4096;

/// A mapping of a whole file: [`CONTROL_LEN`] bytes of control words and, behind them, data.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping belongs to the process and not to a thread, and is only ever accessed through atomics.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `len` bytes of `file`, which has so many and keeps them: nobody truncates it.
    ///
    /// # Errors
    /// A length that is not a multiple of [`CONTROL_LEN`] or has no data; what the OS says.
    pub(crate) fn new(file: BorrowedFd<'_>, len: usize) -> io::Result<Self> {
        if len <= CONTROL_LEN || !len.is_multiple_of(CONTROL_LEN) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses a free place, so that no memory that is in use is replaced.
        let base = unsafe { mmap(ptr::null_mut(), len, protection, MapFlags::SHARED, file, 0) }?;
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { base, len })
    }

    /// The control words.
    pub(crate) fn control(&self) -> &[AtomicU32] {
        // SAFETY: `new` has checked that the mapping has these bytes; they live as long as `self`. The base is aligned to
        // a page. Every value is valid, and in this process they are accessed through these atomics alone; what the other
        // process does to them are atomic accesses of the same size.
        unsafe { slice::from_raw_parts(self.base.as_ptr().cast(), CONTROL_LEN / size_of::<AtomicU32>()) }
    }

    /// The data.
    pub(crate) fn data(&self) -> &[AtomicU64] {
        let len = (self.len - CONTROL_LEN) / size_of::<AtomicU64>();
        // SAFETY: these bytes lie behind those of `control` and end within the mapping; for the rest as in `control`.
        unsafe { slice::from_raw_parts(self.base.as_ptr().add(CONTROL_LEN).cast(), len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length by `new`, and no reference into it outlives `self`.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok(), "it was mapped");
    }
}

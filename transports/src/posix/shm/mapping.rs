//! Mapping a region's file.
#![allow(unsafe_code, reason = "memory that another process writes cannot be had otherwise")]

use std::io;
use std::ops::Deref;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::header::HEADER_LEN;
use super::registry;
use super::slot::Slot;
use crate::posix::sys::enter;
use crate::shm::SharedBytes;

/// A file that is mapped into memory, from its start, shared and writable.
///
/// Invariant: the bytes are a whole mapping that lives as long as this.
#[derive(Debug)]
pub(super) struct Mapping {
    bytes: SharedBytes<HEADER_LEN>,
    /// Where a handler of SIGBUS finds it.
    slot: &'static Slot,
}

impl Mapping {
    /// Maps the first `len` bytes of a file that is at least so long.
    pub(super) fn new(file: BorrowedFd<'_>, len: usize) -> io::Result<Self> {
        if len < HEADER_LEN {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        enter("mmap")?;
        // SAFETY: with a null address the kernel chooses a place where nothing is mapped.
        let base = unsafe { mmap(ptr::null_mut(), len, access, flags, file, 0) }?;
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::Other)?;
        // SAFETY: it was mapped just now for reading and writing, which begins at a page. It is unmapped only when `self` is
        // dropped, and nobody but these bytes knows where it is. (A file that is truncated leaves the place mapped; docs of
        // the guard say what an access comes to.)
        let bytes = unsafe { SharedBytes::new(base, len) }.ok_or(io::ErrorKind::InvalidInput)?;
        let slot = registry::enter(base.as_ptr().expose_provenance(), len);
        Ok(Self { bytes, slot })
    }

    /// Whether it has lost its file, and an access has met that: what has been read since may be anything. Without
    /// [the guard](super::guard) such an access ends the process.
    #[inline]
    pub(super) fn is_truncated(&self) -> bool {
        self.slot.is_truncated()
    }
}

impl Deref for Mapping {
    type Target = SharedBytes<HEADER_LEN>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.bytes
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.slot.release();
        // SAFETY: it is a whole mapping, made by `new`, and no reference into it outlives `self`. It cannot fail for a
        // mapping that exists.
        let _ = unsafe { munmap(self.base().as_ptr().cast(), self.len()) };
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn two_mappings_of_a_file_are_the_same_memory() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(64).unwrap();
        let one = Mapping::new(file.as_fd(), 64).unwrap();
        let other = Mapping::new(file.as_fd(), 64).unwrap();
        one.word32::<56>().store(7, Ordering::Relaxed);
        one.word64::<32>().store(u64::MAX, Ordering::Relaxed);
        assert_eq!(other.word32::<56>().load(Ordering::Relaxed), 7);
        assert_eq!(other.word64::<32>().load(Ordering::Relaxed), u64::MAX);
    }

    #[test]
    fn a_mapping_has_room_for_a_header() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(Mapping::new(file.as_fd(), 63).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}

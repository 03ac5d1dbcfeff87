//! Shared bytes. Everything that touches them is in this file.
//!
//! Whoever else has the region writes whenever it likes. So no reference into the mapping exists but `&Atomic…`, all
//! accesses are atomic, and all accesses to the same place have the same size: words of 4 bytes and of 8 in the
//! header, words of 8 behind it.
#![allow(unsafe_code, reason = "memory that another process writes cannot be had otherwise")]

use std::io;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::header::HEADER_LEN;
use super::registry::{self, Slot};
use crate::posix::sys::enter;

/// Messages are copied in words of so many bytes.
const WORD: usize = size_of::<u64>();

/// A file that is mapped into memory, from its start, shared and writable.
///
/// Invariant: `base` is the start of a mapping of `len` bytes that lives as long as this, and `len` is at least
/// [`HEADER_LEN`].
#[derive(Debug)]
pub(super) struct Mapping {
    base: NonNull<u8>,
    len: usize,
    /// Where a handler of SIGBUS finds it.
    slot: &'static Slot,
}

// SAFETY: a mapping belongs to the process, not to a thread, and is accessed through atomics only.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

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
        let slot = registry::enter(base.as_ptr().expose_provenance(), len);
        Ok(Self { base, len, slot })
    }

    /// Whether it has lost its file, and an access has met that: what has been read since may be anything. Without
    /// [the guard](super::guard) such an access ends the process.
    #[inline]
    pub(super) fn is_truncated(&self) -> bool {
        self.slot.is_truncated()
    }

    /// The header's word of 4 bytes at `AT`.
    #[inline]
    pub(super) fn word32<const AT: usize>(&self) -> &AtomicU32 {
        const { assert!(AT.is_multiple_of(4) && AT + 4 <= HEADER_LEN) };
        // SAFETY: the word lies in the mapping, which has at least a header and lives as long as `self`; it is aligned,
        // because the mapping begins at a page and `AT` is a multiple of 4; and this process accesses it by these
        // atomics only, besides the header's being written before anybody else has the mapping.
        unsafe { AtomicU32::from_ptr(self.base.as_ptr().add(AT).cast()) }
    }

    /// The header's word of 8 bytes at `AT`.
    #[inline]
    pub(super) fn word64<const AT: usize>(&self) -> &AtomicU64 {
        const { assert!(AT.is_multiple_of(8) && AT + 8 <= HEADER_LEN) };
        // SAFETY: as in `word32`, with multiples of 8.
        unsafe { AtomicU64::from_ptr(self.base.as_ptr().add(AT).cast()) }
    }

    /// Whether `len` bytes at `at`, rounded up to whole words, lie in the mapping and begin at a word.
    #[inline]
    fn has_words(&self, at: usize, len: usize) -> bool {
        let end = len.checked_next_multiple_of(WORD).and_then(|len| len.checked_add(at));
        at.is_multiple_of(WORD) && end.is_some_and(|end| end <= self.len)
    }

    /// The word at `at`.
    ///
    /// # Safety
    /// It has to lie in the mapping and begin at a multiple of its length.
    #[inline]
    unsafe fn word(&self, at: usize) -> &AtomicU64 {
        // SAFETY: the caller's promise; the mapping begins at a page and lives as long as `self`; and this process
        // accesses what lies behind the header by these atomics only.
        unsafe { AtomicU64::from_ptr(self.base.as_ptr().add(at).cast()) }
    }

    /// Copies `bytes` to `at`, a multiple of 8. The last word is filled up with zeros. `None`, and nothing is
    /// written, where that is not inside of the mapping.
    #[inline]
    pub(super) fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()> {
        if !self.has_words(at, bytes.len()) {
            return None;
        }
        let (words, rest) = bytes.as_chunks::<WORD>();
        let mut to = at;
        for word in words {
            // SAFETY: `has_words` says so of all of them.
            unsafe { self.word(to) }.store(u64::from_ne_bytes(*word), Ordering::Relaxed);
            to += WORD;
        }
        if !rest.is_empty() {
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            // SAFETY: as above; the last one counts as a whole.
            unsafe { self.word(to) }.store(u64::from_ne_bytes(last), Ordering::Relaxed);
        }
        Some(())
    }

    /// Fills `bytes` with what stands at `at`, a multiple of 8. `None`, and nothing is read, where that is not inside
    /// of the mapping.
    #[inline]
    pub(super) fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()> {
        if !self.has_words(at, bytes.len()) {
            return None;
        }
        let (words, rest) = bytes.as_chunks_mut::<WORD>();
        let mut from = at;
        for word in words {
            // SAFETY: `has_words` says so of all of them.
            *word = unsafe { self.word(from) }.load(Ordering::Relaxed).to_ne_bytes();
            from += WORD;
        }
        if !rest.is_empty() {
            // SAFETY: as above; the last one counts as a whole.
            let last = unsafe { self.word(from) }.load(Ordering::Relaxed).to_ne_bytes();
            let len = rest.len();
            rest.copy_from_slice(&last[..len]);
        }
        Some(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.slot.release();
        // SAFETY: it is a whole mapping, made by `new`, and no reference into it outlives `self`. It cannot fail for a
        // mapping that exists.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    fn mapping(len: usize) -> Mapping {
        let file = tempfile::tempfile().unwrap();
        file.set_len(len as u64).unwrap();
        Mapping::new(file.as_fd(), len).unwrap()
    }

    #[test]
    fn what_is_copied_in_comes_out_whatever_its_length_and_place() {
        let mapping = mapping(256);
        for len in 0..70 {
            for skew in 0..8 {
                let private: Vec<u8> = (1..).take(skew + len).collect();
                mapping.copy_in(64, &private[skew..]).unwrap();
                let mut back = vec![0xff; skew + len];
                mapping.copy_out(64, &mut back[skew..]).unwrap();
                assert_eq!(back[skew..], private[skew..]);
            }
        }
    }

    #[test]
    fn the_last_word_is_filled_up_with_zeros() {
        let mapping = mapping(256);
        mapping.copy_in(64, &[0xff; 16]).unwrap();
        mapping.copy_in(64, &[1; 5]).unwrap();
        let mut back = [0; 16];
        mapping.copy_out(64, &mut back).unwrap();
        assert_eq!(back[..8], [1, 1, 1, 1, 1, 0, 0, 0]);
        assert_eq!(back[8..], [0xff; 8]);
    }

    #[test]
    fn nothing_is_copied_across_the_end() {
        let mapping = mapping(256);
        assert_eq!(mapping.copy_in(248, &[1; 8]), Some(()));
        for (at, len) in [(248, 9), (256, 1), (264, 0), (usize::MAX - 7, 8), (64, usize::MAX >> 1), (65, 1)] {
            assert!(!mapping.has_words(at, len), "{len} bytes at {at}");
        }
        assert_eq!(mapping.copy_in(249, &[1; 7]), None);
        assert_eq!(mapping.copy_out(256, &mut [0; 1]), None);
    }

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

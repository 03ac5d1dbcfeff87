//! Shared bytes. Everything that touches them is in this file.
//!
//! Whoever else has the region writes whenever it likes. So no reference into it exists but `&Atomic…`, all accesses are
//! atomic, and all accesses to the same place have the same size: words of 4 bytes and of 8 in the header, words of 8
//! behind it.
#![allow(unsafe_code, reason = "memory that another process writes cannot be had otherwise")]

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Messages are copied in words of so many bytes.
const WORD: usize = size_of::<u64>();

/// Memory that is shared with another process and begins with a header of `HEADER` bytes. Whoever maps it keeps it mapped.
///
/// Invariant: `base` is the start of `len` bytes at a page's start, readable and writable for as long as this lives, and
/// `len` is at least `HEADER`.
#[derive(Debug)]
pub(crate) struct SharedBytes<const HEADER: usize> {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: shared memory belongs to the process, not to a thread, and is accessed through atomics only.
unsafe impl<const HEADER: usize> Send for SharedBytes<HEADER> {}
// SAFETY: as above.
unsafe impl<const HEADER: usize> Sync for SharedBytes<HEADER> {}

impl<const HEADER: usize> SharedBytes<HEADER> {
    /// The `len` bytes at `base`; `None` if those are too few for a header.
    ///
    /// # Safety
    /// `base` has to be the start of a page, and so many bytes from there have to be readable and writable for as long as
    /// this lives. This process must access them only by this, or by another one of them.
    pub(crate) unsafe fn new(base: NonNull<u8>, len: usize) -> Option<Self> {
        (len >= HEADER).then_some(Self { base, len })
    }

    /// Where it begins.
    #[cfg(unix)]
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The header's word of 4 bytes at `AT`.
    #[inline]
    pub(crate) fn word32<const AT: usize>(&self) -> &AtomicU32 {
        const { assert!(AT.is_multiple_of(4) && AT + 4 <= HEADER) };
        // SAFETY: the word lies in the memory, which has at least a header and lives as long as `self`; it is aligned,
        // because the memory begins at a page and `AT` is a multiple of 4; and this process accesses it by these
        // atomics only, besides the header's being written before anybody else has it.
        unsafe { AtomicU32::from_ptr(self.base.as_ptr().add(AT).cast()) }
    }

    /// The header's word of 8 bytes at `AT`.
    #[inline]
    pub(crate) fn word64<const AT: usize>(&self) -> &AtomicU64 {
        const { assert!(AT.is_multiple_of(8) && AT + 8 <= HEADER) };
        // SAFETY: as in `word32`, with multiples of 8.
        unsafe { AtomicU64::from_ptr(self.base.as_ptr().add(AT).cast()) }
    }

    /// Whether `len` bytes at `at`, rounded up to whole words, lie in the memory and begin at a word.
    #[inline]
    fn has_words(&self, at: usize, len: usize) -> bool {
        let end = len.checked_next_multiple_of(WORD).and_then(|len| len.checked_add(at));
        at.is_multiple_of(WORD) && end.is_some_and(|end| end <= self.len)
    }

    /// The word at `at`.
    ///
    /// # Safety
    /// It has to lie in the memory and begin at a multiple of its length.
    #[inline]
    unsafe fn word(&self, at: usize) -> &AtomicU64 {
        // SAFETY: the caller's promise; the memory begins at a page and lives as long as `self`; and this process
        // accesses what lies behind the header by these atomics only.
        unsafe { AtomicU64::from_ptr(self.base.as_ptr().add(at).cast()) }
    }

    /// Copies `bytes` to `at`, a multiple of 8. The last word is filled up with zeros. `None`, and nothing is
    /// written, where that is not inside of the memory.
    #[inline]
    pub(crate) fn copy_in(&self, at: usize, bytes: &[u8]) -> Option<()> {
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
    /// of the memory.
    #[inline]
    pub(crate) fn copy_out(&self, at: usize, bytes: &mut [u8]) -> Option<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Private memory does as well.
    #[repr(align(4096))]
    struct Page([u8; 256]);

    fn with_bytes(check: impl FnOnce(&SharedBytes<64>)) {
        let mut page = Box::new(Page([0; 256]));
        // SAFETY: the page is aligned, and nobody uses it otherwise until the bytes are gone.
        let bytes = unsafe { SharedBytes::new(NonNull::from(&mut page.0).cast(), 256) }.unwrap();
        check(&bytes);
    }

    #[test]
    fn what_is_copied_in_comes_out_whatever_its_length_and_place() {
        with_bytes(|shared| {
            for len in 0..70 {
                for skew in 0..8 {
                    let private: Vec<u8> = (1..).take(skew + len).collect();
                    shared.copy_in(64, &private[skew..]).unwrap();
                    let mut back = vec![0xff; skew + len];
                    shared.copy_out(64, &mut back[skew..]).unwrap();
                    assert_eq!(back[skew..], private[skew..]);
                }
            }
        });
    }

    #[test]
    fn the_last_word_is_filled_up_with_zeros() {
        with_bytes(|shared| {
            shared.copy_in(64, &[0xff; 16]).unwrap();
            shared.copy_in(64, &[1; 5]).unwrap();
            let mut back = [0; 16];
            shared.copy_out(64, &mut back).unwrap();
            assert_eq!(back[..8], [1, 1, 1, 1, 1, 0, 0, 0]);
            assert_eq!(back[8..], [0xff; 8]);
        });
    }

    #[test]
    fn nothing_is_copied_across_the_end() {
        with_bytes(|shared| {
            assert_eq!(shared.copy_in(248, &[1; 8]), Some(()));
            for (at, len) in
                [(248, 9), (256, 1), (264, 0), (usize::MAX - 7, 8), (64, usize::MAX >> 1), (65, 1)]
            {
                assert!(!shared.has_words(at, len), "{len} bytes at {at}");
            }
            assert_eq!(shared.copy_in(249, &[1; 7]), None);
            assert_eq!(shared.copy_out(256, &mut [0; 1]), None);
        });
    }

    #[test]
    fn there_is_room_for_a_header() {
        // SAFETY: nothing is made of it.
        assert!(unsafe { SharedBytes::<64>::new(NonNull::dangling(), 63) }.is_none());
    }
}

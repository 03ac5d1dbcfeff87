//! Regions as deployed peers of other make use them on Linux: mapped, waiting for words and waking who waits.
//! `docs/contract/posix.md`, "Region".
#![allow(unsafe_code, reason = "memory that another side writes cannot be had otherwise")]

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use netipc_transport::Endpoint;
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::thread::futex::{self, Flags};
use rustix::time::Timespec;

use super::region;

/// What its server lays out, and says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub owner_pid: u32,
    pub owner_generation: u32,
    pub request_offset: u32,
    pub request_capacity: u32,
    pub response_offset: u32,
    pub response_capacity: u32,
    pub file_len: u32,
}

impl Default for Layout {
    /// Areas for requests of 1,024 bytes and responses of 65,536, of this process.
    fn default() -> Self {
        Self {
            owner_pid: std::process::id(),
            owner_generation: 7,
            request_offset: 64,
            request_capacity: 1_088,
            response_offset: 1_152,
            response_capacity: 65_600,
            file_len: 66_752,
        }
    }
}

/// One direction: where its words are, and its area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Request,
    Response,
}

impl Way {
    /// The places of its sequence, length, signal, offset and capacity in the header.
    fn places(self) -> [usize; 5] {
        match self {
            Self::Request => [32, 48, 56, 16, 20],
            Self::Response => [40, 52, 60, 24, 28],
        }
    }
}

/// A region as one side has it mapped.
#[derive(Debug)]
pub struct MappedRegion {
    pub path: PathBuf,
    base: *mut u8,
    len: usize,
}

// SAFETY: a mapping belongs to the process, and is accessed through atomics only.
unsafe impl Send for MappedRegion {}
// SAFETY: as above.
unsafe impl Sync for MappedRegion {}

impl MappedRegion {
    /// Makes the region of a session, as a server.
    pub fn make(endpoint: &Endpoint, session_id: u64, layout: &Layout) -> Self {
        let path = region::path(endpoint, session_id);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).unwrap();
        file.set_len(layout.file_len.into()).unwrap();
        let mapped = Self::map(path, &file);
        mapped.put(4, &3u16.to_ne_bytes());
        mapped.put(6, &64u16.to_ne_bytes());
        let words = [
            (8, layout.owner_pid),
            (12, layout.owner_generation),
            (16, layout.request_offset),
            (20, layout.request_capacity),
            (24, layout.response_offset),
            (28, layout.response_capacity),
        ];
        for (at, value) in words {
            mapped.word(at).store(value, Ordering::Relaxed);
        }
        mapped.word(0).store(0x4e53_484d, Ordering::Release);
        mapped
    }

    /// Attaches to the region of a session, as a client that checks nothing.
    pub fn open(endpoint: &Endpoint, session_id: u64) -> Self {
        let path = region::path(endpoint, session_id);
        let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        Self::map(path, &file)
    }

    fn map(path: PathBuf, file: &File) -> Self {
        let len = usize::try_from(file.metadata().unwrap().len()).unwrap();
        assert!(len >= 64, "a region has a header");
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: with a null address the kernel chooses a place where nothing is mapped.
        let base = unsafe { mmap(ptr::null_mut(), len, access, flags, file, 0) }.unwrap();
        Self { path, base: base.cast(), len }
    }

    /// The word of 4 bytes at `at`.
    pub fn word(&self, at: usize) -> &AtomicU32 {
        assert!(at.is_multiple_of(4) && at + 4 <= self.len);
        // SAFETY: it lies in the mapping, which lives as long as `self`, and is aligned, as the mapping is.
        unsafe { AtomicU32::from_ptr(self.base.add(at).cast()) }
    }

    /// The word of 8 bytes at `at`.
    pub fn long_word(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(8) && at + 8 <= self.len);
        // SAFETY: as in `word`.
        unsafe { AtomicU64::from_ptr(self.base.add(at).cast()) }
    }

    fn bytes(&self, at: usize, len: usize) -> impl Iterator<Item = &AtomicU8> {
        assert!(at + len <= self.len);
        // SAFETY: all of them lie in the mapping, which lives as long as `self`.
        (at..at + len).map(|at| unsafe { AtomicU8::from_ptr(self.base.add(at)) })
    }

    pub fn put(&self, at: usize, bytes: &[u8]) {
        self.bytes(at, bytes.len()).zip(bytes).for_each(|(to, byte)| to.store(*byte, Ordering::Relaxed));
    }

    pub fn get(&self, at: usize, len: usize) -> Vec<u8> {
        self.bytes(at, len).map(|byte| byte.load(Ordering::Relaxed)).collect()
    }

    /// How many messages have been published.
    pub fn sequence(&self, way: Way) -> &AtomicU64 {
        self.long_word(way.places()[0])
    }

    /// Bytes of the last one.
    pub fn length(&self, way: Way) -> &AtomicU32 {
        self.word(way.places()[1])
    }

    /// The word that those wait for who wait for a message.
    pub fn signal(&self, way: Way) -> &AtomicU32 {
        self.word(way.places()[2])
    }

    fn area(&self, way: Way) -> usize {
        self.word(way.places()[3]).load(Ordering::Relaxed) as usize
    }

    /// Bytes of a message at most.
    pub fn capacity(&self, way: Way) -> u32 {
        self.word(way.places()[4]).load(Ordering::Relaxed)
    }

    /// Publishes a message, without waking anybody.
    pub fn store(&self, way: Way, message: &[u8]) {
        self.put(self.area(way), message);
        self.length(way).store(u32::try_from(message.len()).unwrap(), Ordering::Release);
        self.sequence(way).fetch_add(1, Ordering::Release);
    }

    /// Wakes who waits for a message.
    pub fn wake(&self, way: Way) {
        self.signal(way).fetch_add(1, Ordering::Release);
        futex::wake(self.signal(way), Flags::empty(), 1).unwrap();
    }

    /// Publishes a message as the contract says.
    pub fn publish(&self, way: Way, message: &[u8]) {
        self.store(way, message);
        self.wake(way);
    }

    /// Waits as deployed peers do, with a plain `FUTEX_WAIT` that nobody is told of, for message `number`, and gives
    /// it.
    pub fn wait_for(&self, way: Way, number: u64) -> Vec<u8> {
        let patience = Timespec::try_from(Duration::from_mins(1)).unwrap();
        loop {
            let signal = self.signal(way).load(Ordering::Acquire);
            if self.sequence(way).load(Ordering::Acquire) >= number {
                return self.get(self.area(way), self.length(way).load(Ordering::Acquire) as usize);
            }
            match futex::wait(self.signal(way), Flags::empty(), signal, Some(&patience)) {
                Ok(()) | Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => panic!("nobody wakes: {error}"),
            }
        }
    }

    /// Whether the file still has its name.
    pub fn exists(&self) -> bool {
        Path::exists(&self.path)
    }
}

impl Drop for MappedRegion {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and nothing refers to it any more.
        let _ = unsafe { munmap(self.base.cast(), self.len) };
    }
}

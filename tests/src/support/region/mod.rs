//! Regions of shared memory as peers have them that obey nothing: mapped, and written word by word.
#![allow(unsafe_code, reason = "memory that another side writes cannot be had otherwise")]

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "linux")]
pub use linux::{OWNER_GENERATION, OWNER_PID, exists, path};
use netipc_transport::MessageHeader;
pub use platform::{CONSTANTS, HEADER_LEN, PROFILES, Region};
#[cfg(windows)]
use windows as platform;
#[cfg(windows)]
pub use windows::{
    CLIENT_CLOSED, CLIENT_WAITING, SERVER_CLOSED, SERVER_WAITING, SPIN_TRIES, Section, exists,
    is_closed_by_server, stem,
};

/// The areas that its server lays out, and how long it makes the whole.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub request_offset: u32,
    pub request_capacity: u32,
    pub response_offset: u32,
    pub response_capacity: u32,
    pub len: u32,
}

impl Default for Layout {
    /// For requests of 1,024 bytes and responses of 65,536.
    fn default() -> Self {
        Self {
            request_offset: HEADER_LEN,
            request_capacity: 1_088,
            response_offset: HEADER_LEN + 1_088,
            response_capacity: 65_600,
            len: HEADER_LEN + 1_088 + 65_600,
        }
    }
}

impl Layout {
    /// Where the header has it, whichever the platform, and the values.
    fn words(&self) -> [(usize, u32); 4] {
        [
            (Way::Request.offset(), self.request_offset),
            (Way::Request.capacity(), self.request_capacity),
            (Way::Response.offset(), self.response_offset),
            (Way::Response.capacity(), self.response_capacity),
        ]
    }
}

/// One direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Request,
    Response,
}

impl Way {
    /// Which of the two.
    fn choose<T>(self, [request, response]: [T; 2]) -> T {
        match self {
            Self::Request => request,
            Self::Response => response,
        }
    }

    /// Where the header has its area's offset.
    pub fn offset(self) -> usize {
        self.choose([16, 24])
    }

    /// Where the header has its area's length.
    pub fn capacity(self) -> usize {
        self.choose([20, 28])
    }
}

/// A region's memory.
#[derive(Debug)]
struct View {
    base: *mut u8,
    len: usize,
}

// SAFETY: a mapping belongs to the process, and is accessed through atomics only.
unsafe impl Send for View {}
// SAFETY: as above.
unsafe impl Sync for View {}

impl View {
    /// The word of 4 bytes at `at`.
    fn word(&self, at: usize) -> &AtomicU32 {
        assert!(at.is_multiple_of(4) && at + 4 <= self.len);
        // SAFETY: it lies in the mapping, which lives as long as `self`, and is aligned, as the mapping is.
        unsafe { AtomicU32::from_ptr(self.base.add(at).cast()) }
    }

    /// The word of 8 bytes at `at`.
    fn long_word(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(8) && at + 8 <= self.len);
        // SAFETY: as in `word`.
        unsafe { AtomicU64::from_ptr(self.base.add(at).cast()) }
    }

    fn bytes(&self, at: usize, len: usize) -> impl Iterator<Item = &AtomicU8> {
        assert!(at + len <= self.len);
        // SAFETY: all of them lie in the mapping, which lives as long as `self`.
        (at..at + len).map(|at| unsafe { AtomicU8::from_ptr(self.base.add(at)) })
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and nothing refers to it any more.
        unsafe { platform::unmap(self) };
    }
}

/// What does not depend on how a region is made and found.
impl Region {
    /// The word of 4 bytes at `at`.
    pub fn word(&self, at: usize) -> &AtomicU32 {
        self.view.word(at)
    }

    pub fn put(&self, at: usize, bytes: &[u8]) {
        let places = self.view.bytes(at, bytes.len());
        places.zip(bytes).for_each(|(to, byte)| to.store(*byte, Ordering::Relaxed));
    }

    pub fn get(&self, at: usize, len: usize) -> Vec<u8> {
        self.view.bytes(at, len).map(|byte| byte.load(Ordering::Relaxed)).collect()
    }

    /// How many messages have been published.
    pub fn sequence(&self, way: Way) -> &AtomicU64 {
        self.view.long_word(way.choose(platform::SEQUENCES))
    }

    /// Bytes of the last one.
    pub fn length(&self, way: Way) -> &AtomicU32 {
        self.word(way.choose(platform::LENGTHS))
    }

    /// Where messages are put.
    pub fn area(&self, way: Way) -> usize {
        self.word(way.offset()).load(Ordering::Relaxed) as usize
    }

    /// Publishes a message of this length, or so it says, without waking anybody.
    pub fn store_as(&self, way: Way, message: &[u8], len: u32) {
        self.put(self.area(way), message);
        self.length(way).store(len, Ordering::Release);
        self.sequence(way).fetch_add(1, Ordering::SeqCst);
    }

    /// Publishes a message, without waking anybody.
    pub fn store(&self, way: Way, message: &[u8]) {
        self.store_as(way, message, u32::try_from(message.len()).unwrap());
    }

    /// Publishes a message as the contract says, and wakes who waits or does not.
    pub fn publish(&self, way: Way, message: &[u8]) {
        self.store(way, message);
        self.wake(way);
    }

    /// The bytes of the message that was published last.
    pub fn packet(&self, way: Way) -> Vec<u8> {
        self.get(self.area(way), self.length(way).load(Ordering::Acquire) as usize)
    }

    /// The message that was published last.
    pub fn message(&self, way: Way) -> (MessageHeader, Vec<u8>) {
        let packet = self.packet(way);
        (MessageHeader::decode(&packet).unwrap(), packet[32..].to_vec())
    }
}

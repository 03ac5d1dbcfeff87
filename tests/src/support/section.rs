//! Regions on Windows as peers see them that obey nothing: named sections and events. `docs/contract/windows.md`.
#![allow(unsafe_code, reason = "memory that another side writes cannot be had otherwise")]

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use netipc_transport::{Endpoint, MessageHeader, Profiles};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_READ, FILE_MAP_WRITE, MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile,
    OpenFileMappingW, PAGE_READWRITE, UnmapViewOfFile,
};
use windows_sys::Win32::System::Threading::{
    CreateEventW, EVENT_ALL_ACCESS, OpenEventW, SetEvent, WaitForSingleObject,
};

/// Where the words lie that both sides write.
pub const REQ_LEN: usize = 36;
pub const RESP_LEN: usize = 40;
pub const REQ_CLIENT_CLOSED: usize = 44;
pub const REQ_SERVER_WAITING: usize = 48;
pub const RESP_SERVER_CLOSED: usize = 52;
pub const RESP_CLIENT_WAITING: usize = 56;
pub const REQ_SEQ: usize = 64;
pub const RESP_SEQ: usize = 72;

/// What the names of a session's objects begin with, where the token is 0.
pub fn stem(endpoint: &Endpoint, profile: Profiles, session_id: u64) -> String {
    let (run_dir, service) = (endpoint.run_dir().to_str().unwrap(), endpoint.service());
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in format!("{run_dir}\n{service}\n0").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!(r"Local\netipc-{hash:016x}-{service}-p{}-s{session_id:016x}", profile.bits())
}

/// The words of a header that a client with default options accepts: a request area of 1,088 bytes and a response area of
/// 4,096, in 8,192 bytes.
pub fn header(profile: Profiles) -> [u32; 9] {
    [0x4e53_5748, 3, 128, profile.bits(), 128, 1_088, 1_216, 4_096, 1_024]
}

fn wide(name: &str) -> Vec<u16> {
    name.encode_utf16().chain([0]).collect()
}

fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the callers have made it just now, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// A section as one side has it mapped.
#[derive(Debug)]
pub struct RawSection {
    base: *mut u8,
    len: usize,
    _handle: OwnedHandle,
}

// SAFETY: a view belongs to the process, and is accessed through atomics only.
unsafe impl Send for RawSection {}
// SAFETY: as above.
unsafe impl Sync for RawSection {}

impl RawSection {
    /// Makes one of so many bytes with these words at its start.
    pub fn create(name: &str, words: &[u32], len: usize) -> Self {
        let name = wide(name);
        let low = u32::try_from(len).unwrap();
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call; no attributes are null.
        let handle = unsafe {
            CreateFileMappingW(INVALID_HANDLE_VALUE, ptr::null(), PAGE_READWRITE, 0, low, name.as_ptr())
        };
        let section = Self::map(owned(handle).unwrap(), len);
        for (index, word) in words.iter().enumerate() {
            section.word(index * 4).store(*word, Ordering::Release);
        }
        section
    }

    /// Opens one that is at least so long.
    pub fn open(name: &str, len: usize) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call.
        let handle = unsafe { OpenFileMappingW(FILE_MAP_READ | FILE_MAP_WRITE, 0, name.as_ptr()) };
        Self::map(owned(handle).unwrap(), len)
    }

    fn map(handle: OwnedHandle, len: usize) -> Self {
        // SAFETY: the handle is open and a section's.
        let view =
            unsafe { MapViewOfFile(handle.as_raw_handle(), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, len) };
        assert!(!view.Value.is_null(), "{}", io::Error::last_os_error());
        Self { base: view.Value.cast(), len, _handle: handle }
    }

    /// The word of 4 bytes at `at`.
    pub fn word(&self, at: usize) -> &AtomicU32 {
        assert!(at.is_multiple_of(4) && at + 4 <= self.len);
        // SAFETY: it lies in the view, which lives as long as `self`, and is aligned.
        unsafe { AtomicU32::from_ptr(self.base.add(at).cast()) }
    }

    /// The word of 8 bytes at `at`.
    pub fn word64(&self, at: usize) -> &AtomicU64 {
        assert!(at.is_multiple_of(8) && at + 8 <= self.len);
        // SAFETY: as in `word`.
        unsafe { AtomicU64::from_ptr(self.base.add(at).cast()) }
    }

    fn byte(&self, at: usize) -> &AtomicU8 {
        assert!(at < self.len);
        // SAFETY: as in `word`.
        unsafe { AtomicU8::from_ptr(self.base.add(at)) }
    }

    pub fn write(&self, at: usize, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            self.byte(at + index).store(*byte, Ordering::Relaxed);
        }
    }

    pub fn read(&self, at: usize, len: usize) -> Vec<u8> {
        (at..at + len).map(|at| self.byte(at).load(Ordering::Relaxed)).collect()
    }

    /// Publishes a request in the order of the contract, but wakes nobody. `len` is what the header says.
    pub fn publish_request(&self, message: &[u8], len: u32) {
        self.publish(16, REQ_LEN, REQ_SEQ, message, len);
    }

    /// The same with a response.
    pub fn publish_response(&self, message: &[u8], len: u32) {
        self.publish(24, RESP_LEN, RESP_SEQ, message, len);
    }

    fn publish(&self, offset: usize, len_at: usize, seq: usize, message: &[u8], len: u32) {
        self.write(self.word(offset).load(Ordering::Relaxed) as usize, message);
        self.word(len_at).store(len, Ordering::Release);
        self.word64(seq).fetch_add(1, Ordering::SeqCst);
    }

    /// The last request that was published, as its header says.
    pub fn request(&self) -> (MessageHeader, Vec<u8>) {
        self.message(16, REQ_LEN)
    }

    /// The last response.
    pub fn response(&self) -> (MessageHeader, Vec<u8>) {
        self.message(24, RESP_LEN)
    }

    fn message(&self, offset: usize, len_at: usize) -> (MessageHeader, Vec<u8>) {
        let len = self.word(len_at).load(Ordering::Acquire) as usize;
        let bytes = self.read(self.word(offset).load(Ordering::Relaxed) as usize, len);
        (MessageHeader::decode(&bytes).unwrap(), bytes[32..].to_vec())
    }
}

impl Drop for RawSection {
    fn drop(&mut self) {
        // SAFETY: it is a view that `map` has made, and no reference into it outlives `self`.
        unsafe { UnmapViewOfFile(MEMORY_MAPPED_VIEW_ADDRESS { Value: self.base.cast() }) };
    }
}

/// An event that resets itself.
#[derive(Debug)]
pub struct RawEvent(OwnedHandle);

impl RawEvent {
    pub fn create(name: &str) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call; no attributes are null.
        Self(owned(unsafe { CreateEventW(ptr::null(), 0, 0, name.as_ptr()) }).unwrap())
    }

    pub fn open(name: &str) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call.
        Self(owned(unsafe { OpenEventW(EVENT_ALL_ACCESS, 0, name.as_ptr()) }).unwrap())
    }

    pub fn set(&self) {
        // SAFETY: the handle is open.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// Whether it was signalled; it is not any more.
    pub fn was_set(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { WaitForSingleObject(self.0.as_raw_handle(), 0) == WAIT_OBJECT_0 }
    }
}

//! Regions on Windows: named sections and events. `docs/contract/windows.md`, "Shared memory".

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netipc_transport::{Endpoint, Profiles};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_READ, FILE_MAP_WRITE, MEMORY_BASIC_INFORMATION, MEMORY_MAPPED_VIEW_ADDRESS,
    MapViewOfFile, OpenFileMappingW, PAGE_READWRITE, UnmapViewOfFile, VirtualQuery,
};
use windows_sys::Win32::System::Threading::{CreateEventW, EVENT_ALL_ACCESS, OpenEventW, SetEvent};

use super::{Layout, View, Way};
use crate::support::PATIENCE;
use crate::support::raw::is_signalled;

/// The profiles of shared memory.
pub const PROFILES: [Profiles; 2] = [Profiles::SHM_HYBRID, Profiles::SHM_BUSYWAIT];

pub const HEADER_LEN: u32 = 128;

/// Bytes of what is written once, at the header's start.
pub const CONSTANTS: usize = 36;

/// Where the header says how often a receiver is to look before it waits.
pub const SPIN_TRIES: usize = 32;

/// Where the words lie that both sides write, of requests and of responses.
pub(super) const SEQUENCES: [usize; 2] = [64, 72];
pub(super) const LENGTHS: [usize; 2] = [36, 40];
pub const CLIENT_CLOSED: usize = 44;
pub const SERVER_WAITING: usize = 48;
pub const SERVER_CLOSED: usize = 52;
pub const CLIENT_WAITING: usize = 56;

/// What the names of a session's objects begin with, where the token is 0.
pub fn stem(endpoint: &Endpoint, profile: Profiles, session_id: u64) -> String {
    let (run_dir, service) = (endpoint.run_dir().to_str().unwrap(), endpoint.service());
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in format!("{run_dir}\n{service}\n0").bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!(r"Local\netipc-{hash:016x}-{service}-p{}-s{session_id:016x}", profile.bits())
}

/// Whether a session has a region.
pub fn exists(endpoint: &Endpoint, profile: Profiles, session_id: u64) -> bool {
    Section::open(&format!("{}-mapping", stem(endpoint, profile, session_id))).is_ok()
}

/// Whether the server of the region whose names begin like this has closed it. It is there for as long as a client has it.
pub fn is_closed_by_server(stem: &str) -> bool {
    Section::open(&format!("{stem}-mapping"))
        .is_ok_and(|section| section.map().word(SERVER_CLOSED).load(Ordering::Acquire) != 0)
}

/// A region as one side has it mapped, with its events.
#[derive(Debug)]
pub struct Region {
    pub(super) view: View,
    _section: Section,
    /// For requests, and for responses; `None` where a test has no use for them.
    events: Option<[Event; 2]>,
}

impl Region {
    /// Makes the region of a session, as a server.
    pub fn create(endpoint: &Endpoint, profile: Profiles, session_id: u64, layout: &Layout) -> Self {
        let stem = stem(endpoint, profile, session_id);
        let section = Section::create(&format!("{stem}-mapping"), layout.len);
        let region =
            Self { view: section.map(), _section: section, events: Some(Event::both(&stem, Event::create)) };
        let constants =
            [(0, 0x4e53_5748), (4, 3), (8, HEADER_LEN), (12, profile.bits()), (SPIN_TRIES, 1_024)];
        for (at, value) in layout.words().into_iter().chain(constants) {
            region.word(at).store(value, Ordering::Release);
        }
        region
    }

    /// Attaches to the region of a session, as a client that checks nothing.
    pub fn open(endpoint: &Endpoint, profile: Profiles, session_id: u64) -> Self {
        let stem = stem(endpoint, profile, session_id);
        let section = Section::open(&format!("{stem}-mapping")).unwrap();
        Self { view: section.map(), _section: section, events: Some(Event::both(&stem, Event::open)) }
    }

    /// The same without its events.
    #[must_use]
    pub fn without_events(self) -> Self {
        Self { events: None, ..self }
    }

    fn event(&self, way: Way) -> &Event {
        way.choose(self.events.as_ref().unwrap().each_ref())
    }

    /// Wakes who waits for a message.
    pub fn wake(&self, way: Way) {
        self.event(way).set();
    }

    /// Waits as a receiver does that says so, for message `number`, and gives it. In the profile whose receivers never block
    /// nobody wakes it, so that it looks now and then.
    pub fn wait_for(&self, way: Way, number: u64) -> Vec<u8> {
        let waiting = self.word(way.choose([SERVER_WAITING, CLIENT_WAITING]));
        let patience = Instant::now() + PATIENCE;
        while self.sequence(way).load(Ordering::SeqCst) < number {
            assert!(Instant::now() < patience, "message {number} does not come");
            waiting.store(1, Ordering::SeqCst);
            if self.sequence(way).load(Ordering::SeqCst) < number {
                self.event(way).wait(Duration::from_millis(1));
            }
            waiting.store(0, Ordering::SeqCst);
        }
        self.packet(way)
    }

    /// Whether somebody was woken for a message; he is not any more.
    pub fn was_woken(&self, way: Way) -> bool {
        self.event(way).wait(Duration::ZERO)
    }
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

/// A named section, which lives for as long as somebody has it.
#[derive(Debug)]
pub struct Section(OwnedHandle);

impl Section {
    pub fn create(name: &str, len: u32) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call; no attributes are null.
        let handle = unsafe {
            CreateFileMappingW(INVALID_HANDLE_VALUE, ptr::null(), PAGE_READWRITE, 0, len, name.as_ptr())
        };
        Self(owned(handle).unwrap())
    }

    fn open(name: &str) -> io::Result<Self> {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call.
        owned(unsafe { OpenFileMappingW(FILE_MAP_READ | FILE_MAP_WRITE, 0, name.as_ptr()) }).map(Self)
    }

    /// All of it.
    fn map(&self) -> View {
        // SAFETY: the handle is open and a section's.
        let view = unsafe { MapViewOfFile(self.0.as_raw_handle(), FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 0) };
        assert!(!view.Value.is_null(), "{}", io::Error::last_os_error());
        let mut found = MEMORY_BASIC_INFORMATION::default();
        // SAFETY: the room is as long as it is said to be.
        let written = unsafe { VirtualQuery(view.Value, &raw mut found, size_of_val(&found)) };
        assert_eq!(written, size_of_val(&found), "{}", io::Error::last_os_error());
        View { base: view.Value.cast(), len: found.RegionSize }
    }

    /// The bytes of it, however long it is.
    pub fn bytes(&self) -> Vec<u8> {
        let view = self.map();
        view.bytes(0, view.len).map(|byte| byte.load(Ordering::Relaxed)).collect()
    }
}

/// # Safety
/// Nothing refers to the view any more.
pub(super) unsafe fn unmap(view: &View) {
    // SAFETY: `Section::map` has made it, and the caller says that it is not used any more.
    unsafe { UnmapViewOfFile(MEMORY_MAPPED_VIEW_ADDRESS { Value: view.base.cast() }) };
}

/// An event that resets itself.
#[derive(Debug)]
struct Event(OwnedHandle);

impl Event {
    /// Those of requests and of responses.
    fn both(stem: &str, make: fn(&str) -> Self) -> [Self; 2] {
        ["req_event", "resp_event"].map(|suffix| make(&format!("{stem}-{suffix}")))
    }

    fn create(name: &str) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call; no attributes are null.
        Self(owned(unsafe { CreateEventW(ptr::null(), 0, 0, name.as_ptr()) }).unwrap())
    }

    fn open(name: &str) -> Self {
        let name = wide(name);
        // SAFETY: the name is UTF-16 with a NUL at its end and outlives the call.
        Self(owned(unsafe { OpenEventW(EVENT_ALL_ACCESS, 0, name.as_ptr()) }).unwrap())
    }

    fn set(&self) {
        // SAFETY: the handle is open.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// Whether it was signalled, or is within so long; it is not any more.
    fn wait(&self, within: Duration) -> bool {
        is_signalled(self.0.as_handle(), within)
    }
}

//! Regions on Linux: files, and futexes in them. `docs/contract/posix.md`, "Region".

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use netipc_transport::{Endpoint, Profiles};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use rustix::thread::futex::{self, Flags};
use rustix::time::Timespec;

use super::{Layout, View, Way};

/// The profiles of shared memory.
pub const PROFILES: [Profiles; 1] = [Profiles::SHM_HYBRID];

pub const HEADER_LEN: u32 = 64;

/// Bytes of what is written once, at the header's start.
pub const CONSTANTS: usize = 32;

/// Where the header has its server's process.
pub const OWNER_PID: usize = 8;

/// Where the header has the word of its server's own.
pub const OWNER_GENERATION: usize = 12;

/// Where the words lie that both sides write, of requests and of responses.
pub(super) const SEQUENCES: [usize; 2] = [32, 40];
pub(super) const LENGTHS: [usize; 2] = [48, 52];
const SIGNALS: [usize; 2] = [56, 60];

/// The path of a session's region.
pub fn path(endpoint: &Endpoint, session_id: u64) -> PathBuf {
    endpoint.run_dir().join(format!("{}-{session_id:016x}.ipcshm", endpoint.service()))
}

/// Whether a session has a region.
pub fn exists(endpoint: &Endpoint, _profile: Profiles, session_id: u64) -> bool {
    path(endpoint, session_id).exists()
}

/// A region as one side has it mapped.
#[derive(Debug)]
pub struct Region {
    pub(super) view: View,
}

impl Region {
    /// Makes the region of a session, as a server.
    pub fn create(endpoint: &Endpoint, _profile: Profiles, session_id: u64, layout: &Layout) -> Self {
        let path = path(endpoint, session_id);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).unwrap();
        file.set_len(layout.len.into()).unwrap();
        let region = Self { view: map(&file) };
        region.put(4, &3_u16.to_ne_bytes());
        region.put(6, &64_u16.to_ne_bytes());
        let owner = [(OWNER_PID, std::process::id()), (OWNER_GENERATION, 7)];
        for (at, value) in layout.words().into_iter().chain(owner) {
            region.word(at).store(value, Ordering::Relaxed);
        }
        region.word(0).store(0x4e53_484d, Ordering::Release);
        region
    }

    /// Attaches to the region of a session, as a client that checks nothing.
    pub fn open(endpoint: &Endpoint, _profile: Profiles, session_id: u64) -> Self {
        let path = path(endpoint, session_id);
        Self { view: map(&OpenOptions::new().read(true).write(true).open(path).unwrap()) }
    }

    /// The word that those wait for who wait for a message.
    pub fn signal(&self, way: Way) -> &AtomicU32 {
        self.word(way.choose(SIGNALS))
    }

    /// Wakes who waits for a message.
    pub fn wake(&self, way: Way) {
        self.signal(way).fetch_add(1, Ordering::Release);
        futex::wake(self.signal(way), Flags::empty(), 1).unwrap();
    }

    /// Waits as deployed peers do, with a plain `FUTEX_WAIT` that nobody is told of, for message `number`, and gives
    /// it.
    pub fn wait_for(&self, way: Way, number: u64) -> Vec<u8> {
        let patience = Timespec::try_from(Duration::from_mins(1)).unwrap();
        loop {
            let signal = self.signal(way).load(Ordering::Acquire);
            if self.sequence(way).load(Ordering::Acquire) >= number {
                return self.packet(way);
            }
            match futex::wait(self.signal(way), Flags::empty(), signal, Some(&patience)) {
                Ok(()) | Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => panic!("nobody wakes: {error}"),
            }
        }
    }
}

fn map(file: &File) -> View {
    let len = usize::try_from(file.metadata().unwrap().len()).unwrap();
    let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
    // SAFETY: with a null address the kernel chooses a place where nothing is mapped.
    let base = unsafe { mmap(ptr::null_mut(), len, access, flags, file, 0) }.unwrap();
    View { base: base.cast(), len }
}

/// # Safety
/// Nothing refers to the view any more.
pub(super) unsafe fn unmap(view: &View) {
    // SAFETY: `map` has made it, and the caller says that it is not used any more.
    let _ = unsafe { munmap(view.base.cast(), view.len) };
}

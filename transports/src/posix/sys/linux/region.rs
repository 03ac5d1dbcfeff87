//! Files of regions, and their owners.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FallocateFlags, Mode, OFlags};
use rustix::io::Result;
use rustix::process::{Pid, Resource, getrlimit};

use super::step;
use crate::posix::sys::enter;

/// `open(2)` with `O_TMPFILE`: a file without a name, for reading and writing, closed by exec.
#[inline]
pub(crate) fn open_nameless(directory: &Path, mode: Mode) -> Result<OwnedFd> {
    enter("open with O_TMPFILE")?;
    rustix::fs::open(directory, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode)
}

/// `fallocate(2)` of the first `len` bytes.
#[inline]
pub(crate) fn fallocate(file: impl AsFd, len: u64) -> Result<()> {
    enter("fallocate")?;
    rustix::fs::fallocate(file, FallocateFlags::empty(), 0, len)
}

/// `getrlimit(2)` with `RLIMIT_FSIZE`: how long a file this process may make, if that is limited. It does not fail.
#[inline]
pub(crate) fn file_size_limit() -> Option<u64> {
    step("getrlimit");
    getrlimit(Resource::Fsize).current
}

/// `pread(2)` from the start.
#[inline]
pub(crate) fn pread(file: impl AsFd, room: &mut [u8]) -> Result<usize> {
    enter("pread")?;
    rustix::io::pread(file, room, 0)
}

/// `linkat(2)`: gives an open file a name, through `/proc`.
#[inline]
pub(crate) fn link_open_file(file: impl AsFd, path: &Path) -> Result<()> {
    enter("linkat")?;
    rustix::fs::linkat(CWD, open_file(file.as_fd()), CWD, path, AtFlags::SYMLINK_FOLLOW)
}

/// `chmod(2)` of a file that was opened as a place only, through `/proc`.
pub(super) fn chmod_open_file(file: impl AsFd, mode: Mode) -> Result<()> {
    enter("chmod")?;
    rustix::fs::chmod(open_file(file.as_fd()), mode)
}

/// Where `/proc` has an open file.
fn open_file(file: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// `kill(2)` with signal 0: whether there is such a process, and whether this one may signal it.
#[inline]
pub(crate) fn test_kill_process(pid: Pid) -> Result<()> {
    enter("kill")?;
    rustix::process::test_kill_process(pid)
}

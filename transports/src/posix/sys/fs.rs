//! Files.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags, Stat};
use rustix::io::Result;

use super::enter;

/// `open(2)`: closed by exec.
#[inline]
pub(crate) fn open(path: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    enter("open")?;
    rustix::fs::open(path, flags | OFlags::CLOEXEC, mode)
}

/// `fchmod(2)`.
#[inline]
pub(crate) fn fchmod(file: impl AsFd, mode: Mode) -> Result<()> {
    enter("fchmod")?;
    rustix::fs::fchmod(file, mode)
}

/// `fstat(2)`.
#[inline]
pub(crate) fn fstat(file: impl AsFd) -> Result<Stat> {
    enter("fstat")?;
    rustix::fs::fstat(file)
}

/// `flock(2)`.
#[inline]
pub(crate) fn flock(file: impl AsFd, operation: FlockOperation) -> Result<()> {
    enter("flock")?;
    rustix::fs::flock(file, operation)
}

/// `lstat(2)`.
#[inline]
pub(crate) fn lstat(path: &Path) -> Result<Stat> {
    enter("lstat")?;
    rustix::fs::lstat(path)
}

/// `unlink(2)`.
#[inline]
pub(crate) fn unlink(path: &Path) -> Result<()> {
    enter("unlink")?;
    rustix::fs::unlink(path)
}

/// `rmdir(2)`.
#[inline]
pub(crate) fn rmdir(path: &Path) -> Result<()> {
    enter("rmdir")?;
    rustix::fs::rmdir(path)
}

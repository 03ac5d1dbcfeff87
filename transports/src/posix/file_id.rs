//! Which file a name stands for.

use std::path::Path;

use rustix::fs::{Dev, Stat};

use super::sys::lstat;

/// Which file a name stands for. It cannot be mistaken for another one while that exists, whatever becomes of its name:
/// a bound socket's file exists for as long as the socket is open, any other for as long as it is open or mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: Dev,
    inode: u64,
}

impl FileId {
    pub(super) fn of(stat: &Stat) -> Self {
        Self { device: stat.st_dev, inode: stat.st_ino }
    }

    /// Whether `path` is this very file, and not a link to it.
    pub(super) fn is_at(self, path: &Path) -> bool {
        lstat(path).is_ok_and(|stat| Self::of(&stat) == self)
    }
}

//! Regions that were left behind.
//!
//! Contract: `docs/contract/posix.md`, "Left-behind regions".

use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::{Errno, retry_on_intr};

use super::header::{HEADER_LEN, has_magic, owner};
use super::name::belongs_to;
use super::owner::Owner;
use crate::Endpoint;
use crate::posix::file_id::FileId;
use crate::posix::sys::{fstat, lstat, open, pread, rmdir, unlink};

/// Removes what dead servers of this service have left in its run directory. What cannot be removed stays: it is in
/// nobody's way until a session gets its name.
pub(crate) fn sweep(endpoint: &Endpoint) {
    let Ok(entries) = std::fs::read_dir(endpoint.run_dir()) else { return };
    for entry in entries.flatten() {
        if belongs_to(endpoint.service(), &entry.file_name()) {
            let _ = make_way(&entry.path());
        }
    }
}

/// What has become of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing is there, or not any more.
    Free,
    /// It is in use, or that cannot be told.
    InUse,
    /// It is garbage and cannot be removed.
    Blocked(Errno),
}

/// Removes what stands at a region's name, unless it is in use.
pub(super) fn make_way(path: &Path) -> Way {
    let before = match lstat(path) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Way::Free,
        Err(error) => return Way::Blocked(error),
    };
    match judge(path, &before) {
        Verdict::Gone => return Way::Free,
        Verdict::InUse => return Way::InUse,
        Verdict::LeftBehind => {}
    }
    // Another file than the one that was judged has an owner who is just starting.
    if !FileId::of(&before).is_at(path) {
        return if matches!(lstat(path), Err(Errno::NOENT)) { Way::Free } else { Way::InUse };
    }
    match if file_type(&before) == FileType::Directory { rmdir(path) } else { unlink(path) } {
        Ok(()) | Err(Errno::NOENT) => Way::Free,
        Err(error) => Way::Blocked(error),
    }
}

enum Verdict {
    Gone,
    InUse,
    LeftBehind,
}

fn judge(path: &Path, stat: &Stat) -> Verdict {
    // A symbolic link among others. Opening a device or a FIFO may have effects.
    if file_type(stat) != FileType::RegularFile {
        return Verdict::LeftBehind;
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match retry_on_intr(|| open(path, flags, Mode::empty())) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Verdict::Gone,
        Err(Errno::MFILE | Errno::NFILE | Errno::NOMEM) => return Verdict::InUse,
        Err(_) => return Verdict::LeftBehind,
    };
    match fstat(&file) {
        Ok(opened) if FileId::of(&opened) == FileId::of(stat) => {}
        _ => return Verdict::InUse,
    }
    let mut header = [0; HEADER_LEN];
    let read = retry_on_intr(|| pread(&file, &mut header));
    if read != Ok(HEADER_LEN) || !has_magic(&header) {
        return Verdict::LeftBehind;
    }
    match owner(&header) {
        Some((pid, generation)) if (Owner { pid, generation }).is_alive() => Verdict::InUse,
        _ => Verdict::LeftBehind,
    }
}

fn file_type(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

#[cfg(test)]
#[path = "leftovers_tests.rs"]
mod tests;

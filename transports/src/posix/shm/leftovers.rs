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
    match judge(path, &before).verdict {
        Verdict::Gone => return Way::Free,
        Verdict::Alive | Verdict::Unknown(_) => return Way::InUse,
        Verdict::Dead | Verdict::NoFile | Verdict::Unreadable(_) | Verdict::NoRegion => {}
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

/// What stands at a region's name: a row of the contract's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing, not any more.
    Gone,
    /// The region of a live process.
    Alive,
    /// It cannot be told, and counts as in use.
    Unknown(Errno),
    /// The region of a process that has ended.
    Dead,
    /// Garbage: a symbolic link, or something else that is not a regular file.
    NoFile,
    /// Garbage: it must not be read.
    Unreadable(Errno),
    /// Garbage: too short, or with another magic.
    NoRegion,
}

/// A verdict, and the process ID that was found in the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) owner_pid: Option<i32>,
}

/// Judges what stands at a region's name and was found to be `stat`.
pub(crate) fn judge(path: &Path, stat: &Stat) -> Judged {
    match read_owner(path, stat) {
        Err(verdict) => Judged { verdict, owner_pid: None },
        Ok(owner) => {
            let verdict = if owner.is_alive() { Verdict::Alive } else { Verdict::Dead };
            Judged { verdict, owner_pid: Some(owner.pid) }
        }
    }
}

/// Whose region it is, or why it is nobody's.
fn read_owner(path: &Path, stat: &Stat) -> Result<Owner, Verdict> {
    // A symbolic link among others. Opening a device or a FIFO may have effects.
    if file_type(stat) != FileType::RegularFile {
        return Err(Verdict::NoFile);
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = retry_on_intr(|| open(path, flags, Mode::empty())).map_err(|error| match error {
        Errno::NOENT => Verdict::Gone,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM => Verdict::Unknown(error),
        _ => Verdict::Unreadable(error),
    })?;
    match fstat(&file) {
        Ok(opened) if FileId::of(&opened) == FileId::of(stat) => {}
        // Somebody is just making it.
        Ok(_) => return Err(Verdict::Unknown(Errno::STALE)),
        Err(error) => return Err(Verdict::Unknown(error)),
    }
    let mut header = [0; HEADER_LEN];
    let read = retry_on_intr(|| pread(&file, &mut header));
    if read != Ok(HEADER_LEN) || !has_magic(&header) {
        return Err(Verdict::NoRegion);
    }
    let (pid, generation) = owner(&header).ok_or(Verdict::NoRegion)?;
    Ok(Owner { pid, generation })
}

fn file_type(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

#[cfg(test)]
#[path = "leftovers_tests.rs"]
mod tests;

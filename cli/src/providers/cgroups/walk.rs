//! All cgroups of one hierarchy.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use rustix::io::Errno;

use super::mounts::Version;

/// How much of a tree is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Levels below the mount point.
    pub(crate) depth: usize,
    /// Cgroups in all.
    pub(crate) cgroups: usize,
}

impl Default for Limits {
    /// More than any real host has, and few enough that a tree made to exhaust its readers does not.
    fn default() -> Self {
        Self { depth: 64, cgroups: 100_000 }
    }
}

/// A cgroup of one hierarchy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its directory.
    pub(super) path: PathBuf,
    /// Whether it has processes, in itself or below.
    pub(super) populated: bool,
}

/// What a walk has found, and what it has not.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Parents before their children.
    pub(super) cgroups: Vec<Found>,
    /// Directories that could not be read; neither they nor what lies below them is in `cgroups`.
    pub(super) unreadable: u64,
    /// Directories beyond the limits, without counting what lies below them.
    pub(super) left_out: u64,
}

/// Walks the tree below `root`. What disappears meanwhile is not there; no symbolic link is followed.
pub(super) fn walk(root: &Path, version: Version, limits: Limits) -> Walk {
    let mut walk = Walk::default();
    walk.below(root, version, limits, 0);
    walk
}

impl Walk {
    /// Takes everything below `dir`, which is `depth` levels down; tells whether anything there has processes. The
    /// recursion is as deep as the limit allows.
    fn below(&mut self, dir: &Path, version: Version, limits: Limits, depth: usize) -> bool {
        let mut populated = false;
        for child in self.children(dir) {
            if depth >= limits.depth || self.cgroups.len() >= limits.cgroups {
                self.left_out += 1;
                continue;
            }
            let Some(own) = self.readable(is_populated(&child, version)) else {
                continue;
            };
            let index = self.cgroups.len();
            self.cgroups.push(Found { path: child.clone(), populated: own });
            if self.below(&child, version, limits, depth + 1) {
                self.cgroups[index].populated = true;
            }
            populated |= self.cgroups[index].populated;
        }
        populated
    }

    /// The directories in `dir`.
    fn children(&mut self, dir: &Path) -> Vec<PathBuf> {
        self.readable(directories(dir)).unwrap_or_default()
    }

    /// Counts what could not be read. What is gone was never there.
    fn readable<T>(&mut self, result: io::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.unreadable += u64::from(!is_gone(&error));
                None
            }
        }
    }
}

/// A cgroup removed while it is looked at gives ENOENT on its name, ENODEV on a file that was open already.
fn is_gone(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::NODEV))
}

fn directories(dir: &Path) -> io::Result<Vec<PathBuf>> {
    // A directory with two links (its name and its own `.`) has no child whose `..` would be a third. Listing the
    // dozens of control files of every leaf costs most of a scan. Filesystems that do not count say 1.
    if fs::symlink_metadata(dir)?.nlink() == 2 {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    // So that a limit cuts off the same ones every time.
    found.sort_unstable();
    Ok(found)
}

/// Whether a cgroup has processes: v2 says it of the whole subtree, v1 of the one cgroup.
fn is_populated(dir: &Path, version: Version) -> io::Result<bool> {
    match version {
        Version::V2 => {
            let events = fs::read(dir.join("cgroup.events"))?;
            Ok(events.lines().any(|line| line == b"populated 1"))
        }
        Version::V1 => Ok(File::open(dir.join("cgroup.procs"))?.read(&mut [0])? > 0),
    }
}

//! A host made of ordinary files, for tests.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::HostRoot;

/// A directory that stands for the root of a host with cgroup v2.
pub(super) struct Host(TempDir);

impl Host {
    pub(super) fn new() -> Self {
        let host = Self(tempfile::tempdir().expect("a temporary directory"));
        host.file("proc/1/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        host.file("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        host
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn root(&self) -> HostRoot {
        HostRoot::new(self.path())
    }

    /// A file, with the directories that it is in.
    pub(super) fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, content).expect("a file");
    }

    /// A cgroup with processes, and those above it.
    pub(super) fn cgroup(&self, path: &str) {
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            self.file(&format!("sys/fs/cgroup/{}/cgroup.events", &path[..end]), "populated 1\n");
        }
    }

    /// A process, with `cgroup` in the file of that name.
    pub(super) fn process(&self, id: u32, name: &str, parent: u32, user: u32, starttime: u64, cgroup: &str) {
        let zeros = "0 ".repeat(17);
        self.file(&format!("proc/{id}/stat"), format!("{id} ({name}) S {parent} {zeros}{starttime} 0\n"));
        self.file(&format!("proc/{id}/status"), format!("Name:\t{name}\nUid:\t0\t{user}\t0\t0\n"));
        self.file(&format!("proc/{id}/cgroup"), cgroup);
    }

    /// All of a cgroup's path.
    pub(super) fn cgroup_path(&self, path: &str) -> String {
        format!("{}/sys/fs/cgroup/{path}", self.path().display())
    }
}

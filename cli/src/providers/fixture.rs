//! A host made of ordinary files, for tests.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::HostRoot;

/// A directory that stands for the root of a host.
pub(super) struct Host {
    root: TempDir,
    /// Mount points of cgroup v1; none on a host with v2.
    v1: &'static [&'static str],
}

impl Host {
    /// With cgroup v2.
    pub(super) fn new() -> Self {
        let host = Self { root: tempfile::tempdir().expect("a temporary directory"), v1: &[] };
        host.file("proc/1/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        host.file("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        host
    }

    /// With cgroup v1, and v2 beside it without a controller, as systemd mounts them.
    pub(super) fn v1() -> Self {
        let v1 = &["cpu,cpuacct", "memory", "systemd"];
        let host = Self { root: tempfile::tempdir().expect("a temporary directory"), v1 };
        host.file(
            "proc/1/mountinfo",
            "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n\
             32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n\
             33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n\
             34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
             35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
        );
        host.file("sys/fs/cgroup/unified/cgroup.controllers", "\n");
        host
    }

    pub(super) fn path(&self) -> &Path {
        self.root.path()
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
            let path = &path[..end];
            if self.v1.is_empty() {
                self.file(&format!("sys/fs/cgroup/{path}/cgroup.events"), "populated 1\n");
            }
            for root in self.v1 {
                self.file(&format!("sys/fs/cgroup/{root}/{path}/cgroup.procs"), "7\n");
            }
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

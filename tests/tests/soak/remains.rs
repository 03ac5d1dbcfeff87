//! What a process holds, and what is left of others.

use std::fs;
use std::path::Path;

/// Counts that are the same whenever everybody rests.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remains {
    fds: usize,
    threads: usize,
    /// Of files of the run directory, nameless ones included.
    mappings: usize,
    /// Names in the run directory.
    files: Vec<String>,
}

impl Remains {
    /// Those of this process, and of the run directory.
    pub(crate) fn count(run_dir: &Path) -> Self {
        let names = |path: &Path| {
            let mut names: Vec<_> = fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        let files = names(run_dir);
        if !cfg!(target_os = "linux") {
            return Self { fds: 0, threads: 0, mappings: 0, files };
        }
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        Self {
            fds: names(Path::new("/proc/self/fd")).len(),
            threads: names(Path::new("/proc/self/task")).len(),
            mappings: maps.matches(run_dir.to_str().unwrap()).count() + maps.matches(".ipcshm").count(),
            files,
        }
    }

    /// The rest, for a process that is not the only one with files there.
    pub(crate) fn without_files(self) -> Self {
        Self { files: Vec::new(), ..self }
    }

    pub(crate) fn assert_same_as(&self, before: &Self) {
        assert_eq!(
            self, before,
            "something is left behind (left: what there is, right: what there was before)"
        );
    }
}

//! What a scenario may not leave behind.

use std::time::Instant;
use std::{fs, thread};

use crate::sides::PATIENCE;

/// The descriptors of this process and the threads of this test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remains {
    descriptors: Vec<String>,
    threads: usize,
}

/// The name of the thread that runs scenarios; those that it starts have it too.
pub(crate) const THREAD: &str = "scenario";

impl Remains {
    /// What there is now, or in a moment: the kernel may list a thread that has ended for somewhat longer.
    pub(crate) fn now() -> Self {
        let begin = Instant::now();
        let mut threads = threads();
        while threads > 1 && begin.elapsed() < PATIENCE {
            thread::yield_now();
            threads = self::threads();
        }
        let mut descriptors: Vec<_> = fs::read_dir("/proc/self/fd")
            .expect("there is /proc")
            .map(|entry| entry.expect("an entry").path())
            // Not the one with which the directory is read.
            .filter_map(|path| Some(format!("{}: {}", path.display(), fs::read_link(&path).ok()?.display())))
            .filter(|descriptor| !descriptor.ends_with("/fd"))
            .collect();
        descriptors.sort();
        Self { descriptors, threads }
    }
}

/// How many threads have the name, this one included.
fn threads() -> usize {
    fs::read_dir("/proc/self/task")
        .expect("there is /proc")
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("comm")).ok())
        .filter(|name| name.trim_end() == THREAD)
        .count()
}

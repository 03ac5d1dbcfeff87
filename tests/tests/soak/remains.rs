//! What a process holds, and what is left of others.

use std::collections::BTreeSet;
#[cfg(target_os = "linux")]
use std::fs;
use std::path::Path;

use netipc::Endpoint;
use netipc_tests::support;
#[cfg(windows)]
use netipc_tests::support::holdings;

use crate::data::SERVICES;

/// Counts that are the same whenever everybody rests. What a platform has no count of is 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Remains {
    /// Descriptors; on Windows handles.
    handles: usize,
    threads: usize,
    /// Of files of the run directory, nameless ones included.
    mappings: usize,
    /// What servers and sessions have a name for.
    names: BTreeSet<String>,
}

impl Remains {
    /// Those of this process, and of the run directory.
    pub(crate) fn count(run_dir: &Path) -> Self {
        let names_of = |service| support::names(&Endpoint::new(run_dir, service).unwrap());
        let names: BTreeSet<_> = SERVICES.into_iter().flat_map(names_of).collect();
        Self { names, ..held(run_dir) }
    }

    /// The rest, for a process that is not the only one with names there.
    pub(crate) fn without_names(self) -> Self {
        Self { names: BTreeSet::new(), ..self }
    }

    pub(crate) fn assert_same_as(&self, before: &Self) {
        assert_eq!(
            self, before,
            "something is left behind (left: what there is, right: what there was before)"
        );
    }
}

#[cfg(target_os = "linux")]
fn held(run_dir: &Path) -> Remains {
    let entries = |path: &str| fs::read_dir(path).unwrap().count();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    Remains {
        handles: entries("/proc/self/fd"),
        threads: entries("/proc/self/task"),
        mappings: maps.matches(run_dir.to_str().unwrap()).count() + maps.matches(".ipcshm").count(),
        ..Remains::default()
    }
}

#[cfg(windows)]
fn held(_run_dir: &Path) -> Remains {
    Remains { handles: holdings::handles(), threads: holdings::threads(), ..Remains::default() }
}

#[cfg(not(any(target_os = "linux", windows)))]
fn held(_run_dir: &Path) -> Remains {
    Remains::default()
}

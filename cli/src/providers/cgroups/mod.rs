//! The cgroups of a host: which there are, what people call them, and what runs them.
//!
//! [`mounts`] finds the hierarchies, [`walk`] reads one of them, [`owner`] tells from a path what runs a cgroup,
//! [`runtimes`] knows the names of containers, [`identity`] puts the two together, and [`Scanner`] makes one list of
//! it all. Everything works on the directories that it is given.

mod identity;
mod mounts;
mod name;
mod owner;
mod runtimes;
mod scanner;
mod walk;

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use netipc::messages::Orchestrator;

#[cfg(test)]
use mounts::find;
pub(crate) use mounts::{Hierarchy, Version};
pub(super) use runtimes::Label;
pub(crate) use runtimes::Runtimes;
pub(crate) use scanner::Scanner;
pub(crate) use walk::Limits;

use super::fresh::Reading;
use crate::fnv;

/// Bit of a cgroup's options: the unified hierarchy (cgroup v2) has it.
pub(crate) const OPTION_V2: u32 = 1;
/// Bit of a cgroup's options: a v1 hierarchy has it.
pub(crate) const OPTION_V1: u32 = 2;

/// A cgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cgroup {
    /// Hash of its name, as `cgroups-snapshot` publishes it.
    pub(crate) hash: u32,
    /// Which hierarchies have it.
    pub(crate) options: u32,
    /// 1 where it has processes, in itself or below.
    pub(crate) enabled: u32,
    /// What people call it; no two of a scan have the same.
    pub(crate) name: Vec<u8>,
    /// Its directory.
    pub(crate) path: Vec<u8>,
    /// Bytes of `path` that lead to the mount point.
    root_len: usize,
    /// What runs it.
    pub(crate) orchestrator: Orchestrator,
    /// Its labels.
    pub(crate) labels: Vec<Label>,
}

impl Cgroup {
    /// Its path below the mount point, as `/proc/<pid>/cgroup` has it: what it is looked up by.
    pub(crate) fn key(&self) -> &[u8] {
        &self.path[self.root_len..]
    }
}

/// What one look at the host's cgroups gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// In the order of their paths below the mount point, each followed by what is below it.
    pub(crate) cgroups: Vec<Cgroup>,
    /// The mount points.
    roots: Vec<Vec<u8>>,
    /// Whether systemd manages the tree.
    pub(crate) systemd: bool,
    /// Directories that could not be read.
    pub(crate) unreadable: u64,
    /// Directories beyond the [`Limits`], without what lies below them.
    pub(crate) left_out: u64,
    /// Files with the names of containers that could not be read.
    pub(crate) unreadable_names: u64,
}

/// What a scan says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The root of the tree, which is in no list.
    Root,
    /// This cgroup.
    Cgroup(&'a Cgroup),
    /// Nothing.
    Nothing,
}

/// Reads these hierarchies and puts what they share together: cgroups of the same path below their mount points are
/// one cgroup.
pub(crate) fn scan(hierarchies: &[Hierarchy], limits: Limits, runtimes: &mut Runtimes) -> Scan {
    let mut ranked: Vec<_> = hierarchies.iter().collect();
    ranked.sort_by_key(|hierarchy| hierarchy.rank());

    let mut scan = Scan::default();
    let mut found: HashMap<Vec<u8>, Cgroup> = HashMap::new();
    for hierarchy in ranked {
        let walk = walk::walk(&hierarchy.root, hierarchy.version, limits);
        scan.unreadable += walk.unreadable;
        scan.left_out += walk.left_out;
        let root = hierarchy.root.as_os_str().len();
        for one in walk.cgroups {
            let path = one.path.into_os_string().into_vec();
            let below = &path[root..];
            if !found.contains_key(below) && found.len() >= limits.cgroups {
                scan.left_out += 1;
                continue;
            }
            let cgroup = found.entry(below.to_vec()).or_insert_with(|| nameless(&path, root));
            cgroup.enabled |= u32::from(one.populated);
            cgroup.options |= match hierarchy.version {
                Version::V1 => OPTION_V1,
                Version::V2 => OPTION_V2,
            };
        }
    }
    scan.cgroups = found.into_values().collect();
    scan.cgroups.sort_by(|a, b| parts(a.key()).cmp(parts(b.key())));
    scan.systemd = hierarchies.iter().any(|hierarchy| hierarchy.systemd)
        || scan.cgroups.iter().any(|cgroup| parts(cgroup.key()).any(is_systemd));
    scan.roots = hierarchies.iter().map(|one| one.root.as_os_str().as_bytes().to_vec()).collect();
    scan.unreadable_names = give_names(&mut scan.cgroups, runtimes);
    scan
}

/// Names all cgroups, and gives the number of files that could not be read for that.
fn give_names(cgroups: &mut [Cgroup], runtimes: &mut Runtimes) -> u64 {
    runtimes.begin();
    let mut names = HashSet::new();
    for cgroup in cgroups {
        let identity = identity::identify(cgroup.key(), runtimes);
        // Readers look a cgroup up by its name: of two containers of one name, of two runtimes, the second keeps its
        // path. Paths are unique, and a name that is some other's path is not worth a third try.
        cgroup.name =
            if names.contains(&identity.name) { name::readable(cgroup.key()) } else { identity.name };
        names.insert(cgroup.name.clone());
        cgroup.hash = fnv::hash(&cgroup.name);
        cgroup.orchestrator = identity.orchestrator;
        cgroup.labels = identity.labels;
    }
    runtimes.end()
}

impl Scan {
    /// Looks a cgroup up: by its path below the mount point, or by all of its path, as `cgroups-snapshot` gives it. The
    /// path is compared and nothing else: nothing is opened, no part of it means anything.
    pub(crate) fn find(&self, path: &[u8]) -> Found<'_> {
        let below = |root: &Vec<u8>| {
            path.strip_prefix(root.as_slice()).filter(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        match self.find_key(path) {
            Found::Nothing => {
                let keys = self.roots.iter().filter_map(below);
                keys.map(|key| if key.is_empty() { Found::Root } else { self.find_key(key) })
                    .find(|found| *found != Found::Nothing)
                    .unwrap_or(Found::Nothing)
            }
            found => found,
        }
    }

    fn find_key(&self, key: &[u8]) -> Found<'_> {
        if key == b"/" {
            return Found::Root;
        }
        let found = self.cgroups.binary_search_by(|cgroup| parts(cgroup.key()).cmp(parts(key)));
        found.ok().and_then(|index| self.cgroups.get(index)).map_or(Found::Nothing, Found::Cgroup)
    }
}

impl Reading for Scan {
    fn publishes_the_same_as(&self, other: &Self) -> bool {
        self.systemd == other.systemd && self.cgroups == other.cgroups && self.roots == other.roots
    }
}

/// The cgroup whose directory is `path`, of which so many bytes are its mount point.
fn nameless(path: &[u8], root_len: usize) -> Cgroup {
    Cgroup {
        hash: 0,
        options: 0,
        enabled: 0,
        name: Vec::new(),
        path: path.to_vec(),
        root_len,
        orchestrator: Orchestrator::Unknown,
        labels: Vec::new(),
    }
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

/// Whether only systemd names a cgroup so.
fn is_systemd(part: &[u8]) -> bool {
    name::is_unit(part) && (part.ends_with(b".slice") || part.ends_with(b".scope"))
}

#[cfg(test)]
impl Scan {
    /// So many units of systemd, of which every second has processes.
    pub(super) fn of_units(count: usize) -> Self {
        let cgroup = |index: usize| {
            let path = format!("/sys/fs/cgroup/system.slice/unit-{index}.service");
            let name = format!("unit-{index}.service").into_bytes();
            let enabled = u32::from(index % 2 == 1);
            let named =
                Cgroup { hash: fnv::hash(&name), options: OPTION_V2, enabled, name, ..nameless(b"", 14) };
            Cgroup { path: path.into_bytes(), ..named }
        };
        Self { cgroups: (0..count).map(cgroup).collect(), systemd: true, ..Self::default() }
    }
}

#[cfg(test)]
mod kinds;
#[cfg(test)]
mod tests;

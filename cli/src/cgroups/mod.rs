//! The cgroups of this host, as `cgroups-snapshot` publishes them (`docs/contract/messages.md`).
//!
//! [`mounts`] finds the hierarchies, [`walk`] reads one of them, [`scan`] makes one list of all, [`fresh`] keeps it
//! current. Everything but [`mounts::find`] works on the directories it is given.

mod fresh;
mod mounts;
mod name;
mod walk;

use std::collections::HashMap;
use std::os::unix::ffi::OsStringExt;

use netipc::messages::Cgroup;

pub(crate) use fresh::{Fresh, Published};
pub(crate) use mounts::{Hierarchy, Version, find};
pub(crate) use walk::Limits;

/// Bit of a cgroup's options: the unified hierarchy (cgroup v2) has it.
pub(crate) const OPTION_V2: u32 = 1;
/// Bit of a cgroup's options: a v1 hierarchy has it.
pub(crate) const OPTION_V1: u32 = 2;

/// What one look at the host's cgroups gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// In the order of their paths below the mount point, each followed by what is below it.
    pub(crate) cgroups: Vec<Cgroup>,
    /// Whether systemd manages the tree.
    pub(crate) systemd: bool,
    /// Directories that could not be read.
    pub(crate) unreadable: u64,
    /// Directories beyond the [`Limits`], without what lies below them.
    pub(crate) left_out: u64,
}

/// Reads these hierarchies and puts what they share together: cgroups of the same path below their mount points are
/// one cgroup.
pub(crate) fn scan(hierarchies: &[Hierarchy], limits: Limits) -> Scan {
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
            let cgroup = found.entry(below.to_vec()).or_insert_with(|| cgroup(below, &path));
            cgroup.enabled |= u32::from(one.populated);
            cgroup.options |= match hierarchy.version {
                Version::V1 => OPTION_V1,
                Version::V2 => OPTION_V2,
            };
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|(a, _), (b, _)| parts(a).cmp(parts(b)));
    scan.systemd = hierarchies.iter().any(|hierarchy| hierarchy.systemd)
        || found.iter().any(|(path, _)| parts(path).any(is_systemd));
    scan.cgroups = found.into_iter().map(|(_, cgroup)| cgroup).collect();
    scan
}

impl Scan {
    /// Whether a reader of the published list could tell no difference.
    fn publishes_the_same_as(&self, other: &Self) -> bool {
        self.systemd == other.systemd && self.cgroups == other.cgroups
    }
}

/// The cgroup whose directory is `path`, and whose path below the mount point is `below`.
fn cgroup(below: &[u8], path: &[u8]) -> Cgroup {
    let name = name::readable(below);
    Cgroup { hash: name::hash(&name), options: 0, enabled: 0, name: name.into(), path: path.into() }
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

/// Whether only systemd names a cgroup so.
fn is_systemd(part: &[u8]) -> bool {
    name::is_unit(part) && (part.ends_with(b".slice") || part.ends_with(b".scope"))
}

#[cfg(test)]
mod tests;

//! CGROUPS_SNAPSHOT, method 2: the full list of cgroups of a host. Service `cgroups-snapshot`.

use alloc::vec::Vec;

use crate::{WireMessage, WireString};

/// Asks for the whole list.
#[derive(WireMessage, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 2,
    header = 4,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2)
)]
pub struct CgroupsSnapshotRequest {}

/// The whole list: which hash, name and path each cgroup has, and whether it is enabled.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 2,
    header = 24,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    reserved(at = 12, len = 4),
    snapshot(items = cgroups, key = (hash, name), generation = generation)
)]
pub struct CgroupsSnapshot {
    /// Whether systemd manages the host's cgroups, 0 or not.
    #[wire(at = 8)]
    pub systemd_enabled: u32,
    /// Tells one state of the list from the next.
    #[wire(at = 16)]
    pub generation: u64,
    /// All cgroups, in the provider's order; of two with equal hash and name the first counts.
    #[wire(count_at = 4, directory = free)]
    pub cgroups: Vec<Cgroup>,
}

/// One cgroup of a [`CgroupsSnapshot`].
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    header = 32,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    strings(disjoint)
)]
pub struct Cgroup {
    /// The producer's hash of the name; those in use compute 32-bit FNV-1.
    #[wire(at = 4)]
    pub hash: u32,
    /// A bit set of the producer's.
    #[wire(at = 8)]
    pub options: u32,
    /// Whether it is enabled, 0 or not.
    #[wire(at = 12)]
    pub enabled: u32,
    /// The name, as people know it.
    #[wire(at = 16)]
    pub name: WireString,
    /// Where it is in the cgroup file system.
    #[wire(at = 24)]
    pub path: WireString,
}

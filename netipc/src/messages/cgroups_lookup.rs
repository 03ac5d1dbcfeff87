//! `CGROUPS_LOOKUP`, method 4: given cgroup paths, what each one is. Service `cgroups-lookup`.

use alloc::vec::Vec;

use super::{Label, Orchestrator};
use crate::{WireEnum, WireMessage, WireString};

/// Asks what these cgroups are.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 4,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    reserved(at = 8, len = 8)
)]
pub struct CgroupsLookupRequest {
    /// The paths; the response has an item for each, in this order.
    #[wire(count_at = 4, directory = ordered)]
    pub paths: Vec<CgroupPath>,
}

/// The path of a cgroup: a key, which nobody resolves or opens.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(crate = crate, key = nul_terminated)]
pub struct CgroupPath {
    /// The path; never empty.
    #[wire(min = 1)]
    pub path: WireString,
}

/// What the cgroups are, one for one.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 4,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    lookup(request = CgroupsLookupRequest, keys = paths)
)]
pub struct CgroupsLookup {
    /// Tells one state of the provider's knowledge from the next.
    #[wire(at = 8)]
    pub generation: u64,
    /// An item for each path of the request, in that order.
    #[wire(count_at = 4, directory = ordered)]
    pub items: Vec<CgroupLookupItem>,
}

/// What one cgroup is.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    header = 28,
    constant(layout_version: u16 = 1, at = 0),
    reserved(at = 6, len = 2),
    reserved(at = 26, len = 2),
    strings(disjoint, no_nul),
    end = exact,
    rule(status != Known => orchestrator = Unknown, name = empty, labels = empty),
    lookup_item(
        key = CgroupPath,
        echo = path,
        status = status,
        payload_exceeded = PayloadExceeded,
        oversized_item = OversizedItem
    )
)]
pub struct CgroupLookupItem {
    /// Whether it is known.
    #[wire(at = 2, repr = u16)]
    pub status: PathStatus,
    /// What runs it.
    #[wire(at = 4, repr = u16)]
    pub orchestrator: Orchestrator,
    /// The path, as in the request.
    #[wire(at = 8, min = 1)]
    pub path: WireString,
    /// The name, as people know it; may be empty.
    #[wire(at = 16)]
    pub name: WireString,
    /// Its labels.
    #[wire(count_at = 24, count = u16, table(align = 8))]
    pub labels: Vec<Label>,
}

/// What is known of a cgroup.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[wire(crate = crate, closed)]
pub enum PathStatus {
    /// It is known, and this is current.
    Known = 0,
    /// Not yet; ask again.
    UnknownRetryLater = 1,
    /// There is no such cgroup; may be kept for the provider's generation.
    UnknownPermanent = 2,
    /// The response was full; between libraries only.
    PayloadExceeded = 3,
    /// The item is too large for any response.
    OversizedItem = 4,
}

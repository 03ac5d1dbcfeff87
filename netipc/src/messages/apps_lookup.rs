//! `APPS_LOOKUP`, method 5: given PIDs, what each process is and which cgroup it is in. Service `apps-lookup`.

use alloc::vec::Vec;

use super::{Label, Orchestrator};
use crate::{WireEnum, WireMessage, WireString};

/// Asks what these processes are.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 5,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    reserved(at = 8, len = 8)
)]
pub struct AppsLookupRequest {
    /// The processes; the response has an item for each, in this order.
    #[wire(count_at = 4, directory = ordered)]
    pub pids: Vec<Pid>,
}

/// A process: a key, and no permission.
#[derive(WireMessage, Clone, Copy, Debug, PartialEq, Eq)]
#[wire(crate = crate, header = 8, fixed, reserved(at = 4, len = 4))]
pub struct Pid {
    /// The process ID.
    #[wire(at = 0)]
    pub pid: u32,
}

/// What the processes are, one for one.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    method = 5,
    header = 16,
    constant(layout_version: u16 = 1, at = 0),
    constant(flags: u16 = 0, at = 2),
    lookup(request = AppsLookupRequest, keys = pids)
)]
pub struct AppsLookup {
    /// Tells one state of the provider's knowledge from the next.
    #[wire(at = 8)]
    pub generation: u64,
    /// An item for each process of the request, in that order.
    #[wire(count_at = 4, directory = ordered)]
    pub items: Vec<AppLookupItem>,
}

/// What one process is, and its cgroup.
#[derive(WireMessage, Clone, Debug, PartialEq, Eq)]
#[wire(
    crate = crate,
    header = 60,
    constant(layout_version: u16 = 1, at = 0),
    reserved(at = 20, len = 4),
    reserved(at = 58, len = 2),
    strings(disjoint, no_nul),
    end = exact,
    rule(status != Known =>
        orchestrator = Unknown, cgroup_status = Known, ppid = 0, uid = 0xFFFF_FFFF, starttime = 0,
        comm = empty, cgroup_path = empty, cgroup_name = empty, labels = empty),
    rule(status == Known => comm = not_empty),
    rule(status == Known && cgroup_status == Known => cgroup_path = not_empty),
    rule(cgroup_status == UnknownRetryLater => orchestrator = Unknown, cgroup_name = empty, labels = empty),
    rule(cgroup_status == UnknownPermanent =>
        orchestrator = Unknown, cgroup_path = not_empty, cgroup_name = empty, labels = empty),
    rule(cgroup_status == HostRoot =>
        orchestrator = Unknown, cgroup_path = empty, cgroup_name = empty, labels = empty),
    lookup_item(
        key = Pid,
        echo = pid,
        status = status,
        payload_exceeded = PayloadExceeded,
        oversized_item = OversizedItem
    )
)]
pub struct AppLookupItem {
    /// Whether it is known.
    #[wire(at = 2, repr = u16)]
    pub status: ProcessStatus,
    /// What runs its cgroup.
    #[wire(at = 4, repr = u16)]
    pub orchestrator: Orchestrator,
    /// What is known of its cgroup.
    #[wire(at = 6, repr = u16)]
    pub cgroup_status: CgroupStatus,
    /// The process, as in the request.
    #[wire(at = 8)]
    pub pid: u32,
    /// Its parent, or 0.
    #[wire(at = 12)]
    pub ppid: u32,
    /// Its user; `0xFFFF_FFFF` where that is not known.
    #[wire(at = 16)]
    pub uid: u32,
    /// When it started, in jiffies since boot (field 22 of `/proc/<pid>/stat`); 0 off Linux.
    #[wire(at = 24)]
    pub starttime: u64,
    /// Its name.
    #[wire(at = 32, max = 15)]
    pub comm: WireString,
    /// The path of its cgroup.
    #[wire(at = 40)]
    pub cgroup_path: WireString,
    /// The name of its cgroup, as people know it.
    #[wire(at = 48)]
    pub cgroup_name: WireString,
    /// The labels of its cgroup.
    #[wire(count_at = 56, count = u16, table(align = 8))]
    pub labels: Vec<Label>,
}

/// What is known of a process.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[wire(crate = crate, closed)]
pub enum ProcessStatus {
    /// It is known, and this is current.
    Known = 0,
    /// There is no such process, or nothing is known of it.
    Unknown = 1,
    /// The response was full; between libraries only.
    PayloadExceeded = 2,
    /// The item is too large for any response.
    OversizedItem = 3,
}

/// What is known of a process's cgroup.
#[derive(WireEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
#[wire(crate = crate, closed)]
pub enum CgroupStatus {
    /// It is known, and this is current.
    Known = 0,
    /// Not yet; ask again.
    UnknownRetryLater = 1,
    /// Nothing will ever be known of it; may be kept for the provider's generation.
    UnknownPermanent = 2,
    /// The process is in the root cgroup of the host.
    HostRoot = 3,
}

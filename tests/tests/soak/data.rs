//! What providers know: a function of their generation and of what they are asked for, so that every answer can be
//! checked by whoever asked.

use fastrand::Rng;
use netipc::messages::{
    AppLookupItem, AppLookupItemRef, Cgroup, CgroupLookupItem, CgroupLookupItemRef, CgroupStatus,
    CgroupsSnapshot, Label, LabelRef, Orchestrator, PathStatus, ProcessStatus,
};

/// The services of a provider.
pub(crate) const INCREMENT: &str = "increment";
pub(crate) const STRINGS: &str = "string-reverse";
pub(crate) const CGROUPS: &str = "cgroups-lookup";
pub(crate) const APPS: &str = "apps-lookup";
pub(crate) const SNAPSHOT: &str = "cgroups-snapshot";

pub(crate) const SERVICES: [&str; 5] = [INCREMENT, STRINGS, CGROUPS, APPS, SNAPSHOT];

/// Generations that one provider has at most.
const STEPS: u64 = 1 << 32;

/// Generation `step` of a provider. Generations grow from provider to provider.
pub(crate) const fn generation(boot: u64, step: u64) -> u64 {
    boot * STEPS + step
}

/// The provider of a generation.
pub(crate) const fn boot_of(generation: u64) -> u64 {
    generation / STEPS
}

/// Always the same numbers for the same generation and key.
fn numbers(generation: u64, key: &[u8]) -> Rng {
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    Rng::with_seed(key.iter().fold(generation ^ 0xcbf2_9ce4_8422_2325, fnv))
}

fn text(rng: &mut Rng, len: usize) -> String {
    (0..len).map(|_| rng.alphanumeric()).collect()
}

fn labels(rng: &mut Rng) -> Vec<Label> {
    let label = |index: usize, rng: &mut Rng| {
        let len = rng.usize(..20);
        Label { key: format!("key {index}").into(), value: text(rng, len).into() }
    };
    (0..rng.usize(..4)).map(|index| label(index, rng)).collect()
}

/// The length of a name: now and then one that fits in no small response.
fn name_len(rng: &mut Rng) -> usize {
    if rng.u8(..) == 0 { rng.usize(1_000..5_000) } else { rng.usize(..60) }
}

/// What a cgroup is.
pub(crate) fn cgroup(generation: u64, path: &[u8]) -> CgroupLookupItem {
    let mut rng = numbers(generation, path);
    let mut item = unknown_cgroup(path, PathStatus::UnknownPermanent);
    match rng.u8(..8) {
        0 => {}
        1 => item.status = PathStatus::UnknownRetryLater,
        _ => {
            let len = name_len(&mut rng);
            item.status = PathStatus::Known;
            item.orchestrator = Orchestrator::Other(rng.u16(100..));
            item.name = text(&mut rng, len).into();
            item.labels = labels(&mut rng);
        }
    }
    item
}

/// What a process is.
pub(crate) fn app(generation: u64, pid: u32) -> AppLookupItem {
    let mut rng = numbers(generation, &pid.to_le_bytes());
    let mut item = unknown_app(pid, ProcessStatus::Unknown);
    let cgroup = rng.u8(..8);
    if cgroup == 0 {
        return item;
    }
    let comm_len = rng.usize(1..16);
    item.status = ProcessStatus::Known;
    (item.ppid, item.uid, item.starttime) = (rng.u32(..), rng.u32(..), rng.u64(..));
    item.comm = text(&mut rng, comm_len).into();
    match cgroup {
        1 => item.cgroup_status = CgroupStatus::HostRoot,
        2 => item.cgroup_status = CgroupStatus::UnknownRetryLater,
        _ => {
            let (path_len, name_len) = (rng.usize(1..80), name_len(&mut rng));
            item.orchestrator = Orchestrator::Docker;
            item.cgroup_path = text(&mut rng, path_len).into();
            item.cgroup_name = text(&mut rng, name_len).into();
            item.labels = labels(&mut rng);
        }
    }
    item
}

/// An item that tells nothing but its key and this status.
pub(crate) fn unknown_cgroup(path: &[u8], status: PathStatus) -> CgroupLookupItem {
    CgroupLookupItem {
        status,
        orchestrator: Orchestrator::Unknown,
        path: path.into(),
        name: Vec::new().into(),
        labels: Vec::new(),
    }
}

/// An item that tells nothing but its key and this status.
pub(crate) fn unknown_app(pid: u32, status: ProcessStatus) -> AppLookupItem {
    AppLookupItem {
        status,
        orchestrator: Orchestrator::Unknown,
        cgroup_status: CgroupStatus::Known,
        pid,
        ppid: 0,
        uid: u32::MAX,
        starttime: 0,
        comm: Vec::new().into(),
        cgroup_path: Vec::new().into(),
        cgroup_name: Vec::new().into(),
        labels: Vec::new(),
    }
}

/// All cgroups. Most lists fit in a response of the default size, and some do not.
pub(crate) fn snapshot(generation: u64) -> CgroupsSnapshot {
    let mut rng = numbers(generation, b"");
    let items = if rng.u8(..8) == 0 { rng.usize(500..2_000) } else { rng.usize(..300) };
    let cgroup = |index| {
        let (name_len, path_len) = (rng.usize(..20), rng.usize(..80));
        Cgroup {
            hash: rng.u32(..),
            options: rng.u32(..),
            enabled: rng.u32(..2),
            name: format!("{index} {}", text(&mut rng, name_len)).into(),
            path: text(&mut rng, path_len).into(),
        }
    };
    CgroupsSnapshot { systemd_enabled: 1, generation, cgroups: (0..items).map(cgroup).collect() }
}

/// Hands an item to `push`, borrowed, as builders take it.
pub(crate) fn with_cgroup<T>(item: &CgroupLookupItem, push: impl FnOnce(CgroupLookupItemRef<'_>) -> T) -> T {
    let labels: Vec<_> = item.labels.iter().map(label).collect();
    push(CgroupLookupItemRef {
        status: item.status,
        orchestrator: item.orchestrator,
        path: &item.path,
        name: &item.name,
        labels: &labels,
    })
}

/// Hands an item to `push`, borrowed, as builders take it.
pub(crate) fn with_app<T>(item: &AppLookupItem, push: impl FnOnce(AppLookupItemRef<'_>) -> T) -> T {
    let labels: Vec<_> = item.labels.iter().map(label).collect();
    push(AppLookupItemRef {
        status: item.status,
        orchestrator: item.orchestrator,
        cgroup_status: item.cgroup_status,
        pid: item.pid,
        ppid: item.ppid,
        uid: item.uid,
        starttime: item.starttime,
        comm: &item.comm,
        cgroup_path: &item.cgroup_path,
        cgroup_name: &item.cgroup_name,
        labels: &labels,
    })
}

fn label(label: &Label) -> LabelRef<'_> {
    LabelRef { key: &label.key, value: &label.value }
}

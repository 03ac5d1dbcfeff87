//! Arbitrary bytes as the response of `CGROUPS_SNAPSHOT`.

use netipc::WireMessage;
use netipc::messages::{CgroupsSnapshot, CgroupsSnapshotView};

fn weigh(view: CgroupsSnapshotView<'_>) -> usize {
    view.cgroups()
        .iter()
        .map(|cgroup| {
            let numbers = [cgroup.hash(), cgroup.options(), cgroup.enabled(), view.systemd_enabled()];
            size_of_val(&numbers) + cgroup.name().len() + cgroup.path().len()
        })
        .sum()
}

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<CgroupsSnapshot>(bytes, weigh, |view| view.to_owned());
    if let Ok(view) = CgroupsSnapshot::decode(bytes) {
        let items = view.cgroups();
        assert_eq!(items.iter().count(), items.len());
        assert!(items.get(items.len()).is_none());
    }
}

netipc_fuzz::target_of_bytes!(decode_cgroups_snapshot, check);

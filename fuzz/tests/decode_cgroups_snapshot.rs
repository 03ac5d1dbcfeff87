//! Arbitrary bytes as the response of `CGROUPS_SNAPSHOT`.

use std::ops::Range;

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

/// Where in the payload a string lies, with its NUL.
fn place(text: &[u8], payload: &[u8]) -> Range<usize> {
    let start = text.as_ptr().addr() - payload.as_ptr().addr();
    assert_eq!(payload.get(start + text.len()), Some(&0));
    start..start + text.len() + 1
}

fn check(bytes: &[u8]) {
    netipc_fuzz::decoded::<CgroupsSnapshot>(bytes, weigh, |view| view.to_owned());
    if let Ok(view) = CgroupsSnapshot::decode(bytes) {
        let items = view.cgroups();
        assert_eq!(items.iter().count(), items.len());
        assert!(items.get(items.len()).is_none());
        for cgroup in items {
            let (name, path) = (place(cgroup.name(), bytes), place(cgroup.path(), bytes));
            assert!(name.end <= path.start || path.end <= name.start, "{name:?} and {path:?} share bytes");
        }
    }
}

netipc_fuzz::target_of_bytes!(decode_cgroups_snapshot, check);

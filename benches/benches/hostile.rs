//! Checking 16 MiB of the shapes that cost most, beside friendly ones: all of it is linear in the bytes.
#![allow(missing_docs, reason = "a benchmark has no API")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use netipc::messages::{
    Cgroup, CgroupLookupItem, CgroupsLookup, CgroupsSnapshot, Label, Orchestrator, PathStatus,
};
use netipc::{Encode, WireMessage};

const SIZE: usize = 16 << 20;

fn main() {
    divan::main();
}

fn encoded(message: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![0; message.encoded_len()];
    message.encode(&mut bytes).expect("it has the right length");
    bytes
}

fn check<T: WireMessage>(bencher: Bencher<'_, '_>, bytes: &[u8]) {
    assert!(T::check(bytes).is_ok());
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| T::check(black_box(bytes)).is_ok());
}

fn snapshot(name: &str, path: &str) -> CgroupsSnapshot {
    let item = Cgroup { hash: 1, options: 0, enabled: 1, name: name.into(), path: path.into() };
    let one = 8 + item.encoded_len().next_multiple_of(8);
    CgroupsSnapshot { systemd_enabled: 1, generation: 1, cgroups: vec![item; SIZE / one] }
}

fn lookup(item: CgroupLookupItem) -> CgroupsLookup {
    let one = 8 + item.encoded_len().next_multiple_of(8);
    CgroupsLookup { generation: 1, items: vec![item; SIZE / one] }
}

#[divan::bench(sample_count = 10)]
fn snapshot_of_containers(bencher: Bencher<'_, '_>) {
    let path = "/sys/fs/cgroup/system.slice/docker-0123456789abcdef.scope";
    check::<CgroupsSnapshot>(bencher, &encoded(&snapshot("docker-0123456789abcdef", path)));
}

#[divan::bench(sample_count = 10)]
fn snapshot_of_the_smallest_items(bencher: Bencher<'_, '_>) {
    check::<CgroupsSnapshot>(bencher, &encoded(&snapshot("", "")));
}

/// Nothing but directory entries, all of the one item that there is.
#[divan::bench(sample_count = 10)]
fn snapshot_whose_entries_share_one_item(bencher: Bencher<'_, '_>) {
    let mut one = snapshot("", "");
    one.cgroups.truncate(1);
    let one = encoded(&one);
    let (header, item) = (&one[..24], &one[32..]);
    let count = (SIZE - header.len() - item.len()) / 8;
    let mut bytes = header.to_vec();
    bytes[4..8].copy_from_slice(&u32::try_from(count).expect("two million").to_ne_bytes());
    for _ in 0..count {
        bytes.extend_from_slice(&one[24..32]);
    }
    bytes.extend_from_slice(item);
    check::<CgroupsSnapshot>(bencher, &bytes);
}

fn known(labels: Vec<Label>) -> CgroupLookupItem {
    CgroupLookupItem {
        status: PathStatus::Known,
        orchestrator: Orchestrator::Docker,
        path: "/system.slice/docker-0123456789abcdef.scope".into(),
        name: "docker-0123456789abcdef".into(),
        labels,
    }
}

#[divan::bench(sample_count = 10)]
fn lookup_of_containers_with_two_labels(bencher: Bencher<'_, '_>) {
    let label = |key: &str, value: &str| Label { key: key.into(), value: value.into() };
    let labels = vec![label("image", "registry/app:1.2"), label("namespace", "production")];
    check::<CgroupsLookup>(bencher, &encoded(&lookup(known(labels))));
}

#[divan::bench(sample_count = 10)]
fn lookup_of_the_smallest_items(bencher: Bencher<'_, '_>) {
    let item = CgroupLookupItem { path: "p".into(), name: "".into(), ..known(Vec::new()) };
    check::<CgroupsLookup>(bencher, &encoded(&lookup(item)));
}

#[divan::bench(sample_count = 10)]
fn lookup_of_the_most_and_smallest_labels(bencher: Bencher<'_, '_>) {
    let labels = vec![Label { key: "k".into(), value: "".into() }; 65_535];
    check::<CgroupsLookup>(bencher, &encoded(&lookup(known(labels))));
}

//! Encoding, building, decoding and reading a snapshot, without I/O.
#![allow(missing_docs, reason = "a benchmark has no API")]

use divan::{Bencher, black_box};
use netipc::messages::{Cgroup, CgroupRef, CgroupsSnapshot, CgroupsSnapshotBuilder};
use netipc::{Encode, MessageBuilder, WireMessage};

fn main() {
    divan::main();
}

const ITEMS: [u32; 4] = [1, 16, 256, 8192];
const NAME: &[u8] = b"docker-0123456789abcdef";
const PATH: &[u8] = b"/sys/fs/cgroup/system.slice/docker-0123456789abcdef.scope";

fn item(hash: u32) -> CgroupRef<'static> {
    CgroupRef { hash, options: 0, enabled: 1, name: NAME, path: PATH }
}

fn payload(items: u32) -> Vec<u8> {
    let item = |hash| Cgroup { hash, options: 0, enabled: 1, name: NAME.into(), path: PATH.into() };
    let snapshot =
        CgroupsSnapshot { systemd_enabled: 1, generation: 7, cgroups: (0..items).map(item).collect() };
    let mut bytes = vec![0; snapshot.encoded_len()];
    snapshot.encode(&mut bytes).expect("it has the right length");
    bytes
}

fn build(buffer: &mut [u8], items: u32, announced: u32) -> usize {
    let mut builder = CgroupsSnapshotBuilder::new(buffer);
    builder.systemd_enabled(1).generation(7);
    builder.cgroups().expect(announced as usize);
    for hash in 0..items {
        builder.cgroups().push(item(hash)).expect("it fits");
    }
    builder.finish().expect("it fits")
}

/// The floor of anything that writes these bytes: copying them.
#[divan::bench(args = ITEMS)]
fn copy_of_the_payload(bencher: Bencher<'_, '_>, items: u32) {
    let bytes = payload(items);
    let mut buffer = vec![0; bytes.len()];
    bencher.bench_local(|| black_box(&mut buffer).copy_from_slice(black_box(&bytes)));
}

#[divan::bench(args = ITEMS)]
fn build_with_the_number_announced(bencher: Bencher<'_, '_>, items: u32) {
    let mut buffer = vec![0; payload(items).len()];
    bencher.bench_local(|| build(black_box(&mut buffer), items, items));
}

#[divan::bench(args = ITEMS)]
fn build_without(bencher: Bencher<'_, '_>, items: u32) {
    let mut buffer = vec![0; 2 * payload(items).len()];
    bencher.bench_local(|| build(black_box(&mut buffer), items, 0));
}

#[divan::bench(args = ITEMS)]
fn build_without_in_a_buffer_that_just_fits(bencher: Bencher<'_, '_>, items: u32) {
    let mut buffer = vec![0; payload(items).len()];
    bencher.bench_local(|| build(black_box(&mut buffer), items, 0));
}

#[divan::bench(args = ITEMS)]
fn decode_and_read_everything(bencher: Bencher<'_, '_>, items: u32) {
    let bytes = payload(items);
    bencher.bench_local(|| {
        let snapshot = CgroupsSnapshot::decode(black_box(&bytes)).expect("it was encoded");
        let mut sum = usize::try_from(snapshot.generation()).expect("it is small");
        for cgroup in snapshot.cgroups() {
            sum += (cgroup.hash() + cgroup.options() + cgroup.enabled()) as usize;
            sum += cgroup.name().len() + cgroup.path().len();
        }
        sum
    });
}

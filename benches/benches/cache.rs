//! Lookups in a snapshot cache, with hash and name given, beside the floors: a table by hand, hash maps with a fast
//! hash, by name and by hash and name, and a scan. Besides, lookups of what is not there, and what a guard costs.
//! `cache-rounds` runs the same for callgrind to count.
#![allow(missing_docs, reason = "a benchmark has no API")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use netipc::Endpoint;
use netipc_floor::cache::{Cached, Entry, Names, Pairs, Rows, Table, entries};
use tempfile::TempDir;

const ITEMS: [usize; 4] = [1, 16, 256, 10_000];

fn main() {
    divan::main();
}

fn cached(entries: &[Entry]) -> (TempDir, Cached) {
    let directory = tempfile::tempdir().expect("a directory");
    let endpoint = Endpoint::new(directory.path(), "cgroups-snapshot").expect("a short path");
    let cached = Cached::new(endpoint, entries.to_vec()).expect("it is served");
    (directory, cached)
}

fn run(bencher: Bencher<'_, '_>, wanted: &[Entry], mut look_up: impl FnMut(&[Entry]) -> usize) {
    let all = wanted.iter().map(|entry| entry.path.len()).sum::<usize>();
    assert_eq!(look_up(wanted), all);
    bencher.counter(ItemsCount::new(wanted.len())).bench_local(|| look_up(black_box(wanted)));
}

#[divan::bench(args = ITEMS)]
fn cache(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let (_directory, cached) = cached(&entries);
    run(bencher, &entries.clone(), |wanted| cached.look_up(wanted));
}

#[divan::bench(args = ITEMS)]
fn cache_with_a_guard_for_each(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let (_directory, cached) = cached(&entries);
    run(bencher, &entries.clone(), |wanted| cached.look_up_with_guards(wanted));
}

/// As many others as there are, none of which is found.
fn run_missing(bencher: Bencher<'_, '_>, items: usize, look_up: impl Fn(&[Entry]) -> usize) {
    let others = entries(2 * items).split_off(items);
    assert_eq!(look_up(&others), 0);
    bencher.counter(ItemsCount::new(items)).bench_local(|| look_up(black_box(&others)));
}

#[divan::bench(args = ITEMS)]
fn cache_missing(bencher: Bencher<'_, '_>, items: usize) {
    let (_directory, cached) = cached(&entries(items));
    run_missing(bencher, items, |wanted| cached.look_up(wanted));
}

#[divan::bench(args = ITEMS)]
fn floor_table_missing(bencher: Bencher<'_, '_>, items: usize) {
    let table = Table::new(entries(items));
    run_missing(bencher, items, |wanted| table.look_up(wanted));
}

#[divan::bench(args = ITEMS)]
fn floor_table(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let table = Table::new(entries.clone());
    run(bencher, &entries, |wanted| table.look_up(wanted));
}

#[divan::bench(args = ITEMS)]
fn floor_map_by_name(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let names = Names::new(&entries);
    run(bencher, &entries.clone(), |wanted| names.look_up(wanted));
}

#[divan::bench(args = ITEMS)]
fn floor_map_by_hash_and_name(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let pairs = Pairs::new(&entries);
    run(bencher, &entries.clone(), |wanted| pairs.look_up(wanted));
}

#[divan::bench(args = [1, 16, 256])]
fn floor_scan(bencher: Bencher<'_, '_>, items: usize) {
    let entries = entries(items);
    let rows = Rows::new(&entries);
    run(bencher, &entries.clone(), |wanted| rows.look_up(wanted));
}

#[divan::bench]
fn guard(bencher: Bencher<'_, '_>) {
    let (_directory, cached) = cached(&entries(16));
    bencher.bench_local(|| cached.guard().is_ready());
}

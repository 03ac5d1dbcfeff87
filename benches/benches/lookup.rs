//! Rounds of both lookups, generated and by hand, in time. `instructions.sh` counts their instructions.
#![allow(missing_docs, reason = "a benchmark has no API")]

use divan::Bencher;
use netipc_floor::lookup::{ITEMS, Mix, apps, cgroups, data};

fn main() {
    divan::main();
}

fn cases() -> impl Iterator<Item = (&'static str, usize)> {
    Mix::ALL.into_iter().flat_map(|(name, _)| ITEMS.into_iter().map(move |items| (name, items)))
}

fn entries((mix, items): (&str, usize), labels: usize) -> Vec<data::Entry> {
    let mix = Mix::ALL.into_iter().find(|(name, _)| *name == mix).expect("one of them").1;
    data::entries(items, labels, mix)
}

#[divan::bench(args = cases())]
fn cgroups_generated(bencher: Bencher<'_, '_>, case: (&'static str, usize)) {
    let entries = entries(case, 2);
    let mut round = cgroups::Round::new(&entries);
    bencher.bench_local(|| round.generated());
}

#[divan::bench(args = cases())]
fn cgroups_floor(bencher: Bencher<'_, '_>, case: (&'static str, usize)) {
    let entries = entries(case, 2);
    let mut round = cgroups::Round::new(&entries);
    bencher.bench_local(|| round.floor());
}

#[divan::bench(args = cases())]
fn apps_generated(bencher: Bencher<'_, '_>, case: (&'static str, usize)) {
    let entries = entries(case, 1);
    let mut round = apps::Round::new(&entries);
    bencher.bench_local(|| round.generated());
}

#[divan::bench(args = cases())]
fn apps_floor(bencher: Bencher<'_, '_>, case: (&'static str, usize)) {
    let entries = entries(case, 1);
    let mut round = apps::Round::new(&entries);
    bencher.bench_local(|| round.floor());
}

//! `netipc lookup`

use std::hint::black_box;
use std::time::{Duration, Instant};

use comfy_table::Table;
use netipc::messages::{Cgroup, CgroupsSnapshot};
use netipc::{CacheGuard, WireString};
use serde::Serialize;

use super::keys;
use super::snapshot_cache::{cache, only_snapshots, refresh_failed};
use crate::args::Lookup;
use crate::error::Failure;
use crate::json::Serde;
use crate::output::nanoseconds;
use crate::progress::Progress;
use crate::{fnv, output, snapshot};

/// Lookups of a key between two looks at the clock, which takes as long as one of them, and how often that is measured.
const LOOKUPS: u32 = 64;
const TURNS: usize = 9;

/// Keys after which it is shown how far they are.
const STRIDE: usize = 1_000;

/// What a cgroup is looked up by.
struct Key {
    hash: u32,
    name: WireString,
}

/// What came of a key.
struct Found {
    key: Key,
    cgroup: Option<Cgroup>,
    nanoseconds: f64,
}

impl Found {
    fn object(&self) -> LookupObject<'_> {
        LookupObject {
            hash: self.key.hash,
            name: Serde(&self.key.name),
            ns: tenths(self.nanoseconds),
            item: self.cgroup.as_ref().map(Serde),
        }
    }
}

/// Fetches the snapshot, looks every key up in it, and prints what is there.
pub(crate) fn run(args: &Lookup) -> Result<(), Failure> {
    only_snapshots(args.contract, "looked up in")?;
    let keys = keys::given(&args.keys, "name of a cgroup", key)?;
    let mut cache = cache(&args.caller, args.timeout)?;
    let start = Instant::now();
    cache.refresh().map_err(|error| refresh_failed(&error))?;
    let load_time = start.elapsed();
    let guard = cache.read();
    let found = look_up_all(&guard, keys);
    if args.json { print_json(&guard, &found, load_time) } else { print_table(&guard, &found, load_time) }?;
    // Which ones they are stands there.
    if found.iter().all(|found| found.cgroup.is_some()) { Ok(()) } else { Err(Failure::Reported) }
}

/// A name, or a hash and a name.
fn key(text: &[u8]) -> Option<Key> {
    let text = keys::name(text)?;
    let both = text.strip_prefix(b"0x").and_then(|rest| {
        let colon = rest.iter().position(|byte| *byte == b':')?;
        let digits = str::from_utf8(&rest[..colon]).ok().filter(|digits| !digits.starts_with('+'))?;
        Some(Key { hash: u32::from_str_radix(digits, 16).ok()?, name: rest[colon + 1..].into() })
    });
    Some(both.unwrap_or_else(|| Key { hash: fnv::hash(text), name: text.into() }))
}

fn look_up_all(guard: &CacheGuard<CgroupsSnapshot>, keys: Vec<Key>) -> Vec<Found> {
    let progress = Progress::of(if keys.len() > STRIDE { keys.len() } else { 0 }, "looking up");
    let mut all = Vec::with_capacity(keys.len());
    for (number, key) in keys.into_iter().enumerate() {
        let cgroup = guard.get((key.hash, &key.name)).map(|found| found.to_owned());
        let nanoseconds = time(guard, &key);
        all.push(Found { key, cgroup, nanoseconds });
        if number % STRIDE == STRIDE - 1 {
            progress.advance(STRIDE);
        }
    }
    all
}

/// Nanoseconds of one lookup of this key, of many in a row: the median of some turns, so that what the operating system
/// does in one of them does not count.
fn time(guard: &CacheGuard<CgroupsSnapshot>, key: &Key) -> f64 {
    let mut turns = [0.0; TURNS];
    for turn in &mut turns {
        let start = Instant::now();
        for _ in 0..LOOKUPS {
            // The compiler neither knows the key nor drops what is found.
            black_box(
                guard.get((black_box(key.hash), black_box(&key.name[..]))).map(|found| found.enabled()),
            );
        }
        *turn = start.elapsed().as_secs_f64() * 1e9 / f64::from(LOOKUPS);
    }
    median(&mut turns).unwrap_or_default()
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// That of all keys.
fn lookup_time(found: &[Found]) -> Option<f64> {
    median(&mut found.iter().map(|found| found.nanoseconds).collect::<Vec<_>>())
}

fn print_table(
    guard: &CacheGuard<CgroupsSnapshot>,
    all: &[Found],
    load_time: Duration,
) -> Result<(), Failure> {
    output::tables(all, table)?;
    let there = all.iter().filter(|found| found.cgroup.is_some()).count();
    output::line(format_args!(
        "\n{there} of {} found in {}; loaded in {load_time:.1?}",
        all.len(),
        snapshot::summary(guard.view()),
    ))?;
    let Some(nanoseconds) = lookup_time(all) else { return Ok(()) };
    output::line(format_args!("a lookup takes {nanoseconds:.1} ns, once its item is in the CPU's caches"))
}

fn table(all: &[Found]) -> Table {
    let [hash, enabled, options, name, path] = snapshot::HEADINGS;
    let mut table = output::new_table(&["NS", hash, enabled, options, name, path], &[0, 1, 2, 3]);
    for found in all {
        let missing = || {
            let [hash, name] = [format!("{:08x}", found.key.hash), output::printable(&found.key.name)];
            [hash, "-".to_owned(), "-".to_owned(), name, "(not there)".to_owned()]
        };
        let cells = found.cgroup.as_ref().map_or_else(missing, snapshot::cells);
        table.add_row(std::iter::once(format!("{:.1}", found.nanoseconds)).chain(cells));
    }
    table
}

/// What is printed for programs; not by way of a [`serde_json::Value`], which takes many times as much memory.
#[derive(Serialize)]
struct Object<'a> {
    generation: u64,
    items: usize,
    load_ns: u64,
    lookup_ns: Option<f64>,
    lookups: Vec<LookupObject<'a>>,
}

#[derive(Serialize)]
struct LookupObject<'a> {
    hash: u32,
    name: Serde<&'a WireString>,
    ns: f64,
    item: Option<Serde<&'a Cgroup>>,
}

fn print_json(
    guard: &CacheGuard<CgroupsSnapshot>,
    all: &[Found],
    load_time: Duration,
) -> Result<(), Failure> {
    output::json(&Object {
        generation: guard.view().generation(),
        items: guard.len(),
        load_ns: nanoseconds(load_time),
        lookup_ns: lookup_time(all).map(tenths),
        lookups: all.iter().map(Found::object).collect(),
    })
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &[u8]) -> Option<(u32, Vec<u8>)> {
        key(text).map(|key| (key.hash, key.name.to_vec()))
    }

    #[test]
    fn of_a_name_alone_the_hash_is_computed() {
        assert_eq!(parts(b"foobar"), Some((0x31f0_b262, b"foobar".to_vec())));
        for odd in [&b"0x"[..], b"0xab", b"0x:", b"0x+1:a", b"0x123456789:a", b"ab:c", b"0xg:a"] {
            assert_eq!(parts(odd), Some((fnv::hash(odd), odd.to_vec())), "{odd:?}");
        }
    }

    #[test]
    fn a_hash_may_stand_before_the_name() {
        assert_eq!(parts(b"0xAb:a:b"), Some((0xab, b"a:b".to_vec())));
        assert_eq!(parts(b"0x31f0b262:"), Some((0x31f0_b262, Vec::new())));
    }

    #[test]
    fn what_is_no_name_is_no_key() {
        assert_eq!((parts(b""), parts(b"a\0b")), (None, None));
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut []), None);
    }
}

//! Runs rounds of lookups, for callgrind to count: `cache-rounds cache|table|names|pairs|scan ITEMS ROUNDS`.

use std::hint::black_box;

use netipc::Endpoint;
use netipc_floor::cache::{Cached, Entry, Names, Pairs, Rows, Table, entries};

/// In turns, a round each.
const CACHES: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [by, items, rounds] = arguments.as_slice() else { usage() };
    let (items, rounds) = (items.parse()?, rounds.parse()?);
    let entries = entries(items);
    let wanted = entries.clone();
    let directory = tempfile::tempdir()?;
    let total = match by.as_str() {
        "cache" => {
            // Each has a secret of its own, which moves a few keys: what counts is the mean of many.
            let caches = (0..CACHES)
                .map(|number| {
                    let service = format!("cgroups-snapshot-{number}");
                    Cached::new(Endpoint::new(directory.path(), &service)?, entries.clone())
                })
                .collect::<Result<Vec<_>, _>>()?;
            let mut turns = caches.iter().cycle();
            repeated(rounds, &wanted, |wanted| turns.next().map_or(0, |cached| cached.look_up(wanted)))
        }
        "table" => {
            let table = Table::new(entries.clone());
            repeated(rounds, &wanted, |wanted| table.look_up(wanted))
        }
        "names" => {
            let names = Names::new(&entries);
            repeated(rounds, &wanted, |wanted| names.look_up(wanted))
        }
        "pairs" => {
            let pairs = Pairs::new(&entries);
            repeated(rounds, &wanted, |wanted| pairs.look_up(wanted))
        }
        "scan" => {
            let rows = Rows::new(&entries);
            repeated(rounds, &wanted, |wanted| rows.look_up(wanted))
        }
        _ => usage(),
    };
    println!("{total}");
    Ok(())
}

/// All that callgrind is to count.
#[inline(never)]
fn repeated(rounds: usize, wanted: &[Entry], mut look_up: impl FnMut(&[Entry]) -> usize) -> usize {
    (0..rounds).map(|_| look_up(black_box(wanted))).fold(0, usize::wrapping_add)
}

fn usage() -> ! {
    eprintln!("cache-rounds cache|table|names|pairs|scan ITEMS ROUNDS");
    std::process::exit(2);
}

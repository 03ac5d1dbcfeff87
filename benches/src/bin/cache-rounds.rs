//! Runs rounds of lookups, for callgrind to count: `cache-rounds cache|table|names|pairs|scan ITEMS ROUNDS`.

use std::hint::black_box;

use netipc::Endpoint;
use netipc_floor::cache::{Cached, Names, Pairs, Rows, Table, entries};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [by, items, rounds] = arguments.as_slice() else { usage() };
    let (items, rounds) = (items.parse()?, rounds.parse()?);
    let entries = entries(items);
    let wanted = entries.clone();
    let directory = tempfile::tempdir()?;
    let endpoint = Endpoint::new(directory.path(), "cgroups-snapshot")?;
    let repeated = |look_up: &dyn Fn(&[_]) -> usize| {
        (0..rounds).map(|_: usize| look_up(black_box(&wanted))).fold(0, usize::wrapping_add)
    };
    let total = match by.as_str() {
        "cache" => {
            let cached = Cached::new(endpoint, entries.clone())?;
            repeated(&|wanted| cached.look_up(wanted))
        }
        "table" => {
            let table = Table::new(entries.clone());
            repeated(&|wanted| table.look_up(wanted))
        }
        "names" => {
            let names = Names::new(&entries);
            repeated(&|wanted| names.look_up(wanted))
        }
        "pairs" => {
            let pairs = Pairs::new(&entries);
            repeated(&|wanted| pairs.look_up(wanted))
        }
        "scan" => {
            let rows = Rows::new(&entries);
            repeated(&|wanted| rows.look_up(wanted))
        }
        _ => usage(),
    };
    println!("{total}");
    Ok(())
}

fn usage() -> ! {
    eprintln!("cache-rounds cache|table|names|pairs|scan ITEMS ROUNDS");
    std::process::exit(2);
}

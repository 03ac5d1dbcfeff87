//! Runs rounds of a lookup, for `instructions.sh` to count: `codec-rounds cgroups|apps generated|floor MIX ITEMS ROUNDS`.

use netipc_floor::lookup::{Mix, apps, cgroups, data};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let [lookup, by @ ("generated" | "floor"), mix, items, rounds] = words.as_slice() else { usage() };
    let Some((_, mix)) = Mix::ALL.into_iter().find(|(name, _)| name == mix) else { usage() };
    let (items, rounds) = (items.parse()?, rounds.parse()?);
    let repeated =
        |round: &mut dyn FnMut() -> u64| (0..rounds).map(|_: usize| round()).fold(0, u64::wrapping_add);
    let total = match *lookup {
        "cgroups" => {
            let entries = data::entries(items, 2, mix);
            let mut round = cgroups::Round::new(&entries);
            repeated(&mut || if *by == "floor" { round.floor() } else { round.generated() })
        }
        "apps" => {
            let entries = data::entries(items, 1, mix);
            let mut round = apps::Round::new(&entries);
            repeated(&mut || if *by == "floor" { round.floor() } else { round.generated() })
        }
        _ => usage(),
    };
    println!("{total}");
    Ok(())
}

fn usage() -> ! {
    eprintln!("codec-rounds cgroups|apps generated|floor known|unknown|mixed ITEMS ROUNDS");
    std::process::exit(2);
}

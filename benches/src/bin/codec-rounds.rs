//! Runs rounds of a lookup, for `instructions.sh` to count: `codec-rounds cgroups|apps generated|floor MIX ITEMS ROUNDS`.

use netipc_floor::lookup::{Mix, apps, cgroups, data};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lookup, by, mix, items, rounds] = arguments.as_slice() else {
        eprintln!("codec-rounds cgroups|apps generated|floor known|unknown|mixed ITEMS ROUNDS");
        std::process::exit(2);
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let mix = Mix::ALL.iter().find(|(name, _)| name == mix).expect("a mix").1;
    let (items, rounds) = (number(items), number(rounds));
    let mut total = 0u64;
    if lookup == "cgroups" {
        let entries = data::entries(items, 2, mix);
        let mut round = cgroups::Round::new(&entries);
        for _ in 0..rounds {
            total = total.wrapping_add(if by == "floor" { round.floor() } else { round.generated() });
        }
    } else {
        let entries = data::entries(items, 1, mix);
        let mut round = apps::Round::new(&entries);
        for _ in 0..rounds {
            total = total.wrapping_add(if by == "floor" { round.floor() } else { round.generated() });
        }
    }
    println!("{total}");
}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, row, strings(no_nul, disjoint), end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(at = 8)]
    path: WireString,
}

fn main() {}

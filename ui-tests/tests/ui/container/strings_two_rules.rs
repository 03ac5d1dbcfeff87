use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, strings(disjoint, sorted))]
struct Message {
    #[wire(at = 0)]
    one: WireString,
    #[wire(at = 8)]
    two: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, strings(disjoint), strings(disjoint))]
struct Message {
    #[wire(at = 0)]
    one: WireString,
    #[wire(at = 8)]
    two: WireString,
}

fn main() {}

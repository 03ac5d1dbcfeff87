use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, strings(disjoint))]
struct Message {
    #[wire(at = 0)]
    text: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, row, rule(name == empty => name = empty))]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

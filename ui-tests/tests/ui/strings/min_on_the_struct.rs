use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, min = 1)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0, max = 1, max = 1)]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, row, method = 3)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

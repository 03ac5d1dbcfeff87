use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, row)]
struct Message {
    #[wire(at = 0, offset = 8)]
    name: WireString,
}

fn main() {}

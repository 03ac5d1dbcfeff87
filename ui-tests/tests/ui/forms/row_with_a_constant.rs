use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, row, constant(version: u32 = 1, at = 0))]
struct Message {
    #[wire(at = 4)]
    name: WireString,
}

fn main() {}

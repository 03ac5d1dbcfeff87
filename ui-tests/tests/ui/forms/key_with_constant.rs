use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated, constant(version: u16 = 1, at = 0))]
struct Message {
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated, header = 8)]
struct Message {
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated, method = 3)]
struct Message {
    name: WireString,
}

fn main() {}

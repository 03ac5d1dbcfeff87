use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    name: WireString,
    path: WireString,
}

fn main() {}

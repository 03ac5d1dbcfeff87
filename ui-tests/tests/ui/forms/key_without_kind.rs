use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key)]
struct Message {
    name: WireString,
}

fn main() {}

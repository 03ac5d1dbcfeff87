use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = length)]
struct Message {
    name: WireString,
}

fn main() {}

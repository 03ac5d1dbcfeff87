use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated, rule(name == 1 => name = empty))]
struct Message {
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    #[wire(offset = 0)]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    #[wire(min = 3, max = 1)]
    name: WireString,
}

fn main() {}

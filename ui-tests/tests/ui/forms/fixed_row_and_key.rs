use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, fixed, row, key = nul_terminated)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

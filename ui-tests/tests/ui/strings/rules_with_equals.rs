use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, strings = no_nul)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

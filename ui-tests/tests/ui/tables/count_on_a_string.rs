use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(at = 8, count = u16)]
    path: WireString,
}

fn main() {}

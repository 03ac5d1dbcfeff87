use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: WireString,
}

fn main() {}

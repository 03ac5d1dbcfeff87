use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0, offset = 16)]
    one: WireString,
    #[wire(at = 8, offset = 20)]
    two: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0)]
    one: WireString,
    #[wire(at = 4)]
    two: WireString,
}

fn main() {}

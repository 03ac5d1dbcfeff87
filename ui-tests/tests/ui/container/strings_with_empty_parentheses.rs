use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, strings())]
struct Message {
    #[wire(at = 0)]
    one: WireString,
    #[wire(at = 8)]
    two: WireString,
}

fn main() {}

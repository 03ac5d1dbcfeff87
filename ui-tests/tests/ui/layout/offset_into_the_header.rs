use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0, offset = 4)]
    text: WireString,
}

fn main() {}

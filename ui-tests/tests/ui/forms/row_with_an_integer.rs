use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, row)]
struct Message {
    #[wire(at = 0)]
    number: u32,
    #[wire(at = 4)]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(row)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

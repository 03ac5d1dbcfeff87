use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0, min = "1")]
    name: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, row, reserved(at = 0, len = 4))]
struct Message {
    #[wire(at = 4)]
    name: WireString,
}

fn main() {}

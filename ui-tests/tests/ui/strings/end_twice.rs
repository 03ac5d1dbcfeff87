use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, end = exact, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
}

fn main() {}

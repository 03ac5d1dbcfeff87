use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12)]
struct Message {
    #[wire(at = 0)]
    text: WireString,
    #[wire(at = 8)]
    text_with: u32,
}

fn main() {}

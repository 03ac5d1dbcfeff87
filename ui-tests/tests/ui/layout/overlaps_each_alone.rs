use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 24)]
struct Message {
    #[wire(at = 0)]
    one: u32,
    #[wire(at = 3)]
    two: u32,
    #[wire(at = 8)]
    three: u64,
    #[wire(at = 12)]
    four: u8,
    #[wire(at = 16)]
    text: WireString,
}

fn main() {}

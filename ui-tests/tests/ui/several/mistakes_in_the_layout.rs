use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 24, strings(disjoint))]
struct Message {
    #[wire(at = 0)]
    one: u32,
    #[wire(at = 2)]
    two: u32,
    #[wire(at = 22)]
    three: u32,
    #[wire(at = 8, offset = 9)]
    four: WireString,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(at = 8, table(align = 8))]
    labels: u32,
}

fn main() {}

use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(at = 8, table(align = 8))]
    labels: WireString,
}

fn main() {}

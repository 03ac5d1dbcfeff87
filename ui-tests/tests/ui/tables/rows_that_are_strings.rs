use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(count_at = 8, table(align = 8))]
    labels: Vec<WireString>,
}

fn main() {}

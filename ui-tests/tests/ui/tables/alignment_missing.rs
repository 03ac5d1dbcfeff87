use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 12, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(count_at = 8, table)]
    labels: Vec<Label>,
}

#[derive(WireMessage)]
#[wire(header = 16, row)]
struct Label {
    #[wire(at = 0)]
    key: WireString,
    #[wire(at = 8)]
    value: WireString,
}

fn main() {}

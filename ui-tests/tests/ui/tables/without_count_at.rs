use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 8, end = exact)]
struct Message {
    #[wire(at = 0)]
    name: WireString,
    #[wire(table(align = 8))]
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

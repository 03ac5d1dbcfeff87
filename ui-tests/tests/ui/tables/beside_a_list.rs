use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 16, end = exact)]
struct Message {
    #[wire(at = 0)]
    number: u64,
    #[wire(count_at = 12, directory = free)]
    items: Vec<Item>,
    #[wire(count_at = 8, table(align = 8))]
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

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}

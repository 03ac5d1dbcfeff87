use netipc::{WireMessage, WireString};

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    value: u32,
}

#[derive(WireMessage)]
#[wire(header = 12)]
struct Message {
    #[wire(at = 0)]
    title: WireString,
    #[wire(count_at = 8, directory = free)]
    items: Vec<Item>,
}

fn main() {}

use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 2)]
    value: u32,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    items: Vec<Item>,
}

fn main() {}

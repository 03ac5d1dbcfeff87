use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    value: u32,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0, count_at = 0, directory = free)]
    items: Vec<Item>,
}

fn main() {}

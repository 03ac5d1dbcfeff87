use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    value: u32,
}

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    ones: Vec<Item>,
    #[wire(count_at = 4, directory = free)]
    others: Vec<Item>,
}

fn main() {}

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
    #[wire(at = 0)]
    generation: u64,
    #[wire(count_at = 4, directory = free)]
    items: Vec<Item>,
}

fn main() {}

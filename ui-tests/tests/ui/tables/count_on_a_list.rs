use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 10)]
struct Message {
    #[wire(at = 0)]
    number: u64,
    #[wire(count_at = 8, count = u16, directory = free)]
    labels: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}

use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, row)]
struct Message {
    #[wire(count_at = 0, directory = free)]
    items: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}

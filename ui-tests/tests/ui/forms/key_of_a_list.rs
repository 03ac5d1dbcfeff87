use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(key = nul_terminated)]
struct Message {
    items: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}

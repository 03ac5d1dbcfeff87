use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(count_at = 0, lookup(request = Request, keys = keys))]
    items: Vec<Item>,
}

#[derive(WireMessage)]
#[wire(header = 4)]
struct Item {
    #[wire(at = 0)]
    number: u32,
}

fn main() {}

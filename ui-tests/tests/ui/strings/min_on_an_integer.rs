use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0, min = 3)]
    name: u32,
}

fn main() {}

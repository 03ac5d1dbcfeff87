use netipc::WireMessage;

#[derive(WireMessage)]
struct Message {
    #[wire(header = 4, at = 0)]
    value: u32,
}

fn main() {}

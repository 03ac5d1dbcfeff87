use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 4)]
    value: u32,
}

fn main() {}

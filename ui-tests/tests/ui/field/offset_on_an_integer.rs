use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0, offset = 4)]
    value: u32,
}

fn main() {}

use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0)]
    bytes: [u8; 4],
}

fn main() {}

use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 1)]
    one: u8,
    #[wire(at = 4)]
    two: u32,
}

fn main() {}

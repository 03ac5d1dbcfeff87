use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4)]
struct Message {
    #[wire(at = 0)]
    one: u16,
    #[wire(at = 3)]
    two: u8,
}

fn main() {}

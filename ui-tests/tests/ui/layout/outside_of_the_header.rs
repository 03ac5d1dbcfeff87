use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0)]
    one: u32,
    #[wire(at = 6)]
    two: u32,
}

fn main() {}

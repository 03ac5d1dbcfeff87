use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0)]
    wide: u64,
    #[wire(at = 2)]
    narrow: u16,
    #[wire(at = 8)]
    last: u64,
}

fn main() {}

use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0)]
    value: u32,
    #[wire(at = 8)]
    other: u64,
}

fn main() {}

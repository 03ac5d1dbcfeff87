use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0)]
    value: u32,
    other: u32,
}

fn main() {}

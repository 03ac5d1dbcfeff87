use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 8)]
struct Message {
    #[wire(at = 0)]
    pair: (u32, u32),
}

fn main() {}

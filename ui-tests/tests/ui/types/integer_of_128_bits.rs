use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 16)]
struct Message {
    #[wire(at = 0)]
    wide: u128,
}

fn main() {}

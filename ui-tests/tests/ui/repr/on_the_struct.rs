use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2, repr = u16)]
struct Message {
    #[wire(at = 0)]
    status: u16,
}

fn main() {}

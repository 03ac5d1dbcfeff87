use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 2)]
struct Message {
    #[wire(at = 0, repr = u16)]
    status: u16,
}

fn main() {}

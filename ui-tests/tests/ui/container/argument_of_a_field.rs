use netipc::WireMessage;

#[derive(WireMessage)]
#[wire(header = 4, at = 0)]
struct Message {
    value: u32,
}

fn main() {}
